"""Scripts that run here are lines `name = expression`."""

from collections.abc import Iterator

from bpmn.expressions import ExpressionError, compile_script
from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.type != "scriptTask" or node.foreign is not None or node.script is None:
            continue
        try:
            compile_script(node.script)
        except ExpressionError as problem:
            params = {key: str(value) for key, value in problem.params.items()}
            yield error("script", node, problem.message, **params)
