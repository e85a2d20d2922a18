"""Every condition and expression can be read."""

from collections.abc import Iterator

from bpmn.expressions import ExpressionError, compile_expression
from bpmn.model import Diagram, Finding, Flow, Node
from bpmn.normalise.untranslatable_conditions import answers, is_foreign
from bpmn.rules.findings import at, error, flows_in, nodes_in, outgoing
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

ANSWER = N_(
    "The condition of “%(element)s” is only a word: %(condition)s. Write what must hold (approved == 'yes'), or remove the"
    " conditions: then a person chooses."
)
LANGUAGE = N_("The condition of “%(element)s” is in %(language)s, which does not run here. Write it as an expression.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for flow, process in flows_in(diagram):
        source = process.nodes.get(flow.source)
        if flow.condition is None or source is None or source.choice or source.default == flow.id:
            continue
        if is_foreign(flow):
            yield error("expression", flow, LANGUAGE, language=flow.condition_language or "")
        else:
            yield from _compiled(flow, flow.condition, flow.line)
    for node, process in nodes_in(diagram):
        for flow in () if node.choice else answers(outgoing(node, process), node.default):
            yield error("expression", flow, ANSWER, condition=flow.condition or "")
        for text, line in _texts(node):
            yield from _compiled(node, text, line or node.line)


def _compiled(where: Node | Flow, text: str, line: int) -> Iterator[Finding]:
    try:
        compile_expression(text)
    except ExpressionError as problem:
        params = {key: str(value) for key, value in problem.params.items()}
        yield at(error("expression", where, problem.message, **params), line)


def _texts(node: Node) -> Iterator[tuple[str, int]]:
    """Every expression of a node with its line (0: that of the node)."""
    for event in node.events:
        if event.condition is not None:
            yield event.condition, event.line
    if node.loop is not None:
        loop = node.loop
        thrown = (event.condition for event in loop.events)
        for text in (loop.cardinality, loop.collection, loop.completion, loop.condition, loop.output_element, *thrown):
            if text is not None:
                yield text, loop.line
    extension = node.extension
    parameters = [p.value for p in (*extension.parameters, *extension.inputs, *extension.outputs)]
    for text in (
        node.activation_condition,
        node.ad_hoc_completion,
        extension.assignee,
        extension.candidate_users,
        extension.due,
        extension.follow_up,
        extension.priority,
        extension.correlation,
        *parameters,
    ):
        if text is not None:
            yield text, 0
