"""Processes: every node and flow at any depth, with ids for flows that have none."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from lxml import etree

from bpmn import extensions
from bpmn.model import FLOW_NODES, SUB_PROCESSES, Flow, Node, Process
from bpmn.parsing.lanes import lanes_of
from bpmn.parsing.movements import initial_values
from bpmn.parsing.nodes import documentation_of, node_of
from bpmn.parsing.source import Source
from bpmn.parsing.xml import (
    BPMN,
    attribute,
    boolean,
    element,
    elements,
    line_of,
    local,
    namespace,
    text,
)
from kernel.i18n import N_

RETURNED = re.compile(r"\s*return\s+([^;{}]+?)\s*;?\s*")
DUPLICATE = N_("Two elements have the id “%(id)s”. Give each element an id of its own.")
NO_ID = N_("An element of type %(type)s has no id. Give it one, so that flows and the history can name it.")
NO_PROCESS_ID = N_("A process has no id. Give it one: it is the name under which the process is started.")


@dataclass
class Reading:
    """A process while it is being read."""

    source: Source
    lanes: dict[str, tuple[str, ...]]
    handlers: dict[str, tuple[str, ...]]
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    ordinals: Counter[tuple[str, str]] = field(default_factory=Counter)

    def scope(self, holder: etree._Element, identifier: str) -> None:
        for found in elements(holder):
            kind = local(found)
            if kind == "sequenceFlow":
                self.flow(found)
            elif kind in FLOW_NODES:
                self.node(found, identifier)

    def node(self, found: etree._Element, scope: str) -> None:
        identifier = attribute(found, "id")
        if identifier is None:
            self.source.problem("missing-id", "error", NO_ID, found, type=local(found))
            return
        if identifier in self.nodes or identifier in self.flows:
            return
        lanes = self.lanes.get(identifier) or (self.nodes[scope].lanes if scope in self.nodes else ())
        node = node_of(found, identifier, scope, lanes, self.source)
        self.nodes[identifier] = replace(node, compensates=self.handlers.get(identifier, ()))
        if local(found) in SUB_PROCESSES:
            self.lanes.update(lanes_of(found, self.source))
            self.scope(found, identifier)

    def flow(self, found: etree._Element) -> None:
        ends = [self._end(attribute(found, name)) for name in ("sourceRef", "targetRef")]
        identifier = attribute(found, "id") or self._made_up(ends[0], ends[1])
        condition = element(found, "conditionExpression")
        self.flows.setdefault(
            identifier,
            Flow(
                id=identifier,
                source=ends[0],
                target=ends[1],
                line=line_of(found),
                name=" ".join((attribute(found, "name") or "").split()),
                titles=extensions.titles_of(found),
                condition=_condition(condition),
                condition_language=attribute(condition, "language") if condition is not None else None,
            ),
        )

    def _end(self, reference: str | None) -> str:
        found = self.source.find(reference)
        return (attribute(found, "id") if found is not None else reference) or ""

    def _made_up(self, start: str, end: str) -> str:
        self.ordinals[start, end] += 1
        identifier = f"flow_{start}_{end}_{self.ordinals[start, end]}"
        return identifier if identifier not in self.source.by_id else f"{identifier}_"


def _condition(found: etree._Element | None) -> str | None:
    """A condition's text; jBPM writes Java that returns it."""
    written = text(found)
    returned = RETURNED.fullmatch(written) if written is not None else None
    return returned.group(1) if returned is not None else written


def process_of(
    found: etree._Element,
    source: Source,
    handlers: dict[str, tuple[str, ...]],
    participant: str | None,
) -> Process | None:
    """The process, or None (with a problem) where it has no id."""
    identifier = attribute(found, "id")
    if identifier is None:
        source.problem("missing-id", "error", NO_PROCESS_ID, found)
        return None
    reading = Reading(source, lanes_of(found, source), handlers)
    reading.scope(found, identifier)
    return Process(
        id=identifier,
        line=line_of(found),
        name=attribute(found, "name") or "",
        titles=extensions.titles_of(found),
        documentation=documentation_of(found),
        executable=boolean(attribute(found, "isExecutable"), False),
        version_tag=extensions.version_tag(found),
        participant=participant,
        nodes=reading.nodes,
        flows=reading.flows,
        attributes={str(name): str(value) for name, value in found.attrib.items()},
        initial=initial_values(found, source),
    )


def duplicates(source: Source) -> None:
    """A problem for every id that stands twice among the elements of the notation (pictures have ids of their own)."""
    seen: set[str] = set()
    for found in source.root.iter(etree.Element):
        identifier = attribute(found, "id")
        if identifier is None or namespace(found) != BPMN:
            continue
        if identifier in seen:
            source.problem("duplicate-id", "error", DUPLICATE, found, id=identifier)
        seen.add(identifier)


def connect(nodes: dict[str, Node], flows: dict[str, Flow]) -> dict[str, Node]:
    """The nodes with the ids of their flows, in the order of the file."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows.values():
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    return {
        node.id: replace(
            node,
            incoming=tuple(incoming.get(node.id, ())),
            outgoing=tuple(outgoing.get(node.id, ())),
        )
        for node in nodes.values()
    }
