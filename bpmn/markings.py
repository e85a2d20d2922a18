"""The states a process can come to, conditions left aside: which steps wait at once, and the stage entered last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from bpmn.model import Flow, Node, Process

MOST_STATES = 4000
AUTOMATIC = frozenset(
    {
        "startEvent", "endEvent", "intermediateThrowEvent", "exclusiveGateway", "inclusiveGateway", "parallelGateway",
        "complexGateway", "scriptTask", "serviceTask", "sendTask", "businessRuleTask",
    }
)  # fmt: skip
JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
FINAL = frozenset({"error", "cancel"})
HAS_DEAL = "deal"
ITS_OWN = "*"
"""The stage of a deal that was there before: the process has asked whether there is one, and every deal has a stage."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token is: on a flow (`flow`) that has brought it to `node`, or at work in the node itself."""

    node: str
    flow: str | None = None


@dataclass(frozen=True, slots=True)
class Marking:
    """One state. A place holds one token at most, which keeps the states finite and loses no combination of steps."""

    places: frozenset[Place]
    stage: str | None = None


class Markings:
    """Walks through the states of a process; `complete` tells whether it has seen them all."""

    def __init__(self, process: Process, most: int = MOST_STATES) -> None:
        self.process = process
        self.most = most
        self.complete = True

    def __iter__(self) -> Iterator[Marking]:
        """Every state in which nothing goes on by itself."""
        todo = deque(self._beginnings())
        seen = set(todo)
        while todo:
            marking = todo.popleft()
            moved = self._automatic(marking)
            if moved is None:
                yield marking
            following = self._happenings(marking) if moved is None else moved
            for after in following:
                if after in seen:
                    continue
                if len(seen) >= self.most:
                    self.complete = False
                    return
                seen.add(after)
                todo.append(after)

    # What the process looks like

    @cached_property
    def _children(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.process.nodes.values():
            found.setdefault(node.scope, []).append(node)
        return found

    @cached_property
    def _boundaries(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.process.nodes.values():
            if node.attached_to is not None and not node.compensates and node.outgoing:
                found.setdefault(node.attached_to, []).append(node)
        return found

    @cached_property
    def _reach(self) -> dict[str, frozenset[str]]:
        """Node → the nodes a token there can come to, inside its scope."""
        found = {}
        for first in self.process.nodes:
            seen: set[str] = set()
            todo = [first]
            while todo:
                after = [flow.target for flow in self._flows(self.process.nodes[todo.pop()])]
                todo.extend(target for target in after if target not in seen)
                seen.update(after)
            found[first] = frozenset(seen)
        return found

    def _flows(self, node: Node) -> list[Flow]:
        known = self.process.flows
        return [known[id] for id in node.outgoing if id in known and known[id].target in self.process.nodes]

    def inside(self, node_id: str, scope: str) -> bool:
        while node_id in self.process.nodes:
            node_id = self.process.nodes[node_id].scope
            if node_id == scope:
                return True
        return False

    def waits(self, node: Node) -> bool:
        """Whether a token stays at the node until something happens."""
        if node.choice or node.foreign is not None:
            return True
        if node.type == "serviceTask":
            return node.extension.asynchronous or not node.extension.operation
        return node.type not in AUTOMATIC

    # Moves

    def _beginnings(self) -> list[Marking]:
        together = frozenset(Place(node.id) for node in self._children.get(self.process.id, ()) if node.implicit_start)
        starts = [
            node
            for node in self._children.get(self.process.id, ())
            if node.type == "startEvent" or (node.instantiate and not node.incoming)
        ]
        if not starts:
            return [self._entered(Marking(together), together)] if together else []
        return [self._entered(Marking(together | {Place(node.id)}), [Place(node.id)]) for node in starts]

    def _entered(self, marking: Marking, places: Iterable[Place]) -> Marking:
        stage = marking.stage
        for place in places:
            stage = self.process.nodes[place.node].extension.stage or stage
        return Marking(marking.places, stage)

    def _automatic(self, marking: Marking) -> list[Marking] | None:
        """What follows at once, of the first token that goes on by itself; None where all wait."""
        for place in sorted(marking.places, key=lambda one: (one.node, one.flow or "")):
            node = self.process.nodes[place.node]
            if place.flow is not None:
                if node.type in JOINS and len(node.incoming) > 1:
                    if not self._join_is_ready(marking, node):
                        continue
                    gone = {one for one in marking.places if one.node == node.id and one.flow is not None}
                else:
                    gone = {place}
                return [self._arrive(marking, gone, node)]
            if node.is_scope:
                if not self._children_of(marking, node.id):
                    return self._leave(marking, place, node)
            elif not self.waits(node) and not self._is_final(node):
                return self._leave(marking, place, node)
        return None

    def _is_final(self, node: Node) -> bool:
        return node.scope != self.process.id and node.type == "endEvent" and any(e.kind in FINAL for e in node.events)

    def _children_of(self, marking: Marking, scope: str) -> set[Place]:
        return {place for place in marking.places if self.inside(place.node, scope)}

    def _join_is_ready(self, marking: Marking, node: Node) -> bool:
        arrived = {place.flow for place in marking.places if place.node == node.id and place.flow is not None}
        if arrived >= set(node.incoming):
            return True
        if node.type == "parallelGateway":
            return False
        others = (place for place in marking.places if place.node != node.id)
        return not any(
            node.id in self._reach[place.node] for place in others if self.process.nodes[place.node].scope == node.scope
        )

    def _arrive(self, marking: Marking, gone: set[Place], node: Node) -> Marking:
        after = Marking((marking.places - gone) | {Place(node.id)}, node.extension.stage or marking.stage)
        if not node.is_scope:
            return after
        first = [
            Place(child.id)
            for child in self._children.get(node.id, ())
            if child.type == "startEvent"
            or child.implicit_start
            or (node.type == "adHocSubProcess" and not child.incoming and child.attached_to is None)
        ]
        return self._entered(Marking(after.places | set(first), after.stage), first)

    def _leave(self, marking: Marking, place: Place, node: Node) -> list[Marking]:
        """A token goes on from a node, on each of the ways it can."""
        if node.type == "endEvent" and any(e.kind in {"terminate", *FINAL} for e in node.events):
            gone = self._children_of(marking, node.scope)
            return [Marking(marking.places - gone, marking.stage)]
        rest = marking.places - {place}
        if node.type == "intermediateThrowEvent" and node.events and node.events[0].kind == "link":
            caught = [
                other.id
                for other in self._children.get(node.scope, ())
                if other.type == "intermediateCatchEvent"
                and other.events
                and (other.events[0].kind, other.events[0].reference) == ("link", node.events[0].reference)
            ]
            return [self._leave_freely(Marking(rest, marking.stage), self.process.nodes[id]) for id in caught[:1]] or [
                Marking(rest, marking.stage)
            ]
        return [_along(Marking(rest, marking.stage), flows) for flows in self._ways(node)]

    def _leave_freely(self, marking: Marking, node: Node) -> Marking:
        return _along(Marking(marking.places, node.extension.stage or marking.stage), self._flows(node))

    def _ways(self, node: Node) -> list[list[Flow]]:
        flows = self._flows(node)
        if not flows:
            return [[]]
        if node.type in {"exclusiveGateway", "eventBasedGateway"} or (node.choice and node.type != "inclusiveGateway"):
            return [[flow] for flow in flows]
        if node.type in {"inclusiveGateway", "complexGateway"}:
            return [[flow] for flow in flows] + ([flows] if len(flows) > 1 else [])
        always = [flow for flow in flows if flow.condition is None and flow.id != node.default]
        perhaps = [flow for flow in flows if flow.condition is not None]
        if not perhaps:
            return [flows]
        otherwise = [flow for flow in flows if flow.id == node.default]
        chosen = [[f for f, taken in zip(perhaps, kept, strict=True) if taken] for kept in _subsets(len(perhaps))]
        return [always + (some or otherwise) for some in chosen]

    def _happenings(self, marking: Marking) -> Iterator[Marking]:
        """What may happen where everything waits: a step is done, an event comes."""
        for place in marking.places:
            node = self.process.nodes[place.node]
            if place.flow is not None:
                continue
            if not node.is_scope and not self._is_final(node):
                yield from self._leave(marking, place, node)
            for event in self._boundaries.get(node.id, ()):
                gone = {place} | self._children_of(marking, node.id) if event.interrupting else set()
                yield self._leave_freely(Marking(marking.places - gone, marking.stage), event)
        for scope in {self.process.id} | {p.node for p in marking.places if self.process.nodes[p.node].is_scope}:
            present = self._children_of(marking, scope)
            for child in self._children.get(scope, ()) if present else ():
                if child.triggered_by_event and Place(child.id) not in marking.places:
                    yield from self._set_off(marking, child, present)

    def _set_off(self, marking: Marking, event_sub_process: Node, present: set[Place]) -> Iterator[Marking]:
        for start in self._children.get(event_sub_process.id, ()):
            if start.type != "startEvent" or any(event.kind == "compensate" for event in start.events):
                continue
            rest = marking.places - present if start.interrupting else marking.places
            stage = start.extension.stage or event_sub_process.extension.stage or marking.stage
            yield Marking(rest | {Place(event_sub_process.id), Place(start.id)}, stage)


def _along(marking: Marking, flows: list[Flow]) -> Marking:
    stage = marking.stage
    if stage is None and any((flow.condition or "").strip() == HAS_DEAL for flow in flows):
        stage = ITS_OWN
    return Marking(marking.places | {Place(flow.target, flow.id) for flow in flows}, stage)


def _subsets(count: int) -> list[tuple[bool, ...]]:
    """Which of `count` conditions hold: every combination of a few, else none, each alone and all."""
    if count <= 3:
        return list(product((False, True), repeat=count))
    single = [tuple(i == number for i in range(count)) for number in range(count)]
    return [(False,) * count, *single, (True,) * count]
