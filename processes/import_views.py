"""What people see of an import and of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from crm_model.imports import tables
from crm_model.imports.tables import Import, ImportRow
from crm_model.users import User
from engine import background
from engine.tables import JobRow
from kernel.context import Context
from kernel.errors import Message, text_of
from kernel.i18n import translate

QUALIFY = "imports.qualify"
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class ImportView:
    """`columns` are (heading, sample cells); `counts` are rows by verdict and by outcome; `progress` is 0 to 100;
    `waiting` are leads of a finished import whose qualification has still to begin."""

    id: int
    kind: str
    file_name: str
    state: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    mapping: dict[str, str]
    options: dict[str, Any]
    total: int
    done: int
    counts: dict[str, int]
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None = None
    waiting: int = 0

    @property
    def working(self) -> bool:
        return self.state in tables.WORKING

    @property
    def progress(self) -> int:
        return 100 * self.done // self.total if self.total else 100


@dataclass(frozen=True, slots=True)
class ImportRowView:
    """`errors` are messages by field, in the reader's language."""

    number: int
    cells: tuple[str, ...]
    verdict: str | None
    outcome: str | None
    reason: str | None
    errors: dict[str, list[str]]
    same_as_id: int | None
    same_as_row: int | None
    record_id: int | None


def view_of(context: Context, batch: Import, *, with_columns: bool = True) -> ImportView:
    session = context.session
    samples = []
    if with_columns:
        cells = select(ImportRow.cells).where(ImportRow.import_id == batch.id).order_by(ImportRow.number).limit(SAMPLES)
        samples = list(session.scalars(cells))
    columns = [
        (heading, tuple(row[number] for row in samples if number < len(row)))
        for number, heading in enumerate(batch.header)
    ]
    maker = session.get_one(User, batch.created_by_id)
    return ImportView(
        id=batch.id,
        kind=batch.kind,
        file_name=batch.file_name,
        state=batch.state,
        columns=tuple(columns),
        mapping=dict(batch.mapping),
        options=dict(batch.options),
        total=batch.total,
        done=batch.done,
        counts=_counts(context, batch),
        created_at=batch.created_at,
        created_by=maker.name,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        error=_failure(context, batch),
        waiting=_waiting(context, batch),
    )


def _counts(context: Context, batch: Import) -> dict[str, int]:
    counted: dict[str, int] = {}
    for column in (ImportRow.verdict, ImportRow.outcome):
        query = select(column, func.count()).where(ImportRow.import_id == batch.id, column.is_not(None))
        counted |= {code: count for code, count in context.session.execute(query.group_by(column)) if code}
    return counted


def _failure(context: Context, batch: Import) -> str | None:
    """Why it stands still, where its work has failed for good."""
    if batch.state not in (*tables.WORKING, tables.DONE):
        return None
    return context.session.scalar(_jobs(batch, JobRow.error).where(JobRow.state == "failed").limit(1))


def _waiting(context: Context, batch: Import) -> int:
    """The processes of a large file begin for a while after its rows are there."""
    if batch.state != tables.DONE:
        return 0
    next_one = _jobs(batch, JobRow.payload["after"].as_integer()).where(JobRow.element_id == QUALIFY)
    after = context.session.execute(next_one.limit(1)).first()
    if after is None:
        return 0
    made = select(func.count()).where(
        ImportRow.import_id == batch.id, ImportRow.outcome == tables.CREATED, ImportRow.number > (after[0] or 0)
    )
    return context.session.scalar(made) or 0


def _jobs(batch: Import, column: Any) -> Select[Any]:
    return select(column).where(JobRow.kind == background.KIND, JobRow.payload["import_id"].as_integer() == batch.id)


def row_view_of(context: Context, row: ImportRow) -> ImportRowView:
    language = context.actor.language
    errors = {
        key: [text_of(Message(found["template"], **found["params"]), language) for found in messages]
        for key, messages in (row.errors or {}).items()
    }
    return ImportRowView(
        number=row.number,
        cells=tuple(row.cells),
        verdict=row.verdict,
        outcome=row.outcome,
        reason=translate(row.reason, language) if row.reason else None,
        errors=errors,
        same_as_id=row.same_as_id,
        same_as_row=row.same_as_row,
        record_id=row.record_id,
    )
