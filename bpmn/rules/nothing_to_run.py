"""A process has at least one element."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("The process “%(element)s” has no elements. Draw at least one step, or remove the process.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for process in diagram.processes.values():
        if not process.nodes:
            yield error("nothing-to-run", process, MESSAGE)
