"""A process made ready to run: neighbours, compiled expressions and what the joins need, built once a definition."""

from dataclasses import dataclass, field
from functools import cached_property

from bpmn.expressions import Expression, Script, compile_expression, compile_script
from bpmn.model import Flow, Node, Process

INSTANTIATING = frozenset({"receiveTask", "eventBasedGateway"})


@dataclass(frozen=True)
class Graph:
    """An immutable process with its look-ups; shared by every instance of a definition."""

    process: Process
    definition_id: int = 0
    _expressions: dict[str, Expression] = field(default_factory=dict)
    _scripts: dict[str, Script] = field(default_factory=dict)
    _upstream: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return self.process.id

    def node(self, node_id: str) -> Node:
        return self.process.nodes[node_id]

    def knows(self, node_id: str) -> bool:
        return node_id in self.process.nodes

    def flow(self, flow_id: str) -> Flow:
        return self.process.flows[flow_id]

    def outgoing(self, node: Node) -> list[Flow]:
        return [self.process.flows[flow] for flow in node.outgoing]

    @cached_property
    def _by_scope(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.process.nodes.values():
            found.setdefault(node.scope, []).append(node)
        return found

    @cached_property
    def _boundaries(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.process.nodes.values():
            if node.attached_to is not None:
                found.setdefault(node.attached_to, []).append(node)
        return found

    def children(self, scope: str) -> list[Node]:
        return self._by_scope.get(scope, [])

    def boundaries(self, activity: str) -> list[Node]:
        return self._boundaries.get(activity, [])

    def start_events(self, scope: str) -> list[Node]:
        return [node for node in self.children(scope) if node.type == "startEvent"]

    def implicit_starts(self, scope: str) -> list[Node]:
        return [node for node in self.children(scope) if node.implicit_start]

    def instantiating(self, scope: str) -> list[Node]:
        """Receive tasks and event gateways that start the process."""
        return [node for node in self.children(scope) if node.instantiate and node.type in INSTANTIATING]

    def instantiating_gateway(self, event: Node) -> Node | None:
        """The gateway that starts the process and stands before an event."""
        sources = (self.node(self.flow(flow).source) for flow in event.incoming)
        return next((node for node in sources if node.type == "eventBasedGateway" and node.instantiate), None)

    @cached_property
    def beginnings(self) -> list[Node]:
        """Everything whose happening starts the process: start events, receive tasks, events after such gateways."""
        found = self.start_events(self.root)
        for node in self.instantiating(self.root):
            if node.type == "receiveTask":
                found.append(node)
            else:
                found.extend(self.node(flow.target) for flow in self.outgoing(node))
        return found

    def event_sub_processes(self, scope: str) -> list[Node]:
        return [node for node in self.children(scope) if node.triggered_by_event]

    @cached_property
    def handlers(self) -> dict[str, tuple[str, str]]:
        """Activity → its compensation boundary event and the activity that undoes it."""
        return {
            node.attached_to: (node.id, node.compensates[0])
            for node in self.process.nodes.values()
            if node.attached_to is not None and node.compensates
        }

    def undoing(self, sub_process: str) -> Node | None:
        """The event sub-process by which a sub-process undoes itself."""
        for node in self.event_sub_processes(sub_process):
            if any(event.kind == "compensate" for event in self.trigger_of(node).events):
                return node
        return None

    @cached_property
    def compensable(self) -> frozenset[str]:
        """Activities that something can undo: a handler, an event sub-process inside, or the handlers of what they hold."""
        found = set(self.handlers)
        found |= {node.id for node in self.process.nodes.values() if node.is_scope and self.undoing(node.id)}
        for inner in list(found):
            while (inner := self.node(inner).scope) in self.process.nodes:
                found.add(inner)
        return frozenset(found)

    def trigger_of(self, event_sub_process: Node) -> Node:
        """The start event that sets an event sub-process off."""
        return self.start_events(event_sub_process.id)[0]

    def expression(self, text: str) -> Expression:
        found = self._expressions.get(text)
        if found is None:
            found = self._expressions[text] = compile_expression(text)
        return found

    def script(self, text: str) -> Script:
        found = self._scripts.get(text)
        if found is None:
            found = self._scripts[text] = compile_script(text)
        return found

    @cached_property
    def link_sources(self) -> dict[str, list[str]]:
        """Link catch event id → the throw events that lead to it."""
        found: dict[str, list[str]] = {}
        for node in self.process.nodes.values():
            if node.type == "intermediateThrowEvent" and node.events and node.events[0].kind == "link":
                target = self.link_target(node)
                if target is not None:
                    found.setdefault(target.id, []).append(node.id)
        return found

    def link_target(self, throw: Node) -> Node | None:
        for node in self.children(throw.scope):
            catches = node.type == "intermediateCatchEvent" and node.events and node.events[0].kind == "link"
            if catches and node.events[0].reference == throw.events[0].reference:
                return node
        return None

    def _before(self, node: Node) -> list[str]:
        sources = [self.process.flows[flow].source for flow in node.incoming]
        if node.attached_to is not None:
            sources.append(node.attached_to)
        sources.extend(self.link_sources.get(node.id, ()))
        return sources

    def upstream(self, flow_id: str, gateway: str) -> frozenset[str]:
        """Every node from which a token can reach `flow_id` without passing the gateway it leads to."""
        key = (flow_id, gateway)
        found = self._upstream.get(key)
        if found is None:
            seen: set[str] = set()
            todo = [self.process.flows[flow_id].source]
            while todo:
                current = todo.pop()
                if current in seen or current == gateway:
                    continue
                seen.add(current)
                todo.extend(self._before(self.process.nodes[current]))
            found = self._upstream[key] = frozenset(seen)
        return found
