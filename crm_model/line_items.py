"""What is sold in a deal: products with quantity, price, discount and VAT; their sum is the deal's amount."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm_model import access, fields, inputs, listing
from crm_model.deal_entities import Deal, LineItem
from crm_model.inputs import Field
from crm_model.products import Product
from crm_model.records import change
from kernel.context import Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

LARGEST_QUANTITY = Decimal("999999999.999")
KOPECK = Decimal("0.01")

FIELDS = {
    "product_id": Field(inputs.record(Product)),
    "name": Field(inputs.name),
    "quantity": Field(inputs.decimal(3, LARGEST_QUANTITY, Decimal("0.001")), nullable=False),
    "price": Field(inputs.money, nullable=False),
    "discount": Field(inputs.percent, nullable=False),
    "vat": Field(inputs.percent, nullable=False),
    "position": Field(fields.whole(10_000, 1), nullable=False),
}
READ_ONLY = ("id", "amount", "vat_amount")


@use_case("records.read")
def list_line_items(ctx: Context, deal_id: int, page: Page) -> Slice[LineItem]:
    access.get_visible(ctx, Deal, deal_id)
    query = select(LineItem).where(LineItem.deal_id == deal_id).options(joinedload(LineItem.product))
    return listing.paged(ctx.session, query, page, LineItem, "position")


@use_case("records.read")
def get_line_item(ctx: Context, deal_id: int, item_id: int) -> LineItem:
    access.get_visible(ctx, Deal, deal_id)
    return _of(ctx, deal_id, item_id)


@use_case("deals.write")
def create_line_item(ctx: Context, deal_id: int, values: Mapping[str, Any]) -> LineItem:
    """Name and price (in the deal's currency) come from the product unless given; one of product and name is needed."""
    deal = _open_deal(ctx, deal_id)
    clean = inputs.read(ctx, values, FIELDS, read_only=READ_ONLY)
    product = ctx.session.get(Product, clean["product_id"]) if clean.get("product_id") else None
    if product is not None:
        clean = {**_from_product(deal, product), **clean}
    missing = [key for key in ("name", "price") if clean.get(key) is None]
    if missing:
        raise ValidationFailed({key: [inputs.REQUIRED] for key in missing})
    item = LineItem(deal_id=deal.id, quantity=Decimal(1), discount=Decimal(0), vat=Decimal(0))
    change(item, {"position": _last_position(ctx, deal) + 1, **clean})
    item.amount = _amount(item)
    ctx.session.add(item)
    _add_up(ctx, deal)
    return item


@use_case("deals.write")
def update_line_item(ctx: Context, deal_id: int, item_id: int, values: Mapping[str, Any]) -> LineItem:
    deal = _open_deal(ctx, deal_id)
    item = _of(ctx, deal_id, item_id)
    clean = inputs.read(
        ctx, values, {**FIELDS, "name": Field(inputs.name, required=True)}, partial=True, read_only=READ_ONLY
    )
    change(item, clean)
    item.amount = _amount(item)
    _add_up(ctx, deal)
    return item


@use_case("deals.write")
def delete_line_item(ctx: Context, deal_id: int, item_id: int) -> None:
    """Without any items left the amount is unknown again, and anybody's to fill in."""
    deal = _open_deal(ctx, deal_id)
    ctx.session.delete(_of(ctx, deal_id, item_id))
    _add_up(ctx, deal)


def _open_deal(ctx: Context, deal_id: int) -> Deal:
    deal = access.get_for_change(ctx, Deal, deal_id)
    if not deal.is_open:
        raise Conflict("deal_closed", N_("The deal is closed; what was sold no longer changes."))
    return deal


def _from_product(deal: Deal, product: Product) -> dict[str, Any]:
    known = {"name": product.name}
    return {**known, "price": product.price} if product.currency == deal.currency else known


def _last_position(ctx: Context, deal: Deal) -> int:
    return ctx.session.scalar(select(func.max(LineItem.position)).where(LineItem.deal_id == deal.id)) or 0


def _amount(item: LineItem) -> Decimal:
    amount = (item.quantity * item.price * (100 - item.discount) / 100).quantize(KOPECK, ROUND_HALF_UP)
    if amount > inputs.LARGEST_AMOUNT:
        raise ValidationFailed({"quantity": [N_("The amount would be too large.")]})
    return amount


def _add_up(ctx: Context, deal: Deal) -> None:
    ctx.session.flush()
    total = ctx.session.scalar(select(func.sum(LineItem.amount)).where(LineItem.deal_id == deal.id))
    if total is not None and total > inputs.LARGEST_AMOUNT:
        raise ValidationFailed({"quantity": [N_("The amount would be too large.")]})
    deal.amount = total
    ctx.session.flush()


def _of(ctx: Context, deal_id: int, item_id: int) -> LineItem:
    item = ctx.session.get(LineItem, item_id)
    if item is None or item.deal_id != deal_id:
        raise NotFound()
    return item
