"""A called process exists, or comes in the same upload."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "“%(element)s” calls the process “%(called)s”, which is not deployed. Deploy it too; until then a person does it."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    known = vocabulary.processes | set(diagram.processes)
    for node in nodes(diagram):
        if node.type == "callActivity" and node.called_element is not None and node.called_element not in known:
            yield warning("unknown-process", node, MESSAGE, called=node.called_element)
