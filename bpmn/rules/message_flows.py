"""A message flow connects two pools; inside one, sequence flows do."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, label, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

SAME_POOL = N_(
    "The message flow from “%(element)s” to “%(target)s” stays inside one pool. Use a sequence flow, or two pools."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    places = {node.id: (node, process.id) for node, process in nodes_in(diagram)}
    for start, end in diagram.message_flows:
        if start in places and end in places and places[start][1] == places[end][1]:
            yield error("message-flow-in-pool", places[start][0], SAME_POOL, target=label(places[end][0]))
