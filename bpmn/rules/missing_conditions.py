"""Where an exclusive gateway decides by conditions, every flow but the default has one."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, label, nodes_in, outgoing
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "The flow “%(element)s” out of “%(source)s” has no condition, while others have. Give it one, or make it the default."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type != "exclusiveGateway" or node.choice or len(node.outgoing) < 2:
            continue
        for flow in outgoing(node, process):
            if not flow.condition and flow.id != node.default:
                yield error("missing-condition", flow, MESSAGE, source=label(node))
