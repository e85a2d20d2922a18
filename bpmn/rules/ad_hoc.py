"""An ad-hoc sub-process holds activities, but neither start nor end events."""

from collections.abc import Iterator

from bpmn.model import ACTIVITIES, Diagram, Finding
from bpmn.rules.findings import error, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

EVENTS = N_(
    "The ad-hoc sub-process “%(element)s” holds a start or end event. Remove it: its steps have no fixed order."
)
EMPTY = N_("The ad-hoc sub-process “%(element)s” holds no activity. Add one.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type != "adHocSubProcess":
            continue
        inside = [child.type for child in process.children(node.id)]
        if "startEvent" in inside or "endEvent" in inside:
            yield error("ad-hoc-events", node, EVENTS)
        if not ACTIVITIES.intersection(inside):
            yield error("ad-hoc-empty", node, EMPTY)
