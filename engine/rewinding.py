"""Rewinding: an instance stands again as it stood when one of its elements was entered, with the variables of that time.

What ran then and still runs goes on untouched; what has begun since is cancelled; what was over by now begins again,
its times counted from now. Before an element at which nothing waited, it begins again in place of what led to it;
where other branches went on in the same step, that place cannot be found and the rewind is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpmn.model import ACTIVITIES, Node
from engine import past
from engine import state as kinds
from engine.behaviours import events, sub_processes
from engine.errors import InstanceSuspended, RewindRefused
from engine.execution import Execution
from engine.modification import scope_for
from engine.past import Past, Ran
from engine.runtime import Run
from engine.state import ROOT, Scope, State, Token
from engine.tables import ACTIVE, SUSPENDED
from kernel.errors import Message, ValidationFailed
from kernel.i18n import N_

NO_SUCH_RUN = N_("This is not in the history of the process.")
STILL_RUNS = N_("“%(element)s” still runs, so there is nothing to go back to.")
NO_PLACE = N_("Choose a task, a sub-process, a call or an event that waits: nothing can begin again at “%(element)s”.")
TOO_LONG_AGO = N_("That far back the history does not tell how the process stood.")
OTHER_VERSION = N_("The process went on in another version since, which does not have all that ran then.")
BRANCHES = N_(
    "Several branches went on at once when “%(element)s” was entered. Choose the step before it, where it waited."
)
CALLED = N_("The process that called this one goes on without it. Rewind the caller.")
STANDS_AT = ACTIVITIES | {"intermediateCatchEvent"}
"""Kinds of elements to which an instance can be put back."""
STANDING = frozenset({kinds.SCOPE, kinds.LOOP, kinds.COMPENSATE})
BESIDE = STANDING | {kinds.LISTEN}
OUTSIDE = frozenset({kinds.TASK, kinds.CHOICE, kinds.CATCH, kinds.LISTEN, kinds.JOB, kinds.CALL, kinds.INCIDENT})
"""What waits for something outside, and keeps what it knows of it now: its times, its parameters."""
TIMES = ("due", "began", "fired", "was")
BIRTH, AFTER_ALL = 0, 2**31


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rewind leads: the state to stand in, the last run begun by then, and what begins anew in place of what led
    to it (None where the process waited at the element itself)."""

    target: State
    last_run: int
    begins: Node | None = None


def rewind(execution: Execution, instance_id: int, *, run: int | None, element: str | None) -> tuple[Ran, Place]:
    """Puts an instance back to where a run was entered; one that is over goes on again, unless it was called."""
    live = execution.lock(instance_id)
    assert live is not None
    if live.status == SUSPENDED:
        raise InstanceSuspended(details={"state": live.status})
    if live.status != ACTIVE and live.parent_id is not None:
        raise RewindRefused(CALLED)
    known = past.load(execution.context.session, live)
    chosen = chosen_run(live.run, known, run, element)
    place = place_of(live.run, known, chosen)
    live.status, live.ended_at = ACTIVE, None
    apply(live.run, place)
    stage = _stage_at(live.run, known, place)
    if stage is not None:
        execution.ports.put_back(execution, live, stage)
    return chosen, place


def chosen_run(run: Run, known: Past, number: int | None, element: str | None) -> Ran:
    """The run of this number, or the last one of the element that is over; ValidationFailed where there is none."""
    path = "run" if number is not None else "element_id"
    found = [one for one in known.runs.values() if (one.element == element if number is None else one.run == number)]
    if not found:
        raise ValidationFailed({path: [NO_SUCH_RUN]})
    over = [one for one in found if one.over]
    name = found[-1].element
    if run.graph.knows(name):
        node = run.graph.node(name)
        name = node.name or name
        if node.type not in STANDS_AT:
            raise ValidationFailed({path: [Message(NO_PLACE, element=name)]})
    if not over:
        raise ValidationFailed({path: [Message(STILL_RUNS, element=name)]})
    return max(over, key=lambda one: one.run)


def place_of(run: Run, known: Past, chosen: Ran) -> Place:
    """How the instance stood when the run was entered."""
    if not run.graph.knows(chosen.element):
        raise RewindRefused(OTHER_VERSION)
    later = [step.number for step in known.steps if step.last_run >= chosen.run]
    after = known.before(run.state, min(later, default=AFTER_ALL))
    if any(token.run == chosen.run for token in after.tokens.values()):
        return _known(run, Place(after, after.last_run))
    earlier = [step.number for step in known.steps if step.last_run < chosen.run]
    if not earlier and not known.whole:
        raise RewindRefused(TOO_LONG_AGO)
    number = max(earlier, default=BIRTH)
    before = known.before(run.state, number) if earlier else State(scopes={ROOT: Scope(ROOT, run.graph.root)})
    if chosen.token in before.tokens:
        return _known(run, Place(before, before.last_run))
    node = run.graph.node(chosen.element)
    if _forked(run, known, chosen, before, after) or not _has_room(run, before, node):
        raise RewindRefused(BRANCHES, element=node.name or node.id)
    for change in known.changes:
        if change.step == number and change.run < chosen.run:
            before.variables[change.name] = change.became
    _use_up(run, known, chosen, before, after)
    return _known(run, Place(before, chosen.run - 1, node))


def _has_room(run: Run, state: State, node: Node) -> bool:
    """Whether there is one place for the element: its sub-process runs once, or can be opened once."""
    running = [scope for scope in state.scopes.values() if scope.node == node.scope and not scope.helper]
    if running or not run.graph.knows(node.scope):
        return len(running) <= 1
    around = run.graph.node(node.scope)
    return around.loop is None and _has_room(run, state, around)


def _known(run: Run, place: Place) -> Place:
    nodes = [token.node for token in place.target.tokens.values()]
    nodes += [scope.node for scope in place.target.scopes.values() if scope.id != ROOT]
    if not all(run.graph.knows(node) for node in nodes):
        raise RewindRefused(OTHER_VERSION)
    return place


def _forked(run: Run, known: Past, chosen: Ran, before: State, after: State) -> bool:
    """Whether something that does not come of the run went on beside it in the step."""
    coming = {chosen.element, *_around(run, run.graph.node(chosen.element))}
    waiting = {(t.node, flow) for t in before.tokens.values() if t.kind == kinds.JOIN for flow in t.flows}
    began = [ran for ran in known.runs.values() if chosen.run < ran.run <= after.last_run]
    for ran in sorted(began, key=lambda ran: ran.run):
        met = {run.graph.flow(flow).source for flow in ran.flows if (ran.element, flow) not in waiting}
        if coming.isdisjoint(_sources(run, ran.element, ran.flows)) or met - coming:
            return True
        coming.add(ran.element)
    for token in after.tokens.values():
        if token.id <= before.last_id or token.kind in BESIDE or token.run > chosen.run:
            continue
        if token.run or coming.isdisjoint(_sources(run, token.node, token.flows)):
            return True
    return False


def _sources(run: Run, element: str, flows: tuple[str, ...]) -> set[str]:
    """The elements that may have led to a run of this one."""
    node = run.graph.node(element)
    if flows:
        return {run.graph.flow(flow).source for flow in flows}
    return set(run.graph.link_sources.get(element, ())) or {node.attached_to or node.scope}


def _around(run: Run, node: Node) -> Iterator[str]:
    """The sub-processes an element lies in, innermost first."""
    while run.graph.knows(node.scope):
        node = run.graph.node(node.scope)
        yield node.id


def _use_up(run: Run, known: Past, chosen: Ran, before: State, after: State) -> None:
    """Removes what led to the run: what stood before the step and not after it, but for what lies around its element and
    what waited for it at a join."""
    around = set(_around(run, run.graph.node(chosen.element)))
    for token in list(before.tokens.values()):
        if token.id not in before.tokens or token.id in after.tokens or _met_later(known, chosen, before, token):
            continue
        if _leads(before, after, token, around):
            _remove(before, token)


def _met_later(known: Past, chosen: Ran, before: State, token: Token) -> bool:
    """Whether it waited at a join that was passed only after the run had begun."""
    passed = [
        ran.run
        for ran in known.runs.values()
        if ran.run > before.last_run and ran.element == token.node and set(token.flows) <= set(ran.flows)
    ]
    return token.kind == kinds.JOIN and min(passed, default=chosen.run) > chosen.run


def _leads(before: State, after: State, token: Token, around: set[str]) -> bool:
    if token.kind in STANDING:
        return token.node not in around
    if token.kind != kinds.LISTEN:
        return True
    host = token.data.get("host")
    return host in after.tokens if host is not None else token.scope in after.scopes


def _remove(state: State, token: Token) -> None:
    state.tokens.pop(token.id, None)
    for scope in state.hosted_by(token.id):
        for inner in list(state.in_scope(scope.id)):
            _remove(state, inner)
        del state.scopes[scope.id]
    for listener in [t for t in state.tokens.values() if t.data.get("host") == token.id]:
        del state.tokens[listener.id]


def apply(run: Run, place: Place) -> None:
    """Cancels what has begun since, has what was over stand again, and writes the variables of that time."""
    kept = {
        token.id
        for token in place.target.tokens.values()
        if (now := run.state.tokens.get(token.id)) is not None and (now.kind, now.run) == (token.kind, token.run)
    }
    for token in list(run.state.tokens.values()):
        if token.id not in kept and token.kind == kinds.LISTEN:
            run.state.tokens.pop(token.id, None)
        elif token.id not in kept and token.id in run.state.tokens:
            run.cancel(token)
    run.put_variables(place.target.variables)
    _stand_again(run, place.target, kept)
    if place.begins is not None:
        run.place(place.begins.id, scope_for(run, place.begins, "run"))
    run.facts_changed()


def _stand_again(run: Run, target: State, kept: set[int]) -> None:
    """Has what is gone stand where it stood, under new numbers: the rows outside know the old ones as over."""
    gone = sorted(
        [token for token in target.tokens if token not in kept]
        + [s for s in target.scopes if s not in run.state.scopes]
    )
    numbers = {number: run.state.next_id() for number in gone}
    run.state.scopes = {}
    for scope in target.scopes.values():
        scope.id, scope.token = numbers.get(scope.id, scope.id), numbers.get(scope.token or 0, scope.token)
        scope.parent = numbers.get(scope.parent or 0, scope.parent)
        run.state.scopes[scope.id] = scope
    again = []
    for old in target.tokens.values():
        if old.id in kept:
            if old.kind not in OUTSIDE:
                run.state.tokens[old.id].data = old.data
            continue
        scope_id = numbers.get(old.scope, old.scope)
        token = Token(numbers[old.id], old.node, scope_id, old.kind, entered=run.micros, data=old.data)
        if "host" in token.data:
            token.data["host"] = numbers.get(token.data["host"], token.data["host"])
        run.state.tokens[token.id] = token
        again.append((token, old.run > 0))
    for token, had_begun in again:
        _wait_again(run, token, had_begun)


def _wait_again(run: Run, token: Token, had_begun: bool) -> None:
    node = run.graph.node(token.node)
    if token.kind in (kinds.READY, kinds.INCIDENT):
        run.again(token)
        return
    if had_begun:
        run.begin(token)
    if token.kind in (kinds.CATCH, kinds.LISTEN):
        token.data = {key: value for key, value in token.data.items() if key.rstrip("0123456789") not in TIMES}
        events.arm(run, token, node)
    elif token.kind == kinds.CALL:
        sub_processes.request(run, token, node)


def _stage_at(run: Run, known: Past, place: Place) -> Node | None:
    """The element that had set the stage by then."""
    for ran in sorted(known.runs.values(), key=lambda ran: -ran.run):
        if ran.run <= place.last_run and run.graph.knows(ran.element):
            node = run.graph.node(ran.element)
            if node.extension.stage is not None:
                return node
    return None
