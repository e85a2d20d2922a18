"""Sub-processes run inside their instance; call activities start an instance of their own and wait for its end."""

from bpmn.model import Node
from engine import state as kinds
from engine.behaviours import events, starts, tasks
from engine.effects import CallRequest
from engine.runtime import Run
from engine.state import Scope, Token


def embedded(run: Run, token: Token, node: Node) -> None:
    run.begin(token)
    run.wait(token, kinds.SCOPE)
    scope = Scope(run.state.next_id(), node.id, parent=token.scope, token=token.id)
    run.state.scopes[scope.id] = scope
    events.arm_boundaries(run, token)
    starts.open_scope(run, scope, token.data.get("trigger"))
    run.touch(scope.id)


def call(run: Run, token: Token, node: Node) -> None:
    if node.called_element is None:
        tasks.person(run, token, node)
        return
    run.begin(token)
    run.wait(token, kinds.CALL)
    events.arm_boundaries(run, token)
    request(run, token, node)


def request(run: Run, token: Token, node: Node) -> None:
    """Asks for the called process, with the variables as the diagram maps them, or all of them."""
    assert node.called_element is not None
    inputs = node.extension.inputs
    variables = (
        tasks.evaluate_parameters(run, token, node, inputs)
        if inputs
        else {name: run.names(token.scope)[name] for name in run.state.variables}
    )
    run.calls.append(CallRequest(token.id, node.called_element, variables))


def call_finished(run: Run, token: Token, variables: dict[str, object]) -> None:
    """The called instance has ended well: its variables come back as the diagram maps them, or all of them."""
    node = run.graph.node(token.node)
    if node.extension.outputs or node.extension.inputs:
        values = {p.name: run.graph.expression(p.value).evaluate(variables) for p in node.extension.outputs}
    else:
        values = variables
    run.set_variables(values, token.scope)
    run.leave(token)
