"""Letters that came into the mailbox: what they said, and what became of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, defer, mapped_column, relationship

from crm_model import access, listing
from crm_model.activities import Activity
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.records import one_of, search_key
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.errors import NotFound
from kernel.paging import Page, Slice
from kernel.permissions import may, use_case

LETTER, AUTO_REPLY, BOUNCE, COMPLAINT = "letter", "auto_reply", "bounce", "complaint"
KINDS = (LETTER, AUTO_REPLY, BOUNCE, COMPLAINT)
NEW_LEAD, ADDED, SET_ASIDE, FAILED = "new_lead", "added", "set_aside", "failed"
OUTCOMES = (NEW_LEAD, ADDED, SET_ASIDE, FAILED)


class InboundLetter(HasId, Base):
    """Входящее письмо. `message_key` is its Message-ID, or a hash of all of it where it has none."""

    __tablename__ = "inbound_letters"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("outcome", OUTCOMES),
        Index("ix_inbound_letters_outcome_id", "outcome", "id"),
    )

    message_key: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    from_name: Mapped[str | None] = mapped_column(String(255))
    from_address: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(String(50))
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    trouble: Mapped[str | None] = mapped_column(Text)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="SET NULL"), index=True)
    search_key: Mapped[str] = search_key("from_name", "from_address", "subject")

    lead: Mapped[Lead | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    attachments: Mapped[list["InboundAttachment"]] = relationship(order_by="InboundAttachment.id")


class InboundAttachment(HasId, Base):
    __tablename__ = "inbound_attachments"

    letter_id: Mapped[int] = mapped_column(ForeignKey("inbound_letters.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


@use_case("mailbox.read")
def list_inbound_letters(
    ctx: Context, page: Page, *, q: str | None = None, kind: str | None = None, outcome: str | None = None
) -> Slice[InboundLetter]:
    """The newest first."""
    query = select(InboundLetter).options(defer(InboundLetter.text))
    if kind:
        query = query.where(InboundLetter.kind == kind)
    if outcome:
        query = query.where(InboundLetter.outcome == outcome)
    if q:
        query = query.where(listing.has_folded(q, InboundLetter.search_key))
    return listing.paged(ctx.session, query, page, InboundLetter, "-id")


@use_case("records.read")
def get_inbound_letter(ctx: Context, letter_id: int) -> InboundLetter:
    """For those who read the mailbox, and for whoever sees the activity that it became."""
    letter = ctx.session.get(InboundLetter, letter_id)
    if letter is None or not (may(ctx, "mailbox.read") or _is_shown(ctx, letter.activity_id)):
        raise NotFound()
    return letter


@use_case("records.read")
def letter_of_activity(ctx: Context, activity_id: int) -> InboundLetter | None:
    """The letter behind an activity that the caller sees."""
    if not _is_shown(ctx, activity_id):
        return None
    return ctx.session.scalar(select(InboundLetter).where(InboundLetter.activity_id == activity_id).limit(1))


@use_case("records.read")
def get_attachment(ctx: Context, letter_id: int, attachment_id: int) -> InboundAttachment:
    letter = get_inbound_letter(ctx, letter_id)
    found = next((one for one in letter.attachments if one.id == attachment_id), None)
    if found is None:
        raise NotFound()
    return found


def _is_shown(ctx: Context, activity_id: Any) -> bool:
    return activity_id is not None and access.find(ctx, Activity, activity_id) is not None
