"""End events end: nothing leaves them, and something leads to them."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

OUTGOING = N_("A flow leaves the end event “%(element)s”. Remove it, or make the event an intermediate one.")
INCOMING = N_("Nothing leads to the end event “%(element)s”. Lead a flow to it, or remove it.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.type == "endEvent" and node.outgoing:
            yield error("end-with-outgoing", node, OUTGOING)
        if node.type == "endEvent" and not node.incoming:
            yield error("end-without-incoming", node, INCOMING)
