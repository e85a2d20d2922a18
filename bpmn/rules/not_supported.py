"""What the engine does not run yet is refused, never ignored."""

from collections.abc import Iterator

from bpmn.model import ACTIVITIES, Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, nodes_in, scope_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s”: %(what)s cannot be run yet. Draw it another way.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        for what in _unsupported(node, process):
            yield error("not-supported", node, MESSAGE, what=what)


def _unsupported(node: Node, process: Process) -> Iterator[str]:
    scope = scope_of(node, process)
    if scope is not None and scope.type == "adHocSubProcess" and _begins_by_itself(node):
        yield "an event or gateway without a flow to it in an ad-hoc sub-process"
    if node.triggered_by_event and node.scope == process.id and _started_by_compensation(node, process):
        yield "compensation of a whole process"
    cancels = node.loop is not None and any("cancel" in kinds(event) for event in process.boundary_events(node.id))
    if node.type == "transaction" and cancels:
        yield "cancel of a transaction that repeats"


def _begins_by_itself(node: Node) -> bool:
    return node.type not in ACTIVITIES | {"boundaryEvent", "startEvent", "endEvent"} and not node.incoming


def _started_by_compensation(node: Node, process: Process) -> bool:
    return any("compensate" in kinds(child) for child in process.children(node.id) if child.type == "startEvent")
