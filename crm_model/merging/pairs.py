"""Pairs of records that are probably one: found by a search over all of them, and what people said of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, SmallInteger, String, Text, UniqueConstraint, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from crm_model import access
from crm_model.merging.tables import MODELS
from crm_model.records import one_of
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.paging import Page, Slice, slice_of

OPEN, DIFFERENT = "open", "different"
RUNNING, FINISHED = "running", "finished"


class DuplicatePair(HasId, Base):
    """`first_id` is the older of the two; `score` from 0 to 100 says how sure the likeness is. `different`: somebody has
    said that they are two."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        one_of("kind", tuple(MODELS)),
        one_of("state", (OPEN, DIFFERENT)),
        UniqueConstraint("kind", "first_id", "second_id"),
        Index("ix_duplicate_pairs_kind_second_id", "kind", "second_id"),
        Index("ix_duplicate_pairs_state_score_id", "state", "score", "id"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    first_id: Mapped[int]
    second_id: Mapped[int]
    score: Mapped[int] = mapped_column(SmallInteger)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class DuplicateKey(Base):
    """While a search runs: what records may have in common. Emptied when it ends."""

    __tablename__ = "duplicate_keys"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True)


class DuplicateSearch(HasId, Base):
    """One search over everything. `done` and `total` count records; `found` counts pairs."""

    __tablename__ = "duplicate_searches"
    __table_args__ = (one_of("state", (RUNNING, FINISHED)),)

    state: Mapped[str] = mapped_column(String(10), default=RUNNING)
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    finished_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)

    @property
    def progress(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 100


def note(ctx: Context, kind: str, likenesses: Sequence[tuple[int, int, int, list[str]]]) -> None:
    """Keeps (first, second, score, reasons); what somebody has decided stays decided."""
    if not likenesses:
        return
    rows = [
        {"kind": kind, "first_id": first, "second_id": second, "score": score, "reasons": reasons, "state": OPEN,
         "found_at": ctx.now()}
        for first, second, score, reasons in likenesses
    ]  # fmt: skip
    query = insert(DuplicatePair)
    again = {"score": query.excluded.score, "reasons": query.excluded.reasons, "found_at": query.excluded.found_at}
    ctx.session.execute(query.on_conflict_do_update(index_elements=["kind", "first_id", "second_id"], set_=again), rows)


def paged(ctx: Context, kind: str, page: Page, *, state: str = OPEN) -> Slice[Row[Any]]:
    """(pair, first, second) where both are there and the caller sees both, the surest first."""
    first, second = aliased(MODELS[kind]), aliased(MODELS[kind])
    query = (
        select(DuplicatePair, first, second)
        .join(first, first.id == DuplicatePair.first_id)
        .join(second, second.id == DuplicatePair.second_id)
        .where(DuplicatePair.kind == kind, DuplicatePair.state == state)
        .where(access.visible(ctx, first), access.visible(ctx, second))
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id.desc())
        .limit(page.limit + 1)
    )
    if page.after is not None:
        score, number = page.key(int, int)
        query = query.where(tuple_(DuplicatePair.score, DuplicatePair.id) < (score, number))
    return slice_of(ctx.session.execute(query).all(), page, lambda row: [row[0].score, row[0].id])
