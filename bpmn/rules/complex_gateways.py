"""A complex gateway that joins says when it goes on."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "The complex gateway “%(element)s” joins flows but does not say when it goes on. Add an activation condition."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.type == "complexGateway" and len(node.incoming) > 1 and node.activation_condition is None:
            yield error("complex-gateway-condition", node, MESSAGE)
