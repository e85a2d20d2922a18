"""Marks in the states of instances what must no longer stand there, wherever a variable, a loop or a wait keeps it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import past
from engine.state import Scope, State, Token, decode, encode
from engine.tables import HistoryStepRow, InstanceRow

Redact = Callable[[Any], Any]


def redact_states(
    session: Session, after: int, limit: int, mentions: Callable[[str], bool], redact: Redact
) -> tuple[int, int, int | None]:
    """Goes through the next instances by number: how many were looked at, how many states and steps changed, and the last
    number, None at the end. An instance is changed under the lock of its root, so no step can overwrite it."""
    query = select(InstanceRow.id, InstanceRow.content).where(InstanceRow.id > after).order_by(InstanceRow.id)
    rows = session.execute(query.limit(limit)).all()
    changed = _redact_steps(session, [row.id for row in rows], mentions, redact)
    for number, content in rows:
        if mentions(zlib.decompress(content).decode("utf-8", "replace")):
            changed += _redact(session, number, redact)
    return len(rows), changed, rows[-1].id if len(rows) == limit else None


def variables_of(session: Session, instance_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The variables of instances, running or ended."""
    query = select(InstanceRow.id, InstanceRow.content).where(InstanceRow.id.in_(instance_ids))
    return {number: decode(content).variables for number, content in session.execute(query)}


def _redact(session: Session, number: int, redact: Redact) -> int:
    root = select(func.coalesce(InstanceRow.root_id, InstanceRow.id)).where(InstanceRow.id == number)
    session.execute(select(InstanceRow.id).where(InstanceRow.id == root.scalar_subquery()).with_for_update())
    content = session.scalar(select(InstanceRow.content).where(InstanceRow.id == number))
    if content is None:
        return 0
    clean = encode(_without(decode(content), redact))
    query = update(InstanceRow).where(InstanceRow.id == number).values(content=clean)
    session.execute(query.execution_options(synchronize_session=False))
    return 1


def _redact_steps(session: Session, instance_ids: list[int], mentions: Callable[[str], bool], redact: Redact) -> int:
    """What steps keep of the states before them, for the way back."""
    query = select(HistoryStepRow).where(HistoryStepRow.instance_id.in_(instance_ids))
    kept = [(row, row.taken) for row in session.scalars(query) if row.taken is not None]
    found = [(row, taken) for row, taken in kept if mentions(taken.decode("utf-8", "replace"))]
    for row, taken in found:
        step = past.step_of(row.step, taken)
        tokens = [_token(Token.of(token), redact).row for token in step.tokens]
        scopes = [_scope(Scope.of(scope), redact).row for scope in step.scopes]
        row.taken = past.packed(replace(step, tokens=tokens, scopes=scopes))
    session.flush()
    return len(found)


def _without(state: State, redact: Redact) -> State:
    return State(
        variables=redact(state.variables),
        tokens={key: _token(token, redact) for key, token in state.tokens.items()},
        scopes={key: _scope(scope, redact) for key, scope in state.scopes.items()},
        last_id=state.last_id,
        last_run=state.last_run,
    )


def _token(token: Token, redact: Redact) -> Token:
    return Token(token.id, token.node, token.scope, token.kind, token.run, token.entered, redact(token.data))


def _scope(scope: Scope, redact: Redact) -> Scope:
    local = None if scope.local is None else redact(scope.local)
    return Scope(scope.id, scope.node, scope.parent, scope.token, local, redact(scope.data))
