"""Deals: making, finding, changing and closing them, and what a process sees of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from crm_model import access, business_lines, inputs, listing, notes, stages, users, working_calendars
from crm_model.accounts import Account
from crm_model.activities import Activity
from crm_model.business_lines import BusinessLine
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal, LineItem, StageHistory
from crm_model.inputs import Field
from crm_model.leads import Lead
from crm_model.products import Product
from crm_model.records import change
from crm_model.stage_history import move_to_stage
from crm_model.users import User
from kernel.context import Context
from kernel.errors import Conflict, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case
from kernel.statements import Prepared, entity
from kernel.working_time import Calendar

FIELDS = {
    "title": Field(inputs.name, required=True),
    "account_id": Field(inputs.record(Account)),
    "contact_id": Field(inputs.record(Contact)),
    "owner_id": Field(inputs.record(User), nullable=False),
    "business_line_id": Field(inputs.record(BusinessLine)),
    "lead_id": Field(inputs.record(Lead)),
    "amount": Field(inputs.money),
    "currency": Field(inputs.currency, nullable=False),
    "probability": Field(inputs.whole_percent),
    "expected_close_date": Field(inputs.day),
    "decision_date": Field(inputs.day),
    "need": Field(inputs.long_text),
    "tactics": Field(inputs.long_text),
    "product_ids": Field(inputs.many(inputs.record(Product)), nullable=False),
}
READ_ONLY = (
    "id",
    "number",
    "stage",
    "stage_entered_at",
    "status",
    "close_reason",
    "winner_competitor_id",
    "rerouted_to",
    "closed_at",
    "created_at",
    "created_by_id",
    "updated_at",
)
SORTS = {
    "id": "id",
    "-id": "-id",
    "title": "sort_key",
    "-title": "-sort_key",
    "amount": "amount",
    "-amount": "-amount",
    "expected_close_date": "expected_close_date",
    "-expected_close_date": "-expected_close_date",
    "stage_entered_at": "stage_entered_at",
    "-stage_entered_at": "-stage_entered_at",
    "updated_at": "updated_at",
    "-updated_at": "-updated_at",
}


@use_case("records.read")
def list_deals(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    account_id: int | None = None,
    contact_id: int | None = None,
    lead_id: int | None = None,
    business_line_id: int | None = None,
    product_id: int | None = None,
    stage: str | None = None,
    status: str | None = None,
    amount_from: Decimal | None = None,
    amount_to: Decimal | None = None,
    close_from: date | None = None,
    close_to: date | None = None,
    sort: str | None = None,
) -> Slice[Deal]:
    """The deals the caller sees, newest first unless `sort` says otherwise (one of `SORTS`).

    `close_from` and `close_to` are the range of the expected closing date.
    """
    equal = {
        Deal.owner_id: owner_id,
        Deal.account_id: account_id,
        Deal.contact_id: contact_id,
        Deal.lead_id: lead_id,
        Deal.business_line_id: business_line_id,
        Deal.stage: stage,
        Deal.status: status,
    }
    query = select(Deal).where(access.visible(ctx, Deal), *(c == v for c, v in equal.items() if v is not None))
    if q:
        query = query.where(listing.has_folded(q, Deal.search_key))
    if product_id is not None:
        query = query.where(Deal.products.any(Product.id == product_id))
    query = _between(query, Deal.amount, amount_from, amount_to)
    query = _between(query, Deal.expected_close_date, close_from, close_to)
    query = query.options(joinedload(Deal.account), joinedload(Deal.owner), selectinload(Deal.products))
    return listing.paged(ctx.session, query, page, Deal, listing.chosen(sort or "-id", SORTS))


def _between(query: Select[Deal], column: Any, first: Any, last: Any) -> Select[Deal]:
    if first is not None:
        query = query.where(column >= first)
    return query if last is None else query.where(column <= last)


@use_case("records.read")
def get_deal(ctx: Context, deal_id: int) -> Deal:
    return access.get_visible(ctx, Deal, deal_id)


@use_case("deals.write")
def create_deal(ctx: Context, values: Mapping[str, Any]) -> Deal:
    """A deal made by hand: it enters the stage its maker chooses (`needs` unless said), and starts nothing."""
    stage = values.get("stage") or stages.NEEDS
    if not stages.is_open(stage) or stage == stages.INTEREST:
        raise ValidationFailed({"stage": [N_("Choose an open stage that deals have.")]})
    return make(ctx, {key: value for key, value in values.items() if key != "stage"}, stage=stage, cause="made")


def make(
    ctx: Context,
    values: Mapping[str, Any],
    *,
    stage: str,
    cause: str,
    instance_id: int | None = None,
    element_id: str | None = None,
) -> Deal:
    """A new deal in a stage, owned by the actor unless the values name another owner."""
    clean = inputs.read(ctx, values, FIELDS, read_only=READ_ONLY)
    users.settle_owner(ctx, clean)
    deal = Deal()
    _assign(ctx, deal, clean)
    move_to_stage(ctx, deal, stage, cause=cause, instance_id=instance_id, element_id=element_id)
    deal.number = f"D-{deal.id}"
    ctx.session.flush()
    return deal


@use_case("deals.write")
def update_deal(ctx: Context, deal_id: int, values: Mapping[str, Any]) -> Deal:
    """Changes what people may change; stage, status and closing belong to the process."""
    deal = access.get_for_change(ctx, Deal, deal_id)
    inputs.check_version(deal, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=READ_ONLY)
    if "amount" in clean and clean["amount"] != deal.amount and has_lines(ctx, deal):
        raise ValidationFailed({"amount": [N_("The amount is the sum of the products; change those.")]})
    users.settle_owner(ctx, clean, deal)
    _assign(ctx, deal, clean)
    ctx.session.flush()
    return deal


def _assign(ctx: Context, deal: Deal, clean: dict[str, Any]) -> None:
    """Read values into the deal; a probability given by hand stays, an empty one follows the stage again."""
    if "product_ids" in clean:
        deal.products = _products(ctx, clean.pop("product_ids"))
    if "probability" in clean:
        given = clean.pop("probability")
        deal.probability_is_manual = given is not None
        deal.probability = given if given is not None else stages.probability_of(deal.stage) if deal.stage else 0
    change(deal, clean)
    if deal.contact_id and not deal.account_id:
        contact = ctx.session.get(Contact, deal.contact_id)
        deal.account_id = contact.account_id if contact else None


def has_lines(ctx: Context, deal: Deal) -> bool:
    return bool(ctx.session.scalar(select(exists().where(LineItem.deal_id == deal.id))))


@use_case("deals.write")
def delete_deal(ctx: Context, deal_id: int) -> None:
    """Only a deal that is open and that no process has worked on; what has a history is closed instead."""
    deal = access.get_for_change(ctx, Deal, deal_id)
    in_process = select(
        exists().where(StageHistory.deal_id == deal.id, StageHistory.instance_id.is_not(None))
        | exists().where(Activity.deal_id == deal.id, Activity.instance_id.is_not(None))
        | access.has_guests(deal.id)
    )
    if not deal.is_open or ctx.session.scalar(in_process):
        raise Conflict("deal_in_use", N_("A process has worked on the deal. Close it instead of deleting it."))
    ctx.session.delete(deal)
    ctx.session.flush()


def set_owner(ctx: Context, deal: Deal, owner_id: int) -> None:
    """Hands the deal on."""
    deal.owner_id = owner_id
    ctx.session.flush()


def set_products(ctx: Context, deal: Deal, product_ids: list[int]) -> None:
    """The products the client is interested in."""
    deal.products = _products(ctx, product_ids)
    ctx.session.flush()


def _products(ctx: Context, product_ids: list[int] | None) -> list[Product]:
    wanted = select(Product).where(Product.id.in_(product_ids or [])).order_by(Product.id)
    return list(ctx.session.scalars(wanted))


def add_note(ctx: Context, deal: Deal, text: str) -> None:
    notes.make(ctx, text=text, deal_id=deal.id, account_id=deal.account_id)


def record_closing(ctx: Context, deal: Deal, *, close_reason: str, winner_competitor_id: int | None = None) -> None:
    """Why the deal was lost, and to whom, as `missing_for` has checked it; the stage is set after it."""
    deal.close_reason = close_reason
    if winner_competitor_id is not None:
        deal.winner_competitor_id = winner_competitor_id
    ctx.session.flush()


def record_rerouting(ctx: Context, deal: Deal, process_key: str) -> None:
    """The process the client moves to; the process sets the stage after it."""
    deal.rerouted_to = process_key
    ctx.session.flush()


@dataclass(frozen=True, slots=True)
class Heads:
    """Who decides above a deal's owner and on its business line: user ids, of those who still work here."""

    of_owner: int | None
    of_line: int | None


HEADS = select(
    users.head(bindparam("owner", type_=BigInteger)), business_lines.head(bindparam("line", type_=BigInteger))
)


def heads(session: Session, owner_id: int | None, business_line_id: int | None) -> Heads:
    return Heads(*session.execute(HEADS, {"owner": owner_id, "line": business_line_id}).one())


WITH_HEADS = Prepared(
    select(
        *Deal.__table__.columns,
        users.head(Deal.owner_id).label("head_of_owner"),
        business_lines.head(Deal.business_line_id).label("head_of_line"),
        working_calendars.OF_DEAL,
    ).where(Deal.id == bindparam("id"))
)


def with_heads(session: Session, deal_id: int) -> tuple[Deal, Heads, Calendar]:
    """The deal as it is now, who is above it, and by which calendar it goes."""
    (row,) = WITH_HEADS.rows(session, id=deal_id)
    heads = Heads(row.head_of_owner, row.head_of_line)
    return entity(session, Deal, row), heads, working_calendars.calendar_of(row.calendar)


def facts(deal: Deal, heads: Heads) -> dict[str, Any]:
    """The deal as expressions in a diagram see it: flat, with numbers for money."""
    return {
        "id": deal.id,
        "number": deal.number,
        "title": deal.title,
        "stage": deal.stage,
        "status": deal.status,
        "amount": float(deal.amount) if deal.amount is not None else None,
        "currency": deal.currency,
        "probability": deal.probability,
        "owner_id": deal.owner_id,
        "owner_head_id": heads.of_owner,
        "account_id": deal.account_id,
        "contact_id": deal.contact_id,
        "lead_id": deal.lead_id,
        "business_line_id": deal.business_line_id,
        "business_line_head_id": heads.of_line,
        "need": deal.need,
        "tactics": deal.tactics,
        "close_reason": deal.close_reason,
        "winner_competitor_id": deal.winner_competitor_id,
        "rerouted_to": deal.rerouted_to,
        "expected_close_date": deal.expected_close_date,
        "decision_date": deal.decision_date,
        "stage_entered_at": deal.stage_entered_at,
        "created_at": deal.created_at,
        "closed_at": deal.closed_at,
    }
