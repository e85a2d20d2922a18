"""Data associations: values move into an element before it begins, and out of it when it is done."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from bpmn.expressions import to_json_value
from bpmn.model import Movement, Node
from engine.runtime import Run
from engine.state import Token

GIVEN = "given"
"""What an element alone sees, in its token."""


def take(run: Run, token: Token, node: Node) -> None:
    for movement in node.takes:
        there, value = _value(run, token, node, movement)
        if not there:
            continue
        if movement.own and not node.is_scope:
            token.data[GIVEN] = {**given(token), movement.target: value}
        else:
            run.set_variables({movement.target: value}, token.scope)


def give(run: Run, token: Token, node: Node) -> None:
    for movement in node.gives:
        there, value = _value(run, token, node, movement)
        if there:
            run.set_variables({movement.target: value}, token.scope)


def given(token: Token) -> dict[str, Any]:
    """What the element of a token sees besides all variables."""
    found: dict[str, Any] = token.data.get(GIVEN, {})
    return found


def names(run: Run, token: Token) -> Mapping[str, Any]:
    return ChainMap(given(token), run.names(token.scope))  # type: ignore[arg-type]


def _value(run: Run, token: Token, node: Node, movement: Movement) -> tuple[bool, Any]:
    """(whether there is one, the value); a copy of what nobody has set yet moves nothing."""
    own = given(token)
    if movement.computed:
        return True, to_json_value(run.evaluate(movement.value, token.scope, node, own))
    if movement.value in own:
        return True, own[movement.value]
    for scope in run.state.chain(token.scope):
        if scope.local is not None and movement.value in scope.local:
            return True, scope.local[movement.value]
    return movement.value in run.state.variables, run.state.variables.get(movement.value)
