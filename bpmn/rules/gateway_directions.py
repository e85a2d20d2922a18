"""A gateway is wired as the direction it declares."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

CONVERGING = N_("“%(element)s” is declared as converging: it needs several incoming flows and one outgoing flow.")
DIVERGING = N_("“%(element)s” is declared as diverging: it needs one incoming flow and several outgoing flows.")
MIXED = N_(
    "“%(element)s” is declared as mixed, but has not several incoming and several outgoing flows. Draw them, or change it."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        several_in, several_out = len(node.incoming) > 1, len(node.outgoing) > 1
        if node.direction == "Converging" and (several_out or not several_in):
            yield error("gateway-direction", node, CONVERGING)
        elif node.direction == "Diverging" and (several_in or not several_out):
            yield error("gateway-direction", node, DIVERGING)
        elif node.direction == "Mixed" and not (several_in and several_out):
            yield error("gateway-direction", node, MIXED)
