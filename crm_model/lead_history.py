"""The way of a lead through its statuses; the only place that writes `lead.status`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm_model import bulk
from kernel.context import Context
from kernel.db import Base, HasId


class LeadStatusChange(HasId, Base):
    """`from_status` is None where the lead came to be; nothing changes a row afterwards."""

    __tablename__ = "lead_status_changes"
    __table_args__ = (
        Index("ix_lead_status_changes_lead_id_id", "lead_id", "id"),
        Index("ix_lead_status_changes_to_status_at", "to_status", "at"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    from_status: Mapped[str | None] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text)


def move(ctx: Context, lead: Any, status: str, reason: str | None = None) -> None:
    """Puts a lead that was flushed into a status and notes it; nothing where it has the status already."""
    if lead.status == status:
        return
    came_from, lead.status = lead.status, status
    ctx.session.add(_change(ctx, lead.id, came_from, status, reason))


def begin(ctx: Context, lead_ids: Sequence[int], status: str) -> None:
    """New leads stand in their first status."""
    who = {"from_status": None, "to_status": status, "at": str(ctx.now()), "by_id": ctx.actor.user_id, "reason": None}
    bulk.insert_rows(ctx.session, LeadStatusChange, [{"lead_id": one, **who} for one in lead_ids])


def _change(ctx: Context, lead_id: int, came_from: str, status: str, reason: str | None) -> LeadStatusChange:
    return LeadStatusChange(
        lead_id=lead_id, from_status=came_from, to_status=status, at=ctx.now(), by_id=ctx.actor.user_id, reason=reason
    )
