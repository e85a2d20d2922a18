"""Products: what the company sells, at which price."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Numeric, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from crm_model import access, fields, inputs, listing, references
from crm_model.inputs import Field
from crm_model.records import Record, change, sort_key
from kernel.context import Context
from kernel.db import Base
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case


class Product(Record, Base):
    """Something to sell. One that is no longer sold is kept, not `active`."""

    __tablename__ = "products"
    __table_args__ = (CheckConstraint("price >= 0", name="price"),)

    name: Mapped[str] = mapped_column(String(255))
    sku: Mapped[str | None] = mapped_column(String(100), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    active: Mapped[bool] = mapped_column(default=True)
    sort_key: Mapped[str] = sort_key("name")


FIELDS = {
    "name": Field(inputs.name, required=True),
    "sku": Field(fields.text(100)),
    "description": Field(inputs.long_text),
    "price": Field(inputs.money),
    "currency": Field(inputs.currency, nullable=False),
    "active": Field(inputs.boolean, nullable=False),
}


@use_case("users.read")
def list_products(ctx: Context, page: Page, *, q: str | None = None, active: bool | None = None) -> Slice[Product]:
    """By name."""
    query = select(Product)
    if active is not None:
        query = query.where(Product.active == active)
    if q:
        query = query.where(listing.has_text(q, Product.name, Product.sku))
    return listing.paged(ctx.session, query, page, Product, "sort_key")


@use_case("users.read")
def get_product(ctx: Context, product_id: int) -> Product:
    return access.get_visible(ctx, Product, product_id)


@use_case("catalogue.manage")
def create_product(ctx: Context, values: Mapping[str, Any]) -> Product:
    product = Product()
    _assign(ctx, product, inputs.read(ctx, values, FIELDS))
    ctx.session.add(product)
    ctx.session.flush()
    return product


@use_case("catalogue.manage")
def update_product(ctx: Context, product_id: int, values: Mapping[str, Any]) -> Product:
    product = access.get_visible(ctx, Product, product_id, lock=True)
    inputs.check_version(product, values)
    _assign(ctx, product, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return product


@use_case("catalogue.manage")
def delete_product(ctx: Context, product_id: int) -> None:
    """Only one that was never offered to anybody; make others inactive."""
    product = access.get_visible(ctx, Product, product_id, lock=True)
    references.refuse_if_used(ctx, product)
    ctx.session.delete(product)
    ctx.session.flush()


def _assign(ctx: Context, product: Product, clean: dict[str, Any]) -> None:
    references.refuse_twin(ctx, product, "sku", clean, N_("There is a product with this code already."))
    change(product, clean)
