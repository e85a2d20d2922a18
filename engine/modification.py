"""Instances moved by hand: what runs is left, and work begins before or after other elements.

Nothing follows what was left by hand. One instance of a multi-instance that is left counts as over, without an output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bpmn.model import Node
from engine import state as kinds
from engine.behaviours import BEHAVIOURS, events, loops
from engine.execution import Execution
from engine.live import Live
from engine.runtime import Run
from engine.state import ROOT, Scope, Token
from kernel.errors import Message, ValidationFailed
from kernel.i18n import N_

UNKNOWN_ELEMENT = N_("There is no such element in this process.")
NOT_RUNNING = N_("Nothing runs here that could be left.")
NOT_ENTERED = N_("Nothing can begin before “%(element)s”; let it go on after it.")
NO_WAY_ON = N_("No way leads on from “%(element)s”; choose what comes after it.")
WAY_UNDECIDED = N_("What comes after the gateway “%(element)s” is its own decision; let it begin before it.")
SEVERAL_RUN = N_("“%(element)s” runs several times: say in which of its runs.")
NOT_THIS_RUN = N_("“%(element)s” does not run under this number.")
NOT_REPEATED_YET = N_("“%(element)s” repeats and does not run now; let it begin before it as a whole.")
NOTHING_LEFT = N_("Nothing would be left to do. Start before another element, or cancel the process.")
JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


@dataclass(frozen=True, slots=True)
class Modification:
    """`cancel_runs` are runs of the history, such as one instance of a multi-instance; `cancel` is all runs of elements.
    `within` is the run of the sub-process to begin in, where it runs several times."""

    cancel: Sequence[str] = ()
    cancel_runs: Sequence[int] = ()
    start_before: Sequence[str] = ()
    start_after: Sequence[str] = ()
    within: int | None = None


def modify(execution: Execution, instance_id: int, change: Modification) -> Live:
    """Moves a running instance; ValidationFailed names what cannot be done, and nothing is done then."""
    live = execution.active(instance_id)
    apply(live.run, change)
    return live


def apply(run: Run, change: Modification) -> None:
    """First all is left, then all begins, so that an element can begin again in a scope that was left."""
    tokens = [*_running(run, change.cancel), *_numbered(run, change.cancel_runs)]
    _check_starts(run, change)
    left: list[int] = []
    for token in tokens:
        if token.id in run.state.tokens:
            left += _leave(run, token)
    for index, element in enumerate(change.start_before):
        node = run.graph.node(element)
        scope = scope_for(run, node, f"start_before.{index}", change.within)
        run.place(element, scope, via=_free_flow(run, node, scope))
    for index, element in enumerate(change.start_after):
        run.place(element, scope_for(run, run.graph.node(element), f"start_after.{index}", change.within), left=True)
    for scope in left:
        _close(run, scope)
    if not is_busy(run, ROOT):
        raise ValidationFailed({"cancel": [NOTHING_LEFT]})


def _running(run: Run, elements: Iterable[str]) -> Iterator[Token]:
    for index, element in enumerate(elements):
        _known(run, element, f"cancel.{index}")
        found = [t for t in run.state.tokens.values() if t.node == element and not run.is_iteration(t)]
        if not found:
            raise ValidationFailed({f"cancel.{index}": [NOT_RUNNING]})
        yield from found


def _numbered(run: Run, runs: Iterable[int]) -> Iterator[Token]:
    for index, number in enumerate(runs):
        found = next((t for t in run.state.tokens.values() if t.run == number and number > 0), None)
        if found is None:
            raise ValidationFailed({f"cancel_runs.{index}": [NOT_RUNNING]})
        yield found


def _check_starts(run: Run, change: Modification) -> None:
    for index, element in enumerate(change.start_before):
        node = _known(run, element, path := f"start_before.{index}")
        if node.type not in BEHAVIOURS:
            raise ValidationFailed({path: [Message(NOT_ENTERED, element=node.name or node.id)]})
    for index, element in enumerate(change.start_after):
        node = _known(run, element, path := f"start_after.{index}")
        if not node.outgoing or node.type.endswith("Gateway"):
            reason = NO_WAY_ON if not node.outgoing else WAY_UNDECIDED
            raise ValidationFailed({path: [Message(reason, element=node.name or node.id)]})


def _known(run: Run, element: str, path: str) -> Node:
    if not run.graph.knows(element):
        raise ValidationFailed({path: [UNKNOWN_ELEMENT]})
    return run.graph.node(element)


def _leave(run: Run, token: Token) -> list[int]:
    """Cancels a token; the scopes that may have nothing left in them now."""
    if run.is_iteration(token):
        return _leave_iteration(run, token)
    run.cancel(token)
    return [token.scope]


def _leave_iteration(run: Run, token: Token) -> list[int]:
    host = loops.drop_iteration(run, token)
    if host is None:
        return []
    run.cancel(host)
    return [host.scope]


def _close(run: Run, scope_id: int) -> None:
    """A sub-process with nothing left in it was left by hand: it is cancelled, not done, and nothing follows it."""
    scope = run.state.scopes.get(scope_id)
    if scope is None or scope.helper or scope.token is None or is_busy(run, scope_id):
        return
    for outer in _leave(run, run.state.tokens[scope.token]):
        _close(run, outer)


def is_busy(run: Run, scope: int) -> bool:
    return any(token.kind != kinds.LISTEN for token in run.state.in_scope(scope))


def _free_flow(run: Run, node: Node, scope: int) -> str | None:
    """What begins before a join stands for a branch that has not arrived there yet."""
    if node.type not in JOINS or len(node.incoming) < 2:
        return None
    arrived = {t.data.get("via") for t in run.state.in_scope(scope) if t.node == node.id and t.kind == kinds.JOIN}
    return next((flow for flow in node.incoming if flow not in arrived), node.incoming[0])


def scope_for(run: Run, node: Node, path: str, within: int | None = None) -> int:
    """The running scope an element belongs to; its sub-processes are opened where they do not run yet."""
    if node.scope == run.graph.root:
        return ROOT
    around = run.graph.node(node.scope)
    name = around.name or around.id
    running = [scope for scope in run.state.scopes.values() if scope.node == around.id and not scope.helper]
    if within is not None:
        running = [s for s in running if s.token is not None and run.state.tokens[s.token].run == within]
        if not running:
            raise ValidationFailed({"within": [Message(NOT_THIS_RUN, element=name)]})
    if len(running) > 1:
        raise ValidationFailed({"within": [Message(SEVERAL_RUN, element=name)]})
    if running:
        return running[0].id
    if around.loop is not None:
        raise ValidationFailed({path: [Message(NOT_REPEATED_YET, element=name)]})
    return open_scope(run, around, scope_for(run, around, path))


def open_scope(run: Run, sub_process: Node, parent: int) -> int:
    """Has a sub-process run with nothing in it yet but what listens."""
    host = Token(run.state.next_id(), sub_process.id, parent)
    run.state.tokens[host.id] = host
    run.begin(host)
    run.wait(host, kinds.SCOPE)
    scope = Scope(run.state.next_id(), sub_process.id, parent=parent, token=host.id)
    run.state.scopes[scope.id] = scope
    events.arm_boundaries(run, host)
    for event_sub_process in run.graph.event_sub_processes(sub_process.id):
        events.arm_event_sub_process(run, event_sub_process, scope.id)
    return scope.id
