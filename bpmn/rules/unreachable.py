"""Every element can be reached from a beginning."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node, Process
from bpmn.rules.findings import error, outgoing
from bpmn.rules.links import link_name
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” can never be reached. Lead a flow to it from a step that is reached, or remove it.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for process in diagram.processes.values():
        reached = reachable(process)
        for node in process.nodes.values():
            if node.id not in reached and not _told_elsewhere(node, process, reached):
                yield error("unreachable", node, MESSAGE)


def _told_elsewhere(node: Node, process: Process, reached: set[str]) -> bool:
    """Whether another rule, or the finding about what it stands in, already says what is wrong."""
    scope = process.nodes.get(node.scope)
    return (
        node.for_compensation
        or (scope is not None and scope.id not in reached)
        or (node.type in ("endEvent", "boundaryEvent") and not node.incoming)
        or any(event.kind == "link" for event in node.events)
    )


def reachable(process: Process) -> set[str]:
    """Ids of the nodes a token can come to."""
    found: set[str] = set()
    todo = [node.id for node in process.nodes.values() if _begins(node, process)]
    catches: dict[tuple[str, str | None], list[str]] = {}
    attached: dict[str, list[str]] = {}
    for node in process.nodes.values():
        if node.type == "intermediateCatchEvent" and link_name(node) is not None:
            catches.setdefault((node.scope, link_name(node)), []).append(node.id)
        if node.attached_to is not None:
            attached.setdefault(node.attached_to, []).append(node.id)
    while todo:
        current = todo.pop()
        if current in found or current not in process.nodes:
            continue
        found.add(current)
        node = process.nodes[current]
        todo.extend(flow.target for flow in outgoing(node, process))
        todo.extend(attached.get(current, ()))
        todo.extend(node.compensates)
        if node.type == "intermediateThrowEvent" and link_name(node) is not None:
            todo.extend(catches.get((node.scope, link_name(node)), ()))
    return found


def _begins(node: Node, process: Process) -> bool:
    scope = process.nodes.get(node.scope)
    return (
        node.type == "startEvent"
        or node.implicit_start
        or (node.instantiate and not node.incoming)
        or any(_comes_from_elsewhere(flow, node, process) for flow in node.incoming)
        or node.triggered_by_event
        or (scope is not None and scope.type == "adHocSubProcess" and not node.incoming)
    )


def _comes_from_elsewhere(flow: str, node: Node, process: Process) -> bool:
    """Whether a flow begins outside the node's scope; another rule says so, and its target is not told again."""
    source = process.nodes.get(process.flows[flow].source) if flow in process.flows else None
    return source is None or source.scope != node.scope
