"""Messages, signals, errors and escalations have names of their own, not names that are computed."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.normalise.computed_names import computed_names
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "“%(element)s” computes the name of its %(kind)s (%(text)s). Give it a fixed name; which one of many it is, says its"
    " correlation."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        for kind, name in computed_names(node):
            yield error("computed-name", node, MESSAGE, kind=kind, text=name)
