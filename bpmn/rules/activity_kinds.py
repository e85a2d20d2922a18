"""A task is mirrored as a kind of CRM activity that exists."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” is the activity “%(activity)s”, a kind there is not. Choose one of: %(known)s.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        activity = node.extension.activity
        if activity is not None and activity not in vocabulary.activities:
            known = ", ".join(sorted(vocabulary.activities))
            yield error("unknown-activity", node, MESSAGE, activity=activity, known=known)
