"""Leads as a board: a column a status, the ripest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm_model.leads import DISQUALIFIED, HANDED_OFF, STATUSES, Lead, matching
from kernel.context import Context
from kernel.permissions import use_case

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Column:
    """A status on the board: how many leads have it, and the ripest of them."""

    status: str
    count: int
    leads: list[Lead]


@use_case("records.read")
def board(ctx: Context, *, q: str | None = None, owner_id: int | None = None, most: int = 30) -> list[Column]:
    """A column a status; the last two hold only what has changed lately."""
    columns = []
    for status in STATUSES[1:]:
        query = matching(ctx, q, owner_id, None, None, status, None, None)
        if status in (HANDED_OFF, DISQUALIFIED):
            query = query.where(Lead.updated_at > ctx.now() - RECENT)
        count = ctx.session.scalar(select(func.count()).select_from(query.subquery())) or 0
        ripest = query.options(joinedload(Lead.owner)).order_by(Lead.score.desc(), Lead.id.desc()).limit(most)
        columns.append(Column(status, count, list(ctx.session.scalars(ripest)) if count else []))
    return columns
