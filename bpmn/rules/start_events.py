"""Start events begin: nothing leads to them, and an embedded sub-process has at most one."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

INCOMING = N_("A flow leads to the start event “%(element)s”. Nothing may lead to a start: lead it to the step after.")
SEVERAL = N_("The sub-process “%(element)s” has several start events. Keep one: it has only one way in.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type == "startEvent" and node.incoming:
            yield error("start-with-incoming", node, INCOMING)
        if node.is_scope and not node.triggered_by_event:
            starts = [child for child in process.children(node.id) if child.type == "startEvent"]
            if len(starts) > 1:
                yield error("several-starts", node, SEVERAL)
