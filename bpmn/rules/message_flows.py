"""A message flow leads from what can send in one pool to what can receive in another."""

from collections.abc import Iterator

from bpmn.model import GATEWAYS, Diagram, Finding, Node
from bpmn.rules.findings import error, kinds, label, nodes_in
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
SENDS_NO_MESSAGE = N_(
    "A message flow begins at “%(element)s”, which sends no message. Make it a message event, or remove the message flow."
)
RECEIVES_NO_MESSAGE = N_(
    "A message flow ends at “%(element)s”, which waits for no message. Make it a message event, or remove the message flow."
)
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
CATCHES = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
CANNOT_SEND = GATEWAYS | {"startEvent", "boundaryEvent"}
CANNOT_RECEIVE = GATEWAYS | THROWS


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    places = {node.id: (node, process.id) for node, process in nodes_in(diagram)}
    for start, end in diagram.message_flows:
        if start in places and end in places and places[start][1] == places[end][1]:
            yield error("message-flow-in-pool", places[start][0], SAME_POOL, target=label(places[end][0]))
        if start in places and places[start][0].type in CANNOT_SEND:
            yield error("message-flow-end", places[start][0], SENDS)
        elif start in places and _is_another_event(places[start][0], THROWS):
            yield error("message-flow-end", places[start][0], SENDS_NO_MESSAGE)
        if end in places and places[end][0].type in CANNOT_RECEIVE:
            yield error("message-flow-end", places[end][0], RECEIVES)
        elif end in places and _is_another_event(places[end][0], CATCHES):
            yield error("message-flow-end", places[end][0], RECEIVES_NO_MESSAGE)


def _is_another_event(node: Node, types: frozenset[str]) -> bool:
    """Whether it is an event of these types, but not of messages (nor of several kinds, one of them messages)."""
    return node.type in types and "message" not in kinds(node)
