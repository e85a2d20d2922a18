"""After an event-based gateway stand events to wait for, and nothing else."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, label, nodes_in, outgoing
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

TARGET = N_(
    "“%(element)s” waits for events, but “%(target)s” after it is none. Put a catching event or a receive task there."
)
FEW = N_("“%(element)s” needs at least two events to wait for. Add one, or remove the gateway.")
SHARED = N_("“%(target)s” after “%(element)s” has other incoming flows too. Give it only the flow from the gateway.")
MIXED = N_("“%(element)s” mixes message events and receive tasks. Use one or the other.")
BOUNDARY = N_("“%(target)s” after “%(element)s” has boundary events, which it may not have there. Remove them.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type == "eventBasedGateway":
            yield from _gateway(node, process)


def _gateway(node: Node, process: Process) -> Iterator[Finding]:
    targets = [process.nodes[flow.target] for flow in outgoing(node, process) if flow.target in process.nodes]
    if len(node.outgoing) < 2:
        yield error("event-gateway-single", node, FEW)
    for target in targets:
        if not _may_follow(target):
            yield error("event-gateway-target", node, TARGET, target=label(target))
        elif len(target.incoming) > 1:
            yield error("event-gateway-target", node, SHARED, target=label(target))
        if target.type == "receiveTask" and any(process.boundary_events(target.id)):
            yield error("event-gateway-target", node, BOUNDARY, target=label(target))
    if any(t.type == "receiveTask" for t in targets) and any("message" in kinds(t) for t in targets):
        yield error("event-gateway-mixed", node, MIXED)


def _may_follow(target: Node) -> bool:
    return target.type == "receiveTask" or (target.type == "intermediateCatchEvent" and "link" not in kinds(target))
