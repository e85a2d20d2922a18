"""A receive task or event gateway that starts the process stands at its beginning; only such a gateway is parallel."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "“%(element)s” starts the process, but a flow leads to it. Remove the flow, or let it not start the process."
)
PARALLEL = N_(
    "“%(element)s” waits for all its events, which only a gateway that starts the process may do. "
    "Let it start the process, or put a parallel gateway before the events."
)
NOT_A_PROCESS = N_("“%(element)s” starts a process, but stands in a sub-process. Let it not start anything.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.event_gateway_parallel and not node.instantiate:
            yield error("parallel-event-gateway", node, PARALLEL)
        if not node.instantiate or node.type not in ("receiveTask", "eventBasedGateway"):
            continue
        if node.incoming:
            yield error("instantiate-with-incoming", node, MESSAGE)
        elif node.scope != process.id:
            yield error("instantiate-in-sub-process", node, NOT_A_PROCESS)
