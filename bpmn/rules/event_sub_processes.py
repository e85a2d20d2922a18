"""An event sub-process is set off by its one start event; no flow leads to it or leaves it."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

FLOWS = N_(
    "A flow is connected to the event sub-process “%(element)s”. Only its start event sets it off: remove the flow."
)
START = N_("The event sub-process “%(element)s” needs exactly one start event; it has %(count)s.")
BOUNDARY = N_("The event sub-process “%(element)s” has a boundary event. Draw it on an activity inside instead.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if not node.triggered_by_event:
            continue
        if node.incoming or node.outgoing:
            yield error("event-sub-process-with-flows", node, FLOWS)
        starts = [child for child in process.children(node.id) if child.type == "startEvent"]
        if len(starts) != 1:
            yield error("event-sub-process-start", node, START, count=str(len(starts)))
        if any(process.boundary_events(node.id)):
            yield error("event-sub-process-boundary", node, BOUNDARY)
