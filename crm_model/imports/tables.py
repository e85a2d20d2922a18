"""An import and its rows: what was sent, what is wrong with it, what was made of it and what was there before."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Select, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from crm_model import bulk
from crm_model.records import one_of
from crm_model.users import User
from kernel.db import Base, HasId

MAPPING, CHECKING, READY, RUNNING, DONE, UNDOING, UNDONE = (
    "mapping",
    "checking",
    "ready",
    "running",
    "done",
    "undoing",
    "undone",
)
STATES = (MAPPING, CHECKING, READY, RUNNING, DONE, UNDOING, UNDONE)
WORKING = (CHECKING, RUNNING, UNDOING)

NEW, DUPLICATE, REPEATED, WRONG = "new", "duplicate", "repeated", "wrong"
VERDICTS = (NEW, DUPLICATE, REPEATED, WRONG)
CREATED, UPDATED, SKIPPED, REMOVED, RESTORED, KEPT = "created", "updated", "skipped", "removed", "restored", "kept"
OUTCOMES = (CREATED, UPDATED, SKIPPED, REMOVED, RESTORED, KEPT)


class Import(HasId, Base):
    """`mapping`: number of a column as text → key of a field; `done` rows of `total` in what it does just now."""

    __tablename__ = "imports"
    __table_args__ = (one_of("state", STATES), Index("ix_imports_kind_header_key", "kind", "header_key"))

    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(255))
    header: Mapped[list[str]]
    header_key: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, str]]
    options: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default=MAPPING)
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    created_by: Mapped[User] = relationship(lazy="raise")


class ImportRow(Base):
    """`number` is the row's line in the sheet; `values` are checked ones; `before` what an update replaced."""

    __tablename__ = "import_rows"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        one_of("outcome", OUTCOMES),
        Index("ix_import_rows_import_id_verdict_number", "import_id", "verdict", "number"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    cells: Mapped[list[str]]
    values: Mapped[dict[str, Any] | None]
    errors: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    keys: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    verdict: Mapped[str | None] = mapped_column(String(20))
    same_as_id: Mapped[int | None]
    same_as_row: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    record_id: Mapped[int | None]
    account_made_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]


@dataclass(slots=True)
class Row:
    """A row being worked on, outside the session; `save_rows` writes it back."""

    number: int
    cells: list[str]
    values: dict[str, Any] | None = None
    errors: dict[str, Any] | None = None
    keys: list[str] | None = None
    verdict: str | None = None
    same_as_id: int | None = None
    same_as_row: int | None = None
    outcome: str | None = None
    reason: str | None = None
    record_id: int | None = None
    account_made_id: int | None = None
    before: dict[str, Any] | None = None


def load_rows(session: Session, query: Select[Any], limit: int) -> list[Row]:
    """`query` selects from ImportRow and says which rows, in what order."""
    columns = [getattr(ImportRow, field.name) for field in dataclass_fields(Row)]
    return [Row(*found) for found in session.execute(query.with_only_columns(*columns).limit(limit))]


CHECKED = ("values", "errors", "keys", "verdict", "same_as_id", "same_as_row")
APPLIED = ("outcome", "reason", "record_id", "account_made_id", "before")
TAKEN_BACK = ("outcome", "reason")


def save_rows(session: Session, batch: Import, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """`columns` are those that the work on the rows may have changed."""
    sent = [
        {"import_id": batch.id, "number": row.number} | {name: getattr(row, name) for name in columns} for row in rows
    ]
    bulk.update_rows(session, ImportRow, sent, ("import_id", "number"))
