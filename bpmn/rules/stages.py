"""A stage that an element moves the deal to exists."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” moves the deal to the stage “%(stage)s”, which there is not. Choose one from the list.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.extension.stage is not None and node.extension.stage not in vocabulary.stages:
            yield error("unknown-stage", node, MESSAGE, stage=node.extension.stage)
