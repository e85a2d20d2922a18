"""A sequence flow leads from one element of the process to another."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, flows_in, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NO_SOURCE = N_("The flow “%(element)s” to “%(target)s” begins at “%(source)s”, which is not a step. Draw it anew.")
NO_TARGET = N_("The flow “%(element)s” from “%(source)s” ends at “%(target)s”, which is not a step. Draw it anew.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    known = {node.id for node in nodes(diagram)}
    for flow, _ in flows_in(diagram):
        if flow.source not in known:
            yield error("dangling-flow", flow, NO_SOURCE, source=flow.source or "?", target=flow.target or "?")
        elif flow.target not in known:
            yield error("dangling-flow", flow, NO_TARGET, source=flow.source, target=flow.target or "?")
