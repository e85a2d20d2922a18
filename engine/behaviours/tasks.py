"""Tasks: work for a person, for an operation of ours, for a script, or a message sent and awaited."""

from typing import Any

from bpmn.expressions import ExpressionError
from bpmn.model import Node, Parameter
from engine import state as kinds
from engine.behaviours import ad_hoc, catching, data, decisions, events
from engine.effects import Thrown
from engine.errors import BpmnError, ProcessError
from engine.runtime import Run
from engine.state import Token
from kernel import working_time
from kernel.errors import Message
from kernel.i18n import N_

CARDS = frozenset({"task", "userTask", "manualTask", "serviceTask", "businessRuleTask", "sendTask"})


def person(run: Run, token: Token, node: Node) -> None:
    """A task card; what the card shows is read from the element when it is written."""
    run.begin(token)
    run.wait(token, kinds.TASK)
    events.arm_boundaries(run, token)


def is_for_a_person(node: Node) -> bool:
    """Whether the activity is a task card and nothing else."""
    if node.type in ("scriptTask", "callActivity"):
        return node.foreign is not None if node.type == "scriptTask" else node.called_element is None
    machine = node.extension.is_for_a_machine or node.message is not None or node.extension.decision is not None
    return node.type in CARDS and not machine


def service(run: Run, token: Token, node: Node) -> None:
    """A decision or an operation of ours, now or as a job, or a program outside; without one a person does what the
    machine would have done."""
    name = node.extension.operation
    if node.extension.topic is not None:
        run.begin(token)
        parameters = evaluate_parameters(run, token, node, node.extension.parameters)
        run.wait(token, kinds.JOB, topic=node.extension.topic, parameters=parameters)
        events.arm_boundaries(run, token)
        return
    decision = node.extension.decision
    if name is None and decision is not None and node.foreign is None and run.host.knows_decision(decision):
        decisions.evaluate(run, token, node)
        return
    if name is None:
        person(run, token, node)
        return
    run.begin(token)
    parameters = evaluate_parameters(run, token, node, node.extension.parameters)
    if node.extension.asynchronous or run.host.is_asynchronous(name):
        run.wait(token, kinds.JOB, operation=name, parameters=parameters)
        events.arm_boundaries(run, token)
        return
    try:
        answer = run.host.operate(run, token, name, parameters)
    except BpmnError as error:
        operation_error(run, token, node, error)
        return
    operation_done(run, token, node, answer)


def operation_done(run: Run, token: Token, node: Node, answer: Any) -> None:
    variable = node.extension.result_variable
    if variable is not None:
        run.set_variables({variable: answer.get(variable, answer) if isinstance(answer, dict) else answer}, token.scope)
    elif isinstance(answer, dict):
        run.set_variables(answer, token.scope)
    run.leave(token)


NOT_CAUGHT = N_("the error “%(code)s” came up, and the diagram draws no way for it.")


def operation_error(run: Run, token: Token, node: Node, error: BpmnError) -> None:
    """A business refusal goes to its boundary event; one that nobody drew a way for undoes the step."""
    if not throw_from(run, token, error):
        raise ProcessError(
            node.id, node.title, error.message or Message(NOT_CAUGHT, code=error.code), code="bpmn_error_not_caught"
        )


def throw_from(run: Run, token: Token, error: BpmnError) -> bool:
    """Throws an error at an activity: its own boundary first, then outwards. False if nobody catches it."""
    own = None if run.is_iteration(token) else catching.boundary_catcher(run, token, "error", error.code)
    if own is not None:
        run.set_variables(error.variables, token.scope)
        events.caught(run, *own)
        return True
    if not catching.catches_error(run, error.code, token.scope):
        return False
    catching.throw_error(run, error, token.scope)
    return True


def evaluate_parameters(run: Run, token: Token, node: Node, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    return {p.name: run.evaluate(p.value, token.scope, node, data.given(token)) for p in parameters}


def script(run: Run, token: Token, node: Node) -> None:
    if node.foreign:
        person(run, token, node)
        return
    run.begin(token)
    try:
        with working_time.using(run.host.calendar):
            values = run.graph.script(node.script or "").run(data.names(run, token))
    except ExpressionError as error:
        raise ProcessError(node.id, node.title, error, code="script_failed") from error
    run.set_variables(values, token.scope)
    run.leave(token)


def send(run: Run, token: Token, node: Node) -> None:
    if node.extension.is_for_a_machine:
        service(run, token, node)
    elif node.message is None:
        person(run, token, node)
    else:
        run.begin(token)
        run.thrown.append(Thrown("message", node.message, node, dict(run.state.variables)))
        run.leave(token)


def receive(run: Run, token: Token, node: Node) -> None:
    """Waits for its message; one that names none is let go by hand."""
    run.begin(token)
    run.wait(token, kinds.CATCH)
    events.arm_boundaries(run, token)


RESULT = "result"
NOT_ONE_OF_THE_FLOWS = N_("Choose among the ways that leave this step.")


def complete(
    run: Run, token: Token, result: str | None, variables: dict[str, Any], flows: list[str] | None = None
) -> None:
    """A person has done the task. Its result is `result` and `<element>_result` until another task sets them.
    `flows` are the ways chosen where the element leaves that to a person."""
    node = run.graph.node(token.node)
    if ad_hoc.OFFER in token.data and not ad_hoc.take_up(run, token, node):
        run.set_variables(variables, token.scope)
        return
    values = dict(variables)
    if result is not None:
        values[RESULT] = result
        values[f"{node.id}_result"] = result
        run.results[token.id] = result
    run.set_variables(values, token.scope)
    if node.extension.on_complete is not None:
        parameters = evaluate_parameters(run, token, node, node.extension.parameters)
        try:
            answer = run.host.operate(run, token, node.extension.on_complete, parameters)
        except BpmnError as error:
            operation_error(run, token, node, error)
            return
        run.set_variables(answer, token.scope)
    if flows:
        choose(run, token, flows)
    else:
        run.leave(token)


def choose(run: Run, token: Token, flows: list[str]) -> None:
    """A person has picked the way on."""
    if run.is_iteration(token):
        run.leave(token)
        return
    run.leave(token, [run.graph.flow(flow) for flow in flows])
