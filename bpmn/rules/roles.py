"""Roles that may take a task exist; an unknown one in a foreign tool's diagram is only told."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” is for the role “%(role)s”, which there is not. Choose one from the list.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        for role in node.extension.candidate_roles:
            if role not in vocabulary.roles:
                tell = error if node.extension.vendor is None else warning
                yield tell("unknown-role", node, MESSAGE, role=role)
