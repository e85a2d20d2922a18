"""A sequence flow stays inside its process and its sub-process."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, flows_in, label, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

POOLS = N_(
    "The flow “%(element)s” leads from “%(source)s” to “%(target)s” in another pool. Use a message flow between pools."
)
SCOPES = N_(
    "The flow “%(element)s” from “%(source)s” to “%(target)s” crosses the border of a sub-process. "
    "End it inside, and lead a flow out of the sub-process itself."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    places = {node.id: (node, process.id) for node, process in nodes_in(diagram)}
    for flow, process in flows_in(diagram):
        if flow.source not in places or flow.target not in places:
            continue
        (source, source_process), (target, target_process) = places[flow.source], places[flow.target]
        ends = {"source": label(source), "target": label(target)}
        if not source_process == target_process == process.id:
            yield error("flow-across-pools", flow, POOLS, **ends)
        elif source.scope != target.scope:
            yield error("flow-across-scopes", flow, SCOPES, **ends)
