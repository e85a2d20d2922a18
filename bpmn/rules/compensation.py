"""Compensation: an activity's boundary event leads by association to one handler, and throws name activities in reach."""

from collections import Counter
from collections.abc import Iterator

from bpmn.model import ACTIVITIES, Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, label, nodes_in, scope_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NO_HANDLER = N_("“%(element)s” has no compensation handler. Connect it by an association to the activity that undoes.")
NOT_A_HANDLER = N_("“%(handler)s”, which “%(element)s” leads to, is not marked as for compensation. Mark it.")
FLOWS = N_("A flow is connected to “%(element)s”, which is for compensation. Only an association may lead to it.")
OUTGOING = N_("A flow leaves the compensation event “%(element)s”. Use an association to the handler instead.")
UNUSED = N_("“%(element)s” is for compensation, but no compensation event leads to it. Connect or remove it.")
UNKNOWN = N_("“%(element)s” compensates “%(activity)s”, which is no activity in the same scope. Choose another.")
NOTHING_TO_UNDO = N_(
    "“%(element)s” compensates “%(activity)s”, which has no compensation handler. Attach a compensation event to it."
)
TWICE = N_("“%(element)s” has several compensation events. Keep one.")
OTHER_SCOPE = N_("The handler “%(handler)s” of “%(element)s” stands in another scope. Put both into the same.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for process in diagram.processes.values():
        used = {handler for node in process.nodes.values() for handler in node.compensates}
        undone = Counter(
            node.attached_to
            for node in process.nodes.values()
            if node.type == "boundaryEvent" and "compensate" in kinds(node)
        )
        for node in process.nodes.values():
            if node.for_compensation and not node.triggered_by_event:
                if node.incoming or node.outgoing:
                    yield error("compensation-with-flows", node, FLOWS)
                if node.id not in used:
                    yield error("compensation-unused", node, UNUSED)
            if undone[node.id] > 1:
                yield error("compensated-twice", node, TWICE)
    for node, process in nodes_in(diagram):
        if "compensate" not in kinds(node):
            continue
        if node.type == "boundaryEvent":
            yield from _boundary(node, process)
        else:
            yield from _throw(node, process)


def _boundary(node: Node, process: Process) -> Iterator[Finding]:
    if node.outgoing:
        yield error("compensation-with-flows", node, OUTGOING)
    handlers = [process.nodes[handler] for handler in node.compensates if handler in process.nodes]
    if len(handlers) != 1:
        yield error("compensation-handler", node, NO_HANDLER)
    for handler in handlers:
        if not handler.for_compensation:
            yield error("compensation-handler", node, NOT_A_HANDLER, handler=label(handler))
        elif handler.scope != node.scope:
            yield error("compensation-handler", node, OTHER_SCOPE, handler=label(handler))


def _throw(node: Node, process: Process) -> Iterator[Finding]:
    reachable = {node.scope}
    scope = scope_of(node, process)
    while scope is not None and scope.triggered_by_event:
        reachable.add(scope.scope)
        scope = scope_of(scope, process)
    for event in node.events:
        if event.kind != "compensate" or event.activity_ref is None:
            continue
        target = process.nodes.get(event.activity_ref)
        if target is None or target.type not in ACTIVITIES or target.scope not in reachable:
            shown = label(target) if target is not None else event.activity_ref
            yield error("compensation-reference", node, UNKNOWN, activity=shown)
        elif not _can_be_undone(target, process):
            yield error("compensation-reference", node, NOTHING_TO_UNDO, activity=label(target))


def _can_be_undone(target: Node, process: Process) -> bool:
    """Whether it has a handler, or may hold what has one."""
    if target.is_scope or target.drawn_as is not None or target.type == "callActivity":
        return True
    return any("compensate" in kinds(event) for event in process.boundary_events(target.id))
