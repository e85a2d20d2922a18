"""Tasks for people have names."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("The task “%(element)s” has no name. Say in it what is to be done: it is what people read.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.type in ("userTask", "manualTask", "task") and not node.name and not node.extension.titles:
            yield warning("task-without-name", node, MESSAGE)
