"""Leads: registered interests with their source; what becomes of them is decided by processes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, SmallInteger, String, Text, func, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, validates

from crm_model import access, consents, fields, inputs, lead_history, listing, reachable, references, users
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.inputs import Field
from crm_model.products import Product
from crm_model.records import Record, change, one_of, search_key, sort_key
from crm_model.users import User
from kernel.context import HEAD, MANAGER, Context
from kernel.db import Base
from kernel.paging import Page, Slice
from kernel.permissions import use_case

NEW, QUALIFICATION, NURTURING = "new", "qualification", "nurturing"
MQL, SQL, HANDED_OFF, DISQUALIFIED = "mql", "sql", "handed_off", "disqualified"
STATUSES = (NEW, QUALIFICATION, NURTURING, MQL, SQL, HANDED_OFF, DISQUALIFIED)
SOURCES = ("api", "web_form", "email", "campaign", "import", "phone", "manual")
REQUESTS = ("meeting", "tender", "webinar", "download", "none")
REASONS = ("incorrect_data", "unreachable", "already_in_work", "no_need", "no_budget", "spam", "other")


class Lead(Record, Base):
    """Лид. `phone` and `email` are kept as they came, right or wrong; the keys find the same ones again."""

    __tablename__ = "leads"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("source", SOURCES),
        one_of("request", REQUESTS),
        one_of("disqualify_reason", REASONS),
        Index("ix_leads_owner_id_id", "owner_id", "id"),
        Index("ix_leads_status_id", "status", "id"),
        Index("ix_leads_form_created_at", "form", "created_at", postgresql_where=text("form is not null")),
        Index("ix_leads_score_id", "score", "id"),
    )

    name: Mapped[str] = mapped_column(String(255))
    company: Mapped[str | None] = mapped_column(String(255))
    phone: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(255))
    phone_key: Mapped[str | None] = mapped_column(String(255), index=True)
    email_key: Mapped[str | None] = mapped_column(String(255), index=True)
    need: Mapped[str | None] = mapped_column(Text)
    request: Mapped[str] = mapped_column(String(20), default="none")
    source: Mapped[str] = mapped_column(String(20), default="manual")
    form: Mapped[str | None] = mapped_column(String(255))
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    consent: Mapped[bool] = mapped_column(default=False)
    consent_at: Mapped[datetime | None]
    opted_out: Mapped[bool] = mapped_column(default=False)
    opted_out_at: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(String(20), default=NEW)
    disqualify_reason: Mapped[str | None] = mapped_column(String(20))
    disqualify_note: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id", ondelete="SET NULL", use_alter=True), index=True)
    score: Mapped[int] = mapped_column(default=0, server_default="0")
    stars: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    sort_key: Mapped[str] = sort_key("name")
    search_key: Mapped[str] = search_key("name", "company", "email", "phone", "need")

    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    product: Mapped[Product | None] = relationship(foreign_keys=product_id)
    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
    contact: Mapped[Contact | None] = relationship(foreign_keys=contact_id)

    @validates("phone")
    def _phone(self, _key: str, phone: str | None) -> str | None:
        self.phone_key = fields.phone_key(phone) or None if phone else None
        return phone

    @validates("email")
    def _email(self, _key: str, email: str | None) -> str | None:
        self.email_key = fields.email_key(email) or None if email else None
        return email


FIELDS = {
    "name": Field(inputs.name, required=True),
    "company": Field(inputs.name),
    "phone": Field(inputs.name),
    "email": Field(inputs.name),
    "need": Field(inputs.long_text),
    "request": Field(inputs.choice(REQUESTS), nullable=False),
    "source": Field(inputs.choice(SOURCES), nullable=False),
    "form": Field(inputs.name),
    "campaign_id": Field(inputs.number),
    "product_id": Field(inputs.record(Product)),
    "consent": Field(inputs.boolean, nullable=False),
    "opted_out": Field(inputs.boolean, nullable=False),
    "owner_id": Field(inputs.record(User)),
    "account_id": Field(inputs.record(Account)),
    "contact_id": Field(inputs.record(Contact)),
}
READ_ONLY = (
    "id",
    "status",
    "disqualify_reason",
    "disqualify_note",
    "deal_id",
    "score",
    "consent_at",
    "opted_out_at",
    "stars",
    "created_at",
    "created_by_id",
    "updated_at",
)
SORTS = {
    "-id": "-id",
    "id": "id",
    "score": "score",
    "-score": "-score",
    "name": "sort_key",
    "-name": "-sort_key",
    "updated_at": "updated_at",
    "-updated_at": "-updated_at",
}


@use_case("records.read")
def list_leads(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    account_id: int | None = None,
    deal_id: int | None = None,
    status: str | None = None,
    source: str | None = None,
    request: str | None = None,
    stars_from: int | None = None,
    sort: str | None = None,
) -> Slice[Lead]:
    """The leads the caller sees, newest first unless `sort` says otherwise (one of `SORTS`)."""
    query = matching(ctx, q, owner_id, account_id, deal_id, status, source, request, stars_from)
    query = query.options(joinedload(Lead.owner), joinedload(Lead.product))
    return listing.paged(ctx.session, query, page, Lead, listing.chosen(sort or "-id", SORTS))


@use_case("records.read")
def count_leads(
    ctx: Context,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    account_id: int | None = None,
    deal_id: int | None = None,
    status: str | None = None,
    source: str | None = None,
    request: str | None = None,
    stars_from: int | None = None,
) -> int:
    query = matching(ctx, q, owner_id, account_id, deal_id, status, source, request, stars_from)
    return ctx.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def matching(
    ctx: Context,
    q: str | None,
    owner_id: int | None,
    account_id: int | None,
    deal_id: int | None,
    status: str | None,
    source: str | None,
    request: str | None,
    stars_from: int | None = None,
) -> Select[Lead]:
    """The leads the caller sees that have all this."""
    equal = {
        Lead.owner_id: owner_id,
        Lead.account_id: account_id,
        Lead.deal_id: deal_id,
        Lead.status: status,
        Lead.source: source,
        Lead.request: request,
    }
    wanted = [column == value for column, value in equal.items() if value is not None]
    query = select(Lead).where(access.visible(ctx, Lead), *wanted)
    if stars_from is not None:
        query = query.where(Lead.stars >= stars_from)
    if q:
        query = query.where(has_text(q))
    return query


def has_text(q: str) -> ColumnElement[bool]:
    """The text is in the lead, or its digits are in the lead's number."""
    return reachable.either(listing.has_folded(q, Lead.search_key), reachable.has_digits(q, Lead.phone_key))


@use_case("records.read")
def get_lead(ctx: Context, lead_id: int) -> Lead:
    return access.get_visible(ctx, Lead, lead_id)


@use_case("leads.write")
def create_lead(ctx: Context, values: Mapping[str, Any], *, proof: Mapping[str, Any] | None = None) -> Lead:
    """A new lead. One that a seller makes is the seller's own; others wait to be given to somebody. `proof` of consent to
    letters, where it is given with them."""
    clean = inputs.read(ctx, values, FIELDS, read_only=READ_ONLY)
    if clean.get("owner_id") is not None or ctx.actor.has_role(MANAGER, HEAD):
        users.settle_owner(ctx, clean)
    said = consents.taken_from(clean)
    lead = Lead(**clean)
    ctx.session.add(lead)
    consents.settle(ctx, lead, said, source=clean.get("source") or consents.MANUAL, proof=proof)
    ctx.session.flush()
    lead_history.begin(ctx, [lead.id], NEW)
    return lead


@use_case("leads.write")
def update_lead(ctx: Context, lead_id: int, values: Mapping[str, Any]) -> Lead:
    lead = access.get_for_change(ctx, Lead, lead_id)
    inputs.check_version(lead, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=READ_ONLY)
    users.settle_owner(ctx, clean, lead)
    consents.settle(ctx, lead, consents.taken_from(clean), source=consents.MANUAL)
    change(lead, clean)
    ctx.session.flush()
    return lead


@use_case("leads.write")
def delete_lead(ctx: Context, lead_id: int) -> None:
    """Only one that nothing refers to."""
    lead = access.get_for_change(ctx, Lead, lead_id)
    references.refuse_if_used(ctx, lead)
    ctx.session.delete(lead)
    ctx.session.flush()


def is_reachable(lead: Lead) -> bool:
    """Whether a whole number or something that can be an address was given."""
    return fields.is_whole_number(lead.phone or "") or fields.may_be_address(lead.email or "")


def link_client(ctx: Context, lead: Lead, contact_id: int | None, account_id: int | None) -> None:
    """The client that the lead is known to be; what somebody has linked by hand stays."""
    change(lead, {"contact_id": lead.contact_id or contact_id, "account_id": lead.account_id or account_id})
    ctx.session.flush()


def note_interest(ctx: Context, lead: Lead, request: str | None, need: str | None) -> None:
    """What a lead asks for later; a stronger request replaces a weaker one."""
    if request in REQUESTS and REQUESTS.index(request) < REQUESTS.index(lead.request):
        change(lead, {"request": request})
    if need:
        change(lead, {"need": f"{lead.need}\n{need}" if lead.need else need})
    ctx.session.flush()


def note_refusal(
    ctx: Context,
    people: Sequence[Contact],
    same: Sequence[Lead],
    *,
    source: str = consents.REFUSAL,
    reason: str | None = None,
) -> None:
    """The person wants no letters any more."""
    for one in (*people, *same):
        consents.refuse(ctx, one, source=source, reason=reason)


def hand_over(ctx: Context, lead: Lead, seller_id: int | None) -> None:
    """Sales goes on with the lead."""
    change(lead, {"owner_id": seller_id or lead.owner_id})
    set_status(ctx, lead, HANDED_OFF)


def set_deal(ctx: Context, lead: Lead, deal_id: int, account_id: int | None) -> None:
    """What the lead has become; its path stays with it."""
    change(lead, {"deal_id": deal_id, "account_id": lead.account_id or account_id})
    set_status(ctx, lead, HANDED_OFF)


def set_score(ctx: Context, lead: Lead, score: int) -> None:
    change(lead, {"score": score})
    ctx.session.flush()


def set_status(ctx: Context, lead: Lead, status: str) -> None:
    """Where the lead's process has brought it; a lead that is worked on again is no longer disqualified."""
    lead_history.move(ctx, lead, status)
    if status != DISQUALIFIED:
        change(lead, {"disqualify_reason": None, "disqualify_note": None})
    ctx.session.flush()


def disqualify(ctx: Context, lead: Lead, reason: str | None) -> None:
    """A reason that is none of `REASONS` is kept in words."""
    known = reason in REASONS
    note = None if known else reason
    change(
        lead,
        {"disqualify_reason": reason if known else "other", "disqualify_note": note},
    )
    lead_history.move(ctx, lead, DISQUALIFIED, reason)
    ctx.session.flush()


def close_interest(ctx: Context, lead: Lead, *, disqualify: bool, reason: str | None) -> None:
    """The client is not interested now: back to nurturing, or out."""
    if disqualify:
        _disqualify(ctx, lead, reason)
    else:
        set_status(ctx, lead, NURTURING)


_disqualify = disqualify
