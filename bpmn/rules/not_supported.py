"""What the engine does not run yet is refused, never ignored."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s”: %(what)s cannot be run yet. Draw it another way.")

ELEMENTS = {
    "transaction": "a transaction",
    "adHocSubProcess": "an ad-hoc sub-process",
}
EVENT_KINDS = {"compensate": "compensation", "cancel": "cancel"}


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        for what in _unsupported(node):
            yield error("not-supported", node, MESSAGE, what=what)


def _unsupported(node: Node) -> Iterator[str]:
    if node.type in ELEMENTS:
        yield ELEMENTS[node.type]
    for event in node.events:
        if event.kind in EVENT_KINDS:
            yield EVENT_KINDS[event.kind]
