"""The past of an instance: finished runs from the table, running ones from the state; operator actions beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import column, exists, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from engine.state import LISTEN, State
from engine.tables import HistoryEntryRow, HistoryStepRow, OperatorActionRow
from kernel.context import Context

if TYPE_CHECKING:
    from engine.live import Live


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One run of an element; `left_at` and `outcome` are None while it runs."""

    run: int
    element_id: str
    entered_at: datetime
    left_at: datetime | None
    outcome: str | None
    actor_id: int | None
    token: int | None
    result: str | None
    flows: tuple[str, ...]


def entries(
    session: Session, instance_id: int, state: State, after: int = 0, limit: int | None = None
) -> list[HistoryEntry]:
    """Runs numbered above `after`, in the order in which they were entered."""
    query = (
        select(HistoryEntryRow)
        .where(HistoryEntryRow.instance_id == instance_id, HistoryEntryRow.run > after)
        .order_by(HistoryEntryRow.run)
    )
    if limit is not None:
        query = query.limit(limit)
    finished = [
        HistoryEntry(
            row.run, row.element_id, row.entered_at, row.left_at, row.outcome, row.actor_id, row.token, row.result,
            tuple(row.flows or ()),
        )
        for row in session.scalars(query)
    ]  # fmt: skip
    running = [
        HistoryEntry(
            token.run, token.node, datetime.fromtimestamp(token.entered / 1_000_000, UTC), None, None, None, token.id,
            None, token.flows,
        )
        for token in state.tokens.values()
        if token.run > after and token.kind != LISTEN
    ]  # fmt: skip
    merged = sorted([*finished, *running], key=lambda entry: entry.run)
    return merged if limit is None else merged[:limit]


@dataclass(frozen=True, slots=True)
class VariableChange:
    """The `place`-th variable that a step wrote; `at` and `actor_id` are the step's."""

    step: int
    place: int
    at: datetime
    actor_id: int | None
    name: str
    was: Any
    became: Any


def variable_changes(
    session: Session, instance_id: int, before: tuple[int, int] | None = None, limit: int | None = None
) -> list[VariableChange]:
    """Newest first; those before a (step, place)."""
    change = (
        func.jsonb_array_elements(HistoryStepRow.changes)
        .table_valued(column("value", JSONB), with_ordinality="place", name="change")
        .render_derived()
    )
    value = change.c.value
    query = (
        select(
            HistoryStepRow.step, change.c.place, HistoryStepRow.at, HistoryStepRow.actor_id, value[1].astext,
            value[2], value[3],
        )
        .join(change, true())
        .where(HistoryStepRow.instance_id == instance_id)
        .order_by(HistoryStepRow.step.desc(), change.c.place.desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        query = query.where(tuple_(HistoryStepRow.step, change.c.place) < before)
    return [VariableChange(*row) for row in session.execute(query)]


def has_left(session: Session, live: Live, element_id: str) -> bool:
    """Whether an earlier run of the element is over, in this transaction or before."""
    if any(entry.node.id == element_id for entry in live.run.entries):
        return True
    of_element = (HistoryEntryRow.instance_id == live.id) & (HistoryEntryRow.element_id == element_id)
    return bool(session.scalar(select(exists().where(of_element))))


def record_action(
    context: Context,
    instance_id: int | None,
    kind: str,
    *,
    task_id: int | None = None,
    was: Any = None,
    became: Any = None,
    reason: str | None = None,
) -> None:
    """Notes what somebody did besides the work itself."""
    context.session.add(
        OperatorActionRow(
            instance_id=instance_id,
            task_id=task_id,
            at=context.now(),
            actor_id=context.actor.user_id,
            kind=kind,
            was=was,
            became=became,
            reason=reason,
        )
    )
