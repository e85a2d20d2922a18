"""Complex gateways: a join goes on when its activation condition holds, and then gathers the late tokens until it resets.

Conditions see `activationCount` (the tokens that have arrived), each incoming flow's id as the number of its tokens,
and `waitingForStart`. Of a reset only those outgoing flows hear whose condition names `waitingForStart`.
"""

import re
from collections.abc import Mapping
from typing import Any

from bpmn.expressions import truth
from bpmn.model import Flow, Node
from engine import state as kinds
from engine.behaviours import gateways
from engine.runtime import NO_WAY, Run
from engine.state import Scope, Token

RESET = "reset"
"""Where a scope keeps, by gateway, the flows whose tokens began the round that has not yet been reset."""
NAMES_PHASE = re.compile(r"\bwaitingForStart\b")


def enter(run: Run, token: Token, node: Node) -> None:
    merged = isinstance(token.data.get("via"), list)
    if node.activation_condition is None or merged:
        _go_on(run, token, node, _names(node, [token]))
    else:
        run.wait(token, kinds.JOIN)


def fire(run: Run) -> bool:
    """Starts or resets one complex gateway that is ready for it; True if there was one."""
    return _start_one(run) or _reset_one(run)


def _start_one(run: Run) -> bool:
    seen: set[tuple[int, str]] = set()
    for token in list(run.state.tokens.values()):
        if token.kind != kinds.JOIN or (token.scope, token.node) in seen:
            continue
        node, scope = run.graph.node(token.node), run.state.scopes[token.scope]
        if node.type != "complexGateway" or node.id in scope.data.get(RESET, {}):
            continue
        seen.add((scope.id, node.id))
        names = _names(node, _waiting(run, scope, node))
        if truth(run.evaluate(node.activation_condition or "", scope.id, node, names)):
            arrived = gateways.one_for_each_flow(run, scope.id, node)
            scope.data.setdefault(RESET, {})[node.id] = list(arrived)
            _go_on(run, gateways.merge(run, next(iter(arrived.values())), arrived), node, names)
            return True
    return False


def _reset_one(run: Run) -> bool:
    for scope in list(run.state.scopes.values()):
        for gateway, begun in scope.data.get(RESET, {}).items():
            node = run.graph.node(gateway)
            arrived = gateways.one_for_each_flow(run, scope.id, node)
            empty = [flow for flow in node.incoming if flow not in begun and flow not in arrived]
            if not gateways.may_still_come(run, scope.id, node, empty, set(arrived)):
                _reset(run, scope, node, {flow: t for flow, t in arrived.items() if flow not in begun})
                return True
    return False


def reset_at_the_end(run: Run, scope: Scope) -> bool:
    """Resets a gateway of a scope in which nothing else can come; False if none waits for it."""
    for gateway in scope.data.get(RESET, {}):
        _reset(run, scope, run.graph.node(gateway), {})
        return True
    return False


def _reset(run: Run, scope: Scope, node: Node, late: dict[str, Token]) -> None:
    """Takes the late tokens in; a token goes out only where a condition asks for this phase."""
    names = _names(node, list(late.values()), waiting_for_start=False)
    for token in late.values():
        del run.state.tokens[token.id]
    del scope.data[RESET][node.id]
    if not scope.data[RESET]:
        del scope.data[RESET]
    asking = [flow for flow in run.graph.outgoing(node) if NAMES_PHASE.search(flow.condition or "")]
    taken = [flow for flow in asking if _holds(run, flow, node, scope.id, names)]
    if taken:
        token = run.place(node.id, scope.id)
        token.data["via"] = list(late)
        run.begin(token)
        run.leave(token, taken)
    run.touch(scope.id)


def _go_on(run: Run, token: Token, node: Node, names: Mapping[str, Any]) -> None:
    run.begin(token)
    outgoing = run.graph.outgoing(node)
    if node.choice and len(outgoing) > 1:
        run.wait(token, kinds.CHOICE)
        return
    taken = [flow for flow in outgoing if flow.id != node.default and _holds(run, flow, node, token.scope, names)]
    taken = taken or [flow for flow in outgoing if flow.id == node.default]
    if taken or not outgoing:
        run.leave(token, taken)
    else:
        run.trouble(token, "no_way", NO_WAY)


def _holds(run: Run, flow: Flow, node: Node, scope: int, names: Mapping[str, Any]) -> bool:
    return not flow.condition or truth(run.evaluate(flow.condition, scope, node, names))


def _waiting(run: Run, scope: Scope, node: Node) -> list[Token]:
    return [t for t in run.state.in_scope(scope.id) if t.node == node.id and t.kind == kinds.JOIN]


def _names(node: Node, tokens: list[Token], *, waiting_for_start: bool = True) -> Mapping[str, Any]:
    came = [via for t in tokens for via in _flows(t)]
    counts = {flow: came.count(flow) for flow in node.incoming}
    return {**counts, "activationCount": len(came), "waitingForStart": waiting_for_start}


def _flows(token: Token) -> list[str]:
    via = token.data.get("via")
    return via if isinstance(via, list) else [str(via)]
