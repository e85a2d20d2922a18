"""A message flow leads from what can send in one pool to what can receive in another."""

from collections.abc import Iterator

from bpmn.model import GATEWAYS, Diagram, Finding
from bpmn.rules.findings import error, label, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

SAME_POOL = N_(
    "The message flow from “%(element)s” to “%(target)s” stays inside one pool. Use a sequence flow, or two pools."
)

SENDS = N_(
    "A message flow begins at “%(element)s”, which cannot send. Begin it at a task, a throwing event or the pool."
)
RECEIVES = N_(
    "A message flow ends at “%(element)s”, which cannot receive. End it at a task, a catching event or the pool."
)
CANNOT_SEND = GATEWAYS | {"startEvent", "boundaryEvent"}
CANNOT_RECEIVE = GATEWAYS | {"endEvent", "intermediateThrowEvent"}


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    places = {node.id: (node, process.id) for node, process in nodes_in(diagram)}
    for start, end in diagram.message_flows:
        if start in places and end in places and places[start][1] == places[end][1]:
            yield error("message-flow-in-pool", places[start][0], SAME_POOL, target=label(places[end][0]))
        if start in places and places[start][0].type in CANNOT_SEND:
            yield error("message-flow-end", places[start][0], SENDS)
        if end in places and places[end][0].type in CANNOT_RECEIVE:
            yield error("message-flow-end", places[end][0], RECEIVES)
