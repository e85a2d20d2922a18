"""What the engine does not run yet is refused, never ignored."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s”: %(what)s cannot be run yet. Draw it another way.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        for what in _unsupported(node, process):
            yield error("not-supported", node, MESSAGE, what=what)


def _unsupported(node: Node, process: Process) -> Iterator[str]:
    if node.type == "adHocSubProcess":
        yield "an ad-hoc sub-process"
    if node.triggered_by_event and node.scope == process.id and _started_by_compensation(node, process):
        yield "compensation of a whole process"
    cancels = node.loop is not None and any("cancel" in kinds(event) for event in process.boundary_events(node.id))
    if node.type == "transaction" and cancels:
        yield "cancel of a transaction that repeats"


def _started_by_compensation(node: Node, process: Process) -> bool:
    return any("compensate" in kinds(child) for child in process.children(node.id) if child.type == "startEvent")
