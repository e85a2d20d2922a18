"""Flows that a person chooses among have names."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import label, nodes_in, outgoing, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "A person chooses at “%(source)s”, but its flow “%(element)s” has no name. Name it, so that it can be told apart."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        for flow in outgoing(node, process) if node.choice else ():
            if not flow.name and not flow.titles:
                yield warning("choice-without-name", flow, MESSAGE, source=label(node))
