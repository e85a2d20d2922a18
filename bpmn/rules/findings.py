"""What the rules share: making findings, and walking a diagram."""

from collections.abc import Iterator
from dataclasses import replace

from bpmn.model import Diagram, Finding, Flow, Node, Process

Place = Node | Flow | Process


def error(rule: str, where: Place, message: str, /, **params: str) -> Finding:
    return _finding(rule, "error", where, message, params)


def warning(rule: str, where: Place, message: str, /, **params: str) -> Finding:
    return _finding(rule, "warning", where, message, params)


def _finding(rule: str, severity: str, where: Place, message: str, params: dict[str, str]) -> Finding:
    params.setdefault("element", label(where))
    return Finding(rule, severity, message, where.line, where.id, where.name, params=params, titles=titles(where))


def at(finding: Finding, line: int) -> Finding:
    """The finding on a line of its own, where there is one."""
    return replace(finding, line=line) if line else finding


def titles(where: Place) -> dict[str, str]:
    return where.extension.titles if isinstance(where, Node) else where.titles


def label(where: Place) -> str:
    return where.name or where.id


def nodes(diagram: Diagram) -> Iterator[Node]:
    for process in diagram.processes.values():
        yield from process.nodes.values()


def nodes_in(diagram: Diagram) -> Iterator[tuple[Node, Process]]:
    for process in diagram.processes.values():
        for node in process.nodes.values():
            yield node, process


def flows_in(diagram: Diagram) -> Iterator[tuple[Flow, Process]]:
    for process in diagram.processes.values():
        for flow in process.flows.values():
            yield flow, process


def outgoing(node: Node, process: Process) -> list[Flow]:
    return [process.flows[flow] for flow in node.outgoing if flow in process.flows]


def kinds(node: Node) -> set[str]:
    return {event.kind for event in node.events}


def scope_of(node: Node, process: Process) -> Node | None:
    """The sub-process a node stands in; None for the process itself."""
    return process.nodes.get(node.scope)


def scopes_of(process: Process) -> Iterator[str]:
    """The ids of the process and of its sub-processes."""
    yield process.id
    for node in process.nodes.values():
        if node.is_scope:
            yield node.id
