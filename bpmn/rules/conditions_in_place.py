"""Conditions stand on flows out of activities and of gateways that choose, nowhere else."""

from collections.abc import Iterator

from bpmn.model import EVENTS, Diagram, Finding
from bpmn.rules.findings import error, label, nodes_in, outgoing
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "The flow “%(element)s” out of “%(source)s” has a condition, but there every flow is taken. "
    "Remove the condition, or put an exclusive or inclusive gateway there."
)
UNCONDITIONAL = EVENTS | {"parallelGateway", "eventBasedGateway"}


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type in UNCONDITIONAL:
            for flow in outgoing(node, process):
                if flow.condition is not None:
                    yield error("condition-not-allowed", flow, MESSAGE, source=label(node))
