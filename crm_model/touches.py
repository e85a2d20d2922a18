"""Touches: each time the company reached a person or the person reacted, with the campaign behind it. Scoring, campaigns
and reports count them; nothing changes them afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_model.records import one_of
from kernel.context import Context, acting
from kernel.db import Base, HasId

LETTER_SENT, LETTER_OPENED, LETTER_CLICKED, LETTER_REPLIED = (
    "letter_sent", "letter_opened", "letter_clicked", "letter_replied",
)  # fmt: skip
FORM, DOWNLOAD, CALL, MEETING = "form", "download", "call", "meeting"
EVENT_REGISTERED, EVENT_ATTENDED, OPTED_OUT = "event_registered", "event_attended", "opted_out"
REACTION = "reaction"
"""Any other sign of interest, told by a process or another system."""
KINDS = (
    LETTER_SENT, LETTER_OPENED, LETTER_CLICKED, LETTER_REPLIED, FORM, DOWNLOAD, CALL, MEETING, EVENT_REGISTERED,
    EVENT_ATTENDED, OPTED_OUT, REACTION,
)  # fmt: skip


class Touch(HasId, Base):
    """Касание. `detail` says more: the address of a link, the key of a form."""

    __tablename__ = "touches"
    __table_args__ = (
        one_of("kind", KINDS),
        Index("ix_touches_lead_id_kind_at", "lead_id", "kind", "at"),
        Index("ix_touches_contact_id_kind_at", "contact_id", "kind", "at"),
        Index("ix_touches_campaign_id_kind", "campaign_id", "kind"),
    )

    kind: Mapped[str]
    at: Mapped[datetime]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="SET NULL"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


def note(
    ctx: Context,
    kind: str,
    *,
    lead_id: int | None = None,
    contact_id: int | None = None,
    campaign_id: int | None = None,
    at: datetime | None = None,
    **detail: Any,
) -> Touch:
    """A touch of a lead, a contact, or both as one person. `at` defaults to now."""
    touch = Touch(
        kind=kind, at=at or ctx.now(), lead_id=lead_id, contact_id=contact_id, campaign_id=campaign_id, detail=detail
    )
    with acting(ctx):
        ctx.session.add(touch)
        ctx.session.flush()
    return touch
