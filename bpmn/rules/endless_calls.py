"""Processes that call one another in a circle before anything waits or decides would never come to an end."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bpmn.model import Diagram, Finding, Flow, Node, Process
from bpmn.rules.findings import error, outgoing
from kernel.i18n import N_

MESSAGE = N_(
    "“%(element)s” calls “%(called)s”, which comes back here before anybody waits or decides: it would never end. "
    "Put a step or a condition before the call."
)
PASSES = frozenset({"startEvent", "parallelGateway", "intermediateThrowEvent"})


def check(diagrams: Iterable[Diagram]) -> Iterator[Finding]:
    """Looks at all processes of an upload together."""
    drawn = [(diagram, process) for diagram in diagrams for process in diagram.processes.values()]
    calls = {process.id: list(_certain_calls(process)) for _, process in drawn}
    for diagram, process in drawn:
        for node in calls[process.id]:
            if process.id in _reached(node.called_element or "", calls):
                yield replace(
                    error("endless-calls", node, MESSAGE, called=node.called_element or ""), file=diagram.file
                )


def _reached(key: str, calls: dict[str, list[Node]]) -> set[str]:
    found: set[str] = set()
    todo = [key]
    while todo:
        current = todo.pop()
        if current not in found and current in calls:
            found.add(current)
            todo.extend(node.called_element or "" for node in calls[current])
    return found


def _certain_calls(process: Process) -> Iterator[Node]:
    """The call activities that a new instance comes to at once, whatever its data."""
    seen: set[str] = set()
    todo = _beginnings(process, process.id)
    while todo:
        node = todo.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.type == "callActivity" and node.called_element is not None and node.loop is None:
            yield node
        elif node.is_scope and node.loop is None and node.type != "adHocSubProcess":
            todo.extend(_beginnings(process, node.id))
        elif node.type in PASSES or (node.type == "scriptTask" and node.foreign is None and node.loop is None):
            todo.extend(_after(node, process))


def _beginnings(process: Process, scope: str) -> list[Node]:
    plain = [node for node in process.children(scope) if node.type == "startEvent" and not node.events]
    return [*plain, *(node for node in process.children(scope) if node.implicit_start)]


def _after(node: Node, process: Process) -> list[Node]:
    certain: list[Flow] = [flow for flow in outgoing(node, process) if flow.condition is None]
    return [process.nodes[flow.target] for flow in certain if flow.target in process.nodes]
