"""Campaigns: what marketing does to find and ripen clients (mailings, exhibitions, webinars, publications), its dates,
money and members."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import inputs, listing, references
from crm_model.contacts import Contact
from crm_model.inputs import Field
from crm_model.leads import Lead
from crm_model.products import Product
from crm_model.records import Record, change, one_of, search_key, sort_key
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.errors import NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

EVENTS = ("exhibition", "webinar", "publication")
"""Kinds that people register for and come to."""
KINDS = ("mailing", "exhibition", "webinar", "publication", "advertising", "landing", "other")
PLANNED, ACTIVE, FINISHED, CANCELLED = "planned", "active", "finished", "cancelled"
STATUSES = (PLANNED, ACTIVE, FINISHED, CANCELLED)
INVITED, REGISTERED, ATTENDED, ABSENT, DECLINED = "invited", "registered", "attended", "absent", "declined"
MEMBER_STATES = (INVITED, REGISTERED, ATTENDED, ABSENT, DECLINED)
ENDS_BEFORE_IT_BEGINS = N_("This is before the first day.")


class Campaign(Record, Base):
    """Кампания (маркетинговое мероприятие)."""

    __tablename__ = "campaigns"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("status", STATUSES),
        CheckConstraint("budget >= 0", name="budget"),
        CheckConstraint("cost >= 0", name="cost"),
    )

    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default=PLANNED)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(String(255))
    budget: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    cost: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    note: Mapped[str | None] = mapped_column(Text)
    sort_key: Mapped[str] = sort_key("name")
    search_key: Mapped[str] = search_key("name", "place", "note")

    product: Mapped[Product | None] = relationship(foreign_keys=product_id)
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)

    @property
    def is_event(self) -> bool:
        return self.kind in EVENTS


class CampaignMember(Record, Base):
    """A lead or a contact that takes part."""

    __tablename__ = "campaign_members"
    __table_args__ = (
        one_of("state", MEMBER_STATES),
        CheckConstraint("num_nonnulls(lead_id, contact_id) = 1", name="one_person"),
        Index("uq_campaign_members_campaign_id_lead_id", "campaign_id", "lead_id", unique=True),
        Index("uq_campaign_members_campaign_id_contact_id", "campaign_id", "contact_id", unique=True),
    )
    audit_parent = "campaign_id"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=INVITED)
    registered_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id", ondelete="SET NULL"), index=True)

    campaign: Mapped[Campaign] = relationship(foreign_keys=campaign_id, lazy="raise")
    lead: Mapped[Lead | None] = relationship(foreign_keys=lead_id)
    contact: Mapped[Contact | None] = relationship(foreign_keys=contact_id)


FIELDS = {
    "name": Field(inputs.name, required=True),
    "kind": Field(inputs.choice(KINDS), required=True),
    "status": Field(inputs.choice(STATUSES), nullable=False),
    "product_id": Field(inputs.record(Product)),
    "owner_id": Field(inputs.record(User)),
    "starts_on": Field(inputs.day),
    "ends_on": Field(inputs.day),
    "place": Field(inputs.name),
    "budget": Field(inputs.money),
    "cost": Field(inputs.money),
    "currency": Field(inputs.currency, nullable=False),
    "note": Field(inputs.long_text),
}


@use_case("campaigns.read")
def list_campaigns(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    owner_id: int | None = None,
    product_id: int | None = None,
) -> Slice[Campaign]:
    """The newest first."""
    equal = {
        Campaign.kind: kind,
        Campaign.status: status,
        Campaign.owner_id: owner_id,
        Campaign.product_id: product_id,
    }
    wanted = [column == value for column, value in equal.items() if value is not None]
    query = select(Campaign).where(*wanted).options(joinedload(Campaign.owner), joinedload(Campaign.product))
    if q:
        query = query.where(listing.has_folded(q, Campaign.search_key))
    return listing.paged(ctx.session, query, page, Campaign, "-id")


@use_case("campaigns.read")
def get_campaign(ctx: Context, campaign_id: int) -> Campaign:
    return _get(ctx, campaign_id)


@use_case("campaigns.write")
def create_campaign(ctx: Context, values: Mapping[str, Any]) -> Campaign:
    """The owner is whoever makes it, unless another is named."""
    campaign = Campaign(owner_id=ctx.actor.user_id)
    _assign(campaign, inputs.read(ctx, values, FIELDS))
    ctx.session.add(campaign)
    ctx.session.flush()
    return campaign


@use_case("campaigns.write")
def update_campaign(ctx: Context, campaign_id: int, values: Mapping[str, Any]) -> Campaign:
    campaign = _get(ctx, campaign_id, lock=True)
    inputs.check_version(campaign, values)
    _assign(campaign, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return campaign


@use_case("campaigns.write")
def delete_campaign(ctx: Context, campaign_id: int) -> None:
    """Only one that nothing refers to; others are cancelled."""
    campaign = _get(ctx, campaign_id, lock=True)
    references.refuse_if_used(ctx, campaign)
    ctx.session.delete(campaign)
    ctx.session.flush()


def _get(ctx: Context, campaign_id: int, *, lock: bool = False) -> Campaign:
    campaign = ctx.session.get(Campaign, campaign_id, with_for_update=lock, populate_existing=lock)
    if campaign is None:
        raise NotFound()
    return campaign


def _assign(campaign: Campaign, clean: dict[str, Any]) -> None:
    change(campaign, clean)
    if campaign.starts_on and campaign.ends_on and campaign.ends_on < campaign.starts_on:
        raise ValidationFailed({"ends_on": [ENDS_BEFORE_IT_BEGINS]})
