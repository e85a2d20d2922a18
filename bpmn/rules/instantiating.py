"""A receive task or event gateway that starts the process stands at its beginning."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "“%(element)s” starts the process, but a flow leads to it. Remove the flow, or let it not start the process."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.instantiate and node.incoming and node.type in ("receiveTask", "eventBasedGateway"):
            yield error("instantiate-with-incoming", node, MESSAGE)
