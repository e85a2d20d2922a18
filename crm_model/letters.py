"""Letters: what the company writes to people. A row is its own job for the post: queued, sending, sent, or why not."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import make_msgid
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    exists,
    func,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import access, fields, letter_html, listing, suppressions
from crm_model.campaigns import Campaign
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.letter_templates import LetterTemplate
from crm_model.records import one_of
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.errors import Conflict
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

QUEUED, SENDING, SENT, UNKNOWN = "queued", "sending", "sent", "unknown"
FAILED, BOUNCED, SUPPRESSED = "failed", "bounced", "suppressed"
STATUSES = (QUEUED, SENDING, SENT, UNKNOWN, FAILED, BOUNCED, SUPPRESSED)
MARKETING, SERVICE = "marketing", "service"
PURPOSES = (MARKETING, SERVICE)
NO_ADDRESS, NO_CONSENT, CALLED_OFF = "no_address", "no_consent", "called_off"
REASONS = (NO_ADDRESS, NO_CONSENT, CALLED_OFF, *suppressions.REASONS)
MESSAGE_DOMAIN = "letters.procession"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NOT_TO_BE_REPEATED = N_("Only a letter that failed, or of which nobody knows whether it left, is sent again.")


class Letter(HasId, Base):
    """Письмо. `reason` says why it was suppressed, `error` what the mail server said. `unknown`: whoever sent it died
    between handing it over and noting it, so it may have left; a person decides whether it goes again."""

    __tablename__ = "letters"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("purpose", PURPOSES),
        one_of("reason", REASONS),
        Index("ix_letters_lead_id_id", "lead_id", "id"),
        Index("ix_letters_contact_id_id", "contact_id", "id"),
        Index("ix_letters_campaign_id_status", "campaign_id", "status"),
        Index("ix_letters_status_id", "status", "id"),
        Index("ix_letters_due", "due", "id", postgresql_where=text("status = 'queued'")),
    )

    key: Mapped[str] = mapped_column(String(255), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default=QUEUED)
    reason: Mapped[str | None] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(Text)
    to_address: Mapped[str] = mapped_column(String(255))
    address_key: Mapped[str] = mapped_column(String(255), index=True)
    to_name: Mapped[str | None] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    reply_to: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime]
    worker: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    clicked_at: Mapped[datetime | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="SET NULL"))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("letter_templates.id", ondelete="SET NULL"), index=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)

    lead: Mapped[Lead | None] = relationship(foreign_keys=lead_id)
    contact: Mapped[Contact | None] = relationship(foreign_keys=contact_id)
    campaign: Mapped[Campaign | None] = relationship(foreign_keys=campaign_id)
    template: Mapped[LetterTemplate | None] = relationship(foreign_keys=template_id)
    sender: Mapped[User | None] = relationship(foreign_keys=sender_id)


@use_case("letters.read")
def list_letters(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    status: str | None = None,
    purpose: str | None = None,
    lead_id: int | None = None,
    contact_id: int | None = None,
    campaign_id: int | None = None,
    template_id: int | None = None,
) -> Slice[Letter]:
    """The letters the caller sees, newest first; `q` is part of an address or a subject."""
    query = _matching(ctx, q, status, purpose, lead_id, contact_id, campaign_id, template_id)
    query = query.options(joinedload(Letter.lead), joinedload(Letter.contact), joinedload(Letter.sender))
    return listing.paged(ctx.session, query, page, Letter, "-id")


@use_case("letters.read")
def count_letters(
    ctx: Context,
    *,
    q: str | None = None,
    status: str | None = None,
    purpose: str | None = None,
    lead_id: int | None = None,
    contact_id: int | None = None,
    campaign_id: int | None = None,
    template_id: int | None = None,
) -> int:
    query = _matching(ctx, q, status, purpose, lead_id, contact_id, campaign_id, template_id)
    return ctx.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _matching(
    ctx: Context,
    q: str | None,
    status: str | None,
    purpose: str | None,
    lead_id: int | None,
    contact_id: int | None,
    campaign_id: int | None,
    template_id: int | None,
) -> Select[Letter]:
    equal: dict[Any, Any] = {
        Letter.status: status,
        Letter.purpose: purpose,
        Letter.lead_id: lead_id,
        Letter.contact_id: contact_id,
        Letter.campaign_id: campaign_id,
        Letter.template_id: template_id,
    }
    wanted = [column == value for column, value in equal.items() if value is not None]
    query = select(Letter).where(access.visible(ctx, Letter), *wanted)
    if q:
        query = query.where(listing.has_text(q.strip(), Letter.to_address, Letter.subject))
    return query


@use_case("letters.read")
def get_letter(ctx: Context, letter_id: int) -> Letter:
    return access.get_visible(ctx, Letter, letter_id)


@use_case("letters.read")
def resend_letter(ctx: Context, letter_id: int) -> Letter:
    """Queues a letter again that failed or may have left, under the Message-ID it had."""
    letter = access.get_visible(ctx, Letter, letter_id, lock=True)
    if letter.status not in (FAILED, UNKNOWN):
        raise Conflict("letter_not_failed", NOT_TO_BE_REPEATED)
    reason = why_not(ctx, letter)
    letter.status, letter.reason = (SUPPRESSED, reason) if reason else (QUEUED, None)
    letter.error, letter.attempts, letter.due = None, 0, ctx.now()
    ctx.session.flush()
    return letter


def queue(
    ctx: Context,
    *,
    to: str,
    subject: str,
    html: str,
    text: str | None = None,
    purpose: str,
    key: str,
    lead_id: int | None = None,
    contact_id: int | None = None,
    campaign_id: int | None = None,
    template_id: int | None = None,
    sender_id: int | None = None,
    reply_to: str | None = None,
    due: datetime | None = None,
) -> Letter:
    """A letter that leaves after this transaction commits, or at `due`; the same `key` is the same letter, however often
    it is asked for. One that the person may not get is kept as suppressed, with the reason."""
    clean = letter_html.sanitised(html)
    letter = Letter(
        key=key,
        purpose=purpose,
        to_address=to.strip(),
        address_key=fields.email_key(to),
        subject=" ".join(subject.split()),
        html=clean,
        text=text or letter_html.text_of(clean),
        lead_id=lead_id,
        contact_id=contact_id,
    )
    reason = why_not(ctx, letter)
    row = {column: getattr(letter, column) for column in COPIED}
    made = insert(Letter).values(
        **row,
        status=SUPPRESSED if reason else QUEUED,
        reason=reason,
        message_id=make_msgid(domain=MESSAGE_DOMAIN),
        token=secrets.token_urlsafe(24),
        attempts=0,
        due=due or ctx.now(),
        created_at=ctx.now(),
        campaign_id=campaign_id,
        template_id=template_id,
        sender_id=sender_id,
        reply_to=reply_to,
    )
    ctx.session.execute(made.on_conflict_do_nothing(index_elements=[Letter.key]))
    return ctx.session.scalars(select(Letter).where(Letter.key == key)).one()


COPIED = ("key", "purpose", "to_address", "address_key", "subject", "html", "text", "lead_id", "contact_id")


def why_not(ctx: Context, letter: Letter) -> str | None:
    """Why this letter must not leave now; None if it may."""
    if not fields.may_be_address(letter.to_address):
        return NO_ADDRESS
    listed = suppressions.reason_for(ctx, letter.address_key)
    if listed not in (None, suppressions.OPTED_OUT):
        return listed
    if letter.purpose == SERVICE:
        return None
    agreed_at = _agreed_at(ctx, letter)
    if listed or _has_opted_out(ctx, letter, agreed_at):
        return suppressions.OPTED_OUT
    return NO_CONSENT if agreed_at is None else None


def _agreed_at(ctx: Context, letter: Letter) -> datetime | None:
    """When the person of the letter agreed to letters; None without consent."""
    agreed = union_all(
        select(Lead.consent_at.label("at")).where(Lead.id == letter.lead_id, Lead.consent),
        select(Contact.consent_at).where(Contact.id == letter.contact_id, Contact.consent),
    ).subquery()
    found = ctx.session.scalars(select(func.coalesce(agreed.c.at, LONG_AGO))).all()
    return max(found, default=None)


def _has_opted_out(ctx: Context, letter: Letter, agreed_at: datetime | None) -> bool:
    """Wherever the person is kept, under this address or as whom the letter is to; the last word counts."""
    since = agreed_at or LONG_AGO
    known_leads = or_(Lead.id == letter.lead_id, Lead.email_key == letter.address_key)
    known = or_(Contact.id == letter.contact_id, Contact.email_keys.contains([letter.address_key]))
    refused = or_(
        exists().where(known_leads, Lead.opted_out, func.coalesce(Lead.opted_out_at, ctx.now()) > since),
        exists().where(known, Contact.opted_out, func.coalesce(Contact.opted_out_at, ctx.now()) > since),
    )
    return bool(ctx.session.scalar(select(refused)))


def stop_for(ctx: Context, addresses: Iterable[str], lead_ids: Iterable[int], contact_ids: Iterable[int]) -> list[int]:
    """The advertising that waits for a person who wants none any more; the letters that will not leave."""
    theirs = or_(
        Letter.address_key.in_([fields.email_key(address) for address in addresses]),
        Letter.lead_id.in_(list(lead_ids)),
        Letter.contact_id.in_(list(contact_ids)),
    )
    stopped = (
        update(Letter)
        .where(Letter.status == QUEUED, Letter.purpose == MARKETING, theirs)
        .values(status=SUPPRESSED, reason=suppressions.OPTED_OUT)
        .returning(Letter.id)
    )
    return sorted(ctx.session.scalars(stopped))


def call_off(ctx: Context, *wanted: ColumnElement[bool]) -> list[int]:
    """Letters that wait and are needed no more; those that will not leave."""
    stopped = (
        update(Letter)
        .where(Letter.status == QUEUED, *wanted)
        .values(status=SUPPRESSED, reason=CALLED_OFF)
        .returning(Letter.id)
    )
    return sorted(ctx.session.scalars(stopped))
