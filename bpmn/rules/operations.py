"""Operations and their parameters exist, and stand where they can be run."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

UNKNOWN = N_("“%(element)s” calls the operation “%(operation)s”, which there is not. Choose one from the list.")
PARAMETER = N_("“%(element)s”: the operation “%(operation)s” has no parameter “%(parameter)s”. Remove or rename it.")
PLACE = N_("“%(element)s” names an operation, but is no service task. Make it one, or remove the operation.")
BOTH = N_("“%(element)s” names an operation of ours and a topic for programs outside. Keep one of them.")
TWICE = N_("“%(element)s” gives the parameter “%(parameter)s” twice. Keep one.")
RUN_OPERATIONS = frozenset({"serviceTask", "sendTask", "businessRuleTask"})


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.extension.is_for_a_machine and node.type not in RUN_OPERATIONS:
            yield error("operation-place", node, PLACE)
        if node.extension.operation is not None and node.extension.topic is not None:
            yield error("operation-or-topic", node, BOTH)
        for operation in (node.extension.operation, node.extension.on_complete):
            if operation is not None:
                yield from _known(node, operation, vocabulary)


def _known(node: Node, operation: str, vocabulary: Vocabulary) -> Iterator[Finding]:
    if operation not in vocabulary.operations:
        yield error("unknown-operation", node, UNKNOWN, operation=operation)
        return
    seen: set[str] = set()
    for parameter in node.extension.parameters:
        if parameter.name not in vocabulary.operations[operation]:
            yield error("unknown-parameter", node, PARAMETER, operation=operation, parameter=parameter.name)
        if parameter.name in seen:
            yield error("unknown-parameter", node, TWICE, parameter=parameter.name)
        seen.add(parameter.name)
