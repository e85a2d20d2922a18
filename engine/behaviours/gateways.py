"""Gateways: splits choose flows, joins wait for the tokens that can still come."""

from bpmn.model import Flow, Node
from engine import state as kinds
from engine.behaviours import events
from engine.runtime import Run
from engine.state import Token
from kernel.i18n import N_

NO_WAY = N_("No flow out of this gateway may be taken: none of the conditions holds.")


def exclusive(run: Run, token: Token, node: Node) -> None:
    run.begin(token)
    outgoing = run.graph.outgoing(node)
    if node.choice and len(outgoing) > 1:
        run.wait(token, kinds.CHOICE)
        return
    if len(outgoing) <= 1 and not any(flow.condition for flow in outgoing):
        run.leave(token, outgoing)
        return
    for flow in outgoing:
        if flow.id != node.default and run.holds(flow, token):
            run.leave(token, [flow])
            return
    _leave_by_default(run, token, node, outgoing)


def _leave_by_default(run: Run, token: Token, node: Node, outgoing: list[Flow]) -> None:
    default = [flow for flow in outgoing if flow.id == node.default]
    if default:
        run.leave(token, default)
    else:
        run.trouble(token, "no_way", NO_WAY)


def parallel(run: Run, token: Token, node: Node) -> None:
    if len(node.incoming) > 1:
        run.wait(token, kinds.JOIN)
        arrived = one_for_each_flow(run, token.scope, node)
        if len(arrived) < len(node.incoming):
            return
        token = merge(run, token, arrived)
    run.begin(token)
    run.leave(token, run.graph.outgoing(node))


def inclusive(run: Run, token: Token, node: Node) -> None:
    if len(node.incoming) > 1:
        run.wait(token, kinds.JOIN)
        return
    _split_inclusive(run, token, node)


def _split_inclusive(run: Run, token: Token, node: Node) -> None:
    run.begin(token)
    outgoing = run.graph.outgoing(node)
    if node.choice and len(outgoing) > 1:
        run.wait(token, kinds.CHOICE)
        return
    if not any(flow.condition for flow in outgoing):
        run.leave(token, outgoing)
        return
    taken = [flow for flow in outgoing if flow.id != node.default and run.holds(flow, token)]
    if taken:
        run.leave(token, taken)
    else:
        _leave_by_default(run, token, node, outgoing)


def one_for_each_flow(run: Run, scope: int, node: Node) -> dict[str, Token]:
    """The oldest waiting token of each incoming flow."""
    arrived: dict[str, Token] = {}
    for other in run.state.in_scope(scope):
        if other.node == node.id and other.kind == kinds.JOIN:
            arrived.setdefault(str(other.data.get("via")), other)
    return arrived


def merge(run: Run, token: Token, arrived: dict[str, Token]) -> Token:
    """One token in place of those that arrived; it remembers all the flows they came by."""
    for other in arrived.values():
        if other.id != token.id:
            del run.state.tokens[other.id]
    merged = run.state.tokens.setdefault(token.id, token)
    merged.kind = kinds.READY
    merged.data["via"] = list(arrived)
    return merged


def enough_to_start(run: Run, token: Token, node: Node) -> bool:
    """Whether an activity has the tokens it needs to start once; they become the one that enters.

    Only tokens that came by a flow are counted, and those that were merged came by several.
    """
    if run.is_iteration(token) or not isinstance(token.data.get("via"), str):
        return True
    run.wait(token, kinds.JOIN)
    waiting = [t for t in run.state.in_scope(token.scope) if t.node == node.id and t.kind == kinds.JOIN]
    if len(waiting) < node.start_quantity:
        return False
    others = [t for t in waiting if t is not token][: node.start_quantity - 1]
    for other in others:
        del run.state.tokens[other.id]
    token.kind = kinds.READY
    token.data["via"] = [str(t.data["via"]) for t in (*others, token)]
    return True


def fire_inclusive_joins(run: Run) -> bool:
    """Fires the inclusive joins that wait for nothing more; True if any did.

    By BPMN: a join fires when every incoming flow has a token, or no token elsewhere in the scope can reach one of
    the empty flows, except by a way that also leads to a flow that has one already.
    """
    waiting = [t for t in run.state.tokens.values() if t.kind == kinds.JOIN]
    for token in waiting:
        node = run.graph.node(token.node)
        if node.type != "inclusiveGateway" or token.id not in run.state.tokens:
            continue
        arrived = one_for_each_flow(run, token.scope, node)
        empty = [flow for flow in node.incoming if flow not in arrived]
        if may_still_come(run, token.scope, node, empty, set(arrived)):
            continue
        merged = merge(run, token, arrived)
        _split_inclusive(run, merged, node)
        return True
    return False


def may_still_come(run: Run, scope: int, node: Node, empty: list[str], have: set[str]) -> bool:
    """Whether a token elsewhere in the scope can reach an `empty` flow and none of those that `have` one."""
    if not empty:
        return False
    elsewhere = {
        t.node for t in run.state.in_scope(scope) if t.kind != kinds.LISTEN and t.node != node.id
    }  # fmt: skip
    covered: set[str] = set()
    for flow in have:
        if flow in node.incoming:
            covered |= run.graph.upstream(flow, node.id)
    return any((run.graph.upstream(flow, node.id) & elsewhere) - covered for flow in empty)


def event_based(run: Run, token: Token, node: Node) -> None:
    """Every event after it waits; the first to happen takes all."""
    run.begin(token)
    scope, race = token.scope, token.id
    flows = run.graph.outgoing(node)
    run.leave(token, [])
    for flow in flows:
        follower = run.place(flow.target, scope, via=flow.id, race=race)
        events.await_event(run, follower, run.graph.node(flow.target))
