"""What the card of an account or a contact says in a few numbers: deals, money, last and next contact."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from crm_model import access
from crm_model.accounts import Account
from crm_model.activities import COMPLETED, Activity
from crm_model.contacts import Contact
from crm_model.deal_entities import LOST, OPEN, WON, Deal, DealParticipant
from kernel.context import Context
from kernel.permissions import use_case

DEFAULT_CURRENCY = "RUB"


@dataclass(frozen=True, slots=True)
class Summary:
    """Of what the caller sees. Amounts are of the deals in roubles; contacts are activities that count as such."""

    open_deals: int
    open_amount: Decimal
    won_deals: int
    won_amount: Decimal
    lost_deals: int
    open_activities: int
    overdue_activities: int
    last_contact_at: datetime | None
    next_contact_at: datetime | None


@use_case("records.read")
def account_summary(ctx: Context, account_id: int) -> Summary:
    access.get_visible(ctx, Account, account_id)
    return _summary(ctx, Deal.account_id == account_id, Activity.account_id == account_id)


@use_case("records.read")
def contact_summary(ctx: Context, contact_id: int) -> Summary:
    """Deals are those where it is the main contact or takes part."""
    access.get_visible(ctx, Contact, contact_id)
    part = select(DealParticipant.deal_id).where(DealParticipant.contact_id == contact_id)
    return _summary(ctx, or_(Deal.contact_id == contact_id, Deal.id.in_(part)), Activity.contact_id == contact_id)


def _summary(ctx: Context, its_deals: ColumnElement[bool], its_activities: ColumnElement[bool]) -> Summary:
    ours = Deal.currency == DEFAULT_CURRENCY

    def money(status: str) -> Any:
        return func.coalesce(func.sum(Deal.amount).filter(Deal.status == status, ours), Decimal("0.00"))

    def number(status: str) -> Any:
        return func.count().filter(Deal.status == status)

    deals = select(number(OPEN), money(OPEN), number(WON), money(WON), number(LOST))
    is_open, contact = Activity.completed_at.is_(None), Activity.counts_as_contact
    activities = select(
        func.count().filter(is_open),
        func.count().filter(is_open, Activity.due < ctx.now()),
        func.max(Activity.completed_at).filter(contact, Activity.status == COMPLETED),
        func.min(func.coalesce(Activity.start, Activity.due)).filter(contact, is_open),
    )
    return Summary(
        *ctx.session.execute(deals.where(its_deals, access.visible(ctx, Deal))).one(),
        *ctx.session.execute(activities.where(its_activities, access.visible(ctx, Activity))).one(),
    )
