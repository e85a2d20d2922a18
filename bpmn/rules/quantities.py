"""Start and completion quantities are at least one."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” has a start or completion quantity below 1. Set it to 1 or more.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.start_quantity < 1 or node.completion_quantity < 1:
            yield error("quantity", node, MESSAGE)
