"""Events: what starts, interrupts, waits and ends; boundary events and event sub-processes listen beside the work."""

from bpmn.model import EventDefinition, Node
from engine import state as kinds
from engine import timers
from engine.behaviours import catching, compensation, transactions
from engine.effects import Thrown
from engine.errors import BpmnError
from engine.runtime import COMPLETED, Run
from engine.state import ROOT, Token

HAPPENS_OUTSIDE = frozenset({"message", "timer", "signal", "conditional"})
"""Event kinds that are waited for; errors and escalations find their catcher when they are thrown."""


def start(run: Run, token: Token, node: Node) -> None:
    run.begin(token)
    if node.extension.initiator:
        run.set_variables({node.extension.initiator: run.host.fact("initiator_id")}, token.scope)
    run.leave(token)


def end(run: Run, token: Token, node: Node) -> None:
    run.begin(token)
    scope = token.scope
    if _is_outermost(run, scope):
        run.end_event = node.id
    for event in node.events:
        if event.kind in ("message", "signal"):
            throw_out(run, node, event)
        elif event.kind == "escalation":
            escalate(run, token, event)
    _after_throwing(run, token, node)


def conclude(run: Run, token: Token, node: Node) -> None:
    """The end is reached, and what it stands for takes effect."""
    scope = token.scope
    run.leave(token, [])
    for event in node.events:
        if event.kind == "terminate":
            terminate(run, ROOT if event.everything else scope)
        elif event.kind == "error":
            catching.throw_error(run, BpmnError(event.reference or ""), scope)
        elif event.kind == "cancel":
            transactions.cancel(run, scope)


def _compensates(run: Run, token: Token, node: Node) -> bool:
    """Throws the event's compensation, if it is one; True if the event waits until all is undone."""
    thrown = [event for event in node.events if event.kind == "compensate"]
    return bool(thrown) and compensation.throw(run, token, thrown)


def _is_outermost(run: Run, scope_id: int) -> bool:
    """Whether an end event in this scope tells how the instance ended: it stands in the process itself, or in an event
    sub-process of it."""
    scope = run.state.scopes[scope_id]
    return scope.parent is None or (scope.parent == ROOT and run.graph.node(scope.node).triggered_by_event)


def terminate(run: Run, scope_id: int) -> None:
    scope = run.state.scopes[scope_id]
    if scope.parent is None:
        run.end(COMPLETED)
    else:
        run.empty_scope(scope)


def throw(run: Run, token: Token, node: Node) -> None:
    run.begin(token)
    for event in node.events:
        if event.kind == "link":
            target = run.graph.link_target(node)
            assert target is not None
            scope = token.scope
            run.leave(token, [])
            run.place(target.id, scope)
            return
        if event.kind == "escalation":
            escalate(run, token, event)
        elif event.kind in ("message", "signal"):
            throw_out(run, node, event)
    _after_throwing(run, token, node)


def _after_throwing(run: Run, token: Token, node: Node) -> None:
    """A signal is heard by all who wait before who threw it goes on; it may end the very scope of who threw it."""
    if any(event.kind == "signal" for event in node.events):
        token.data["happened"] = True
        run.announcing.append(token.id)
    else:
        _go_on(run, token, node)


def _go_on(run: Run, token: Token, node: Node) -> None:
    if token.id not in run.state.tokens or _compensates(run, token, node):
        return
    if node.type == "endEvent":
        conclude(run, token, node)
    else:
        run.leave(token)


def announce(run: Run, token: Token) -> None:
    """The signals of a thrower reach the instance's own listeners, and it goes on."""
    node = run.graph.node(token.node)
    for event in node.events:
        if event.kind == "signal":
            spread(run, event)
    _go_on(run, token, node)


def spread(run: Run, signal: EventDefinition) -> None:
    """Sets off what waits for a signal in this instance now, the oldest first."""
    for token in sorted(run.state.tokens.values(), key=lambda token: token.id):
        if token.kind not in (kinds.CATCH, kinds.LISTEN) or token.id not in run.state.tokens:
            continue
        for index, awaited in enumerate(run.graph.node(token.node).events):
            if (awaited.kind, awaited.reference) == (signal.kind, signal.reference):
                trigger(run, token, index)
                break


def escalate(run: Run, token: Token, event: EventDefinition) -> None:
    """Throws an escalation; whoever catches it may end the very scope in which it has happened."""
    token.data["happened"] = True
    catching.throw_escalation(run, event.reference or "", token.scope)


def throw_out(run: Run, node: Node, event: EventDefinition) -> None:
    """A message or signal for whoever waits outside this instance; its own listeners hear a signal by `spread`."""
    variables = dict(run.state.variables) if event.kind == "message" else {}
    run.thrown.append(Thrown(event.kind, event.reference or "", node, variables))


def catch(run: Run, token: Token, node: Node) -> None:
    if any(event.kind == "link" for event in node.events) or not node.events:
        run.begin(token)
        run.leave(token)
        return
    run.begin(token)
    await_event(run, token, node)


def await_event(run: Run, token: Token, node: Node) -> None:
    """Waits for what the event's definitions name; how each is armed is in the token's data by its place."""
    run.wait(token, kinds.CATCH)
    arm(run, token, node)


def arm(run: Run, token: Token, node: Node) -> None:
    for index, event in enumerate(node.events):
        if event.kind == "timer":
            timers.arm(run, token, node, index, event)
        elif event.kind == "conditional":
            run.facts_changed()


def arm_boundaries(run: Run, host: Token) -> None:
    """Puts a listener beside an activity for each boundary event that something outside can set off. They belong to the
    whole of what repeats, not to each of its runs."""
    if run.is_iteration(host):
        return
    for node in run.graph.boundaries(host.node):
        arm_boundary(run, node, host)


def arm_boundary(run: Run, node: Node, host: Token) -> None:
    if any(event.kind in HAPPENS_OUTSIDE for event in node.events):
        _listen(run, node, host.scope, host=host.id)


def arm_event_sub_process(run: Run, sub_process: Node, scope: int) -> None:
    trigger_event = run.graph.trigger_of(sub_process)
    if any(event.kind in HAPPENS_OUTSIDE for event in trigger_event.events):
        _listen(run, trigger_event, scope)


def _listen(run: Run, node: Node, scope: int, **data: int) -> None:
    token = Token(run.state.next_id(), node.id, scope, kinds.LISTEN, entered=run.micros, data=dict(data))
    run.state.tokens[token.id] = token
    arm(run, token, node)


def trigger(run: Run, token: Token, index: int = 0) -> None:
    """What a token waited for has happened."""
    node = run.graph.node(token.node)
    if node.parallel_multiple and len(node.events) > 1:
        seen = set(token.data.get("seen", [])) | {index}
        token.data["seen"] = sorted(seen)
        if len(seen) < len(node.events):
            return
    if token.kind == kinds.LISTEN:
        _listener_fired(run, token, node, index)
    else:
        _caught_in_flow(run, token, node)


def _caught_in_flow(run: Run, token: Token, node: Node) -> None:
    race = token.data.get("race")
    if race is not None:
        for rival in [t for t in run.state.in_scope(token.scope) if t.data.get("race") == race and t is not token]:
            del run.state.tokens[rival.id]
        run.begin(token)
    run.leave(token)


def happened(run: Run, token: Token) -> None:
    """What the element would have waited for is there already."""
    run.begin(token)
    run.leave(token)


def _listener_fired(run: Run, token: Token, node: Node, index: int) -> None:
    host_id = token.data.get("host")
    host = run.state.tokens[host_id] if host_id is not None else None
    if not node.interrupting:
        _listen_again(run, token, node, index)
    caught(run, node, token.scope, host)


def _listen_again(run: Run, token: Token, node: Node, index: int) -> None:
    """A listener that does not interrupt goes on; without the timer that has fired its last."""
    for number in range(len(node.events)) if node.parallel_multiple else (index,):
        event = node.events[number]
        if event.kind != "timer":
            continue
        if timers.rearm(run, token, node, number, event):
            run.rearmed.add(token.id)
        elif len(node.events) == 1 or node.parallel_multiple:
            run.state.tokens.pop(token.id, None)
        else:
            token.data.pop(f"due{number}", None)
            run.rearmed.add(token.id)
    token.data.pop("seen", None)


def caught(run: Run, node: Node, scope: int, host: Token | None) -> None:
    """Follows the path of a boundary event (`host` is its activity) or starts an event sub-process in `scope`."""
    if host is None:
        _start_event_sub_process(run, node, scope)
        return
    if node.interrupting:
        run.cancel(host)
    event = run.place(node.id, scope)
    run.begin(event)
    run.leave(event)


def _start_event_sub_process(run: Run, start_event: Node, scope_id: int) -> None:
    scope = run.state.scopes[scope_id]
    sub_process = run.graph.node(start_event.scope)
    if start_event.interrupting:
        run.empty_scope(scope)
    host = run.place(sub_process.id, scope_id, trigger=start_event.id)
    run.enter(host)
