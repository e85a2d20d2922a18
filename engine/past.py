"""How an instance stood before: each step keeps what it removed and changed, so that a copy of it can be taken back.

The state before a step is the one after it without what the step made, and with what it removed or changed put back.
What variables were stands beside it, with the last run that had begun by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgpack
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history
from engine.state import Row, Scope, State, Token, decode, encode, unpack
from engine.tables import HistoryStepRow

if TYPE_CHECKING:
    from engine.live import Live


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of an element; `over` is False while it goes on."""

    run: int
    element: str
    flows: tuple[str, ...]
    token: int | None
    over: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What there was before a step and was other, or no longer, after it; ids above `last_id` are the step's own."""

    number: int
    last_id: int
    last_run: int
    tokens: list[Row]
    scopes: list[Row]


@dataclass(frozen=True, slots=True)
class Change:
    """A variable was written in a step, when `run` was the last run that had begun."""

    step: int
    run: int
    name: str
    was: Any
    became: Any


@dataclass(frozen=True, slots=True)
class Past:
    """Runs, steps and changes in their order; `whole`: the steps reach back to the start, which an instance of an
    earlier release may have had before any was kept."""

    runs: dict[int, Ran]
    steps: Sequence[Step]
    changes: Sequence[Change]
    whole: bool = True

    def before(self, state: State, number: int) -> State:
        """A copy of the present state with all steps from this one on taken back."""
        found = replace(state, variables=dict(state.variables))
        for step in reversed([step for step in self.steps if step.number >= number]):
            _take_back(found, step)
        known = {change.name for change in self.changes if change.step < number}
        for change in reversed([change for change in self.changes if change.step >= number]):
            found.variables[change.name] = change.was
            if change.was is None and change.name not in known:
                del found.variables[change.name]
        return decode(encode(found))


def _take_back(state: State, step: Step) -> None:
    tokens = {id: token for id, token in state.tokens.items() if id <= step.last_id}
    tokens.update((row[0], Token.of(row)) for row in step.tokens)
    scopes = {id: scope for id, scope in state.scopes.items() if id <= step.last_id}
    scopes.update((row[0], Scope.of(row)) for row in step.scopes)
    state.tokens, state.scopes = dict(sorted(tokens.items())), dict(sorted(scopes.items()))
    state.last_id, state.last_run = step.last_id, step.last_run


def taken_by(before: bytes, state: State) -> bytes:
    """What a step has removed and changed, from the encoded state before it and the state after it."""
    last_id, last_run, _, tokens, scopes = unpack(before)
    are = {token.id: token.row for token in state.tokens.values()}
    stand = {scope.id: scope.row for scope in state.scopes.values()}
    return msgpack.packb(
        (
            last_id,
            last_run,
            [row for row in tokens if are.get(row[0]) != row],
            [row for row in scopes if stand.get(row[0]) != row],
        )
    )


def packed(step: Step) -> bytes:
    return msgpack.packb((step.last_id, step.last_run, step.tokens, step.scopes))


def step_of(number: int, taken: bytes) -> Step:
    return Step(number, *msgpack.unpackb(taken, strict_map_key=False))


def load(session: Session, live: Live) -> Past:
    """The past of an instance under lock."""
    runs = {
        entry.run: Ran(entry.run, entry.element_id, entry.flows, entry.token, entry.outcome is not None)
        for entry in history.entries(session, live.id, live.state)
    }
    of_steps = select(HistoryStepRow).where(HistoryStepRow.instance_id == live.id).order_by(HistoryStepRow.step)
    rows = session.scalars(of_steps).all()
    steps = [step_of(row.step, row.taken) for row in rows if row.taken is not None]
    changes = [Change(row.step, *change) for row in rows for change in row.changes or ()]
    return Past(runs, steps, changes, whole=steps[0].number == 1 if steps else live.version == 1)
