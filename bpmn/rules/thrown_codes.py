"""In a process that is declared executable, what throws an error or escalation says which."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

ERROR = N_("“%(element)s” throws an error, but not which. Give it an error with a code.")
ESCALATION = N_("“%(element)s” throws an escalation, but not which. Give it an escalation with a code.")
MESSAGES = {"error": ERROR, "escalation": ESCALATION}


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if not process.executable or node.type not in ("endEvent", "intermediateThrowEvent"):
            continue
        for event in node.events:
            if event.kind in MESSAGES and event.reference is None:
                yield error("thrown-without-code", node, MESSAGES[event.kind])
