"""Accounts: the companies one sells to, buys from or competes with."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, Select, SmallInteger, String, Text, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import access, fields, inputs, listing, reachable, references, users
from crm_model.inputs import Field
from crm_model.reachable import CHANNELS, Reachable
from crm_model.records import Record, change, one_of, search_key, sort_key
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.paging import Page, Slice
from kernel.permissions import use_case

TYPES = ("customer", "prospect", "partner", "competitor", "supplier")
CLASSES = ("A", "B", "C", "D")
JOURNEY = ("acquaintance", "study", "choice", "test_drive", "purchase", "repeat", "loyal", "advocate")
"""The client's way from hearing of us to recommending us."""


class Account(Record, Reachable, Base):
    """Контрагент. `potential` is the money a year it could bring; `birthday` is the company's founding day.

    `profile` holds the fields of the client's segment. The contact times are kept by activities.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        one_of("type", TYPES),
        one_of("abc_class", CLASSES),
        one_of("journey_stage", JOURNEY),
        one_of("preferred_channel", CHANNELS),
        Index("ix_accounts_owner_id_id", "owner_id", "id"),
        Index("ix_accounts_stars_id", "stars", "id"),
        Index("ix_accounts_phone_keys", "phone_keys", postgresql_using="gin"),
        Index("ix_accounts_email_keys", "email_keys", postgresql_using="gin"),
    )

    name: Mapped[str] = mapped_column(String(255))
    legal_name: Mapped[str | None] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(20), default="prospect")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    inn: Mapped[str | None] = mapped_column(String(12), index=True)
    kpp: Mapped[str | None] = mapped_column(String(9))
    ogrn: Mapped[str | None] = mapped_column(String(15))
    bank_details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    industry: Mapped[str | None] = mapped_column(String(255))
    employees: Mapped[int | None]
    region: Mapped[str | None] = mapped_column(String(255))
    address: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(String(255))
    abc_class: Mapped[str | None] = mapped_column(String(1))
    potential: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    journey_stage: Mapped[str] = mapped_column(String(20), default="acquaintance")
    birthday: Mapped[date | None]
    preferred_channel: Mapped[str | None] = mapped_column(String(20))
    description: Mapped[str | None] = mapped_column(Text)
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stars: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    last_contact_at: Mapped[datetime | None]
    next_contact_at: Mapped[datetime | None]
    sort_key: Mapped[str] = sort_key("name")
    search_key: Mapped[str] = search_key("name", "legal_name", "inn", "website")

    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)


FIELDS = {
    "name": Field(inputs.name, required=True),
    "legal_name": Field(inputs.name),
    "type": Field(inputs.choice(TYPES), nullable=False),
    "owner_id": Field(inputs.record(User)),
    "inn": Field(fields.inn),
    "kpp": Field(fields.kpp),
    "ogrn": Field(fields.ogrn),
    "bank_details": Field(fields.mapping, nullable=False),
    "industry": Field(inputs.name),
    "employees": Field(fields.whole(10_000_000)),
    "region": Field(inputs.name),
    "address": Field(inputs.long_text),
    "website": Field(fields.website),
    "abc_class": Field(inputs.choice(CLASSES)),
    "potential": Field(inputs.money),
    "journey_stage": Field(inputs.choice(JOURNEY), nullable=False),
    "birthday": Field(inputs.day),
    "preferred_channel": Field(inputs.choice(CHANNELS)),
    "description": Field(inputs.long_text),
    "profile": Field(fields.mapping, nullable=False),
    **reachable.FIELDS,
}
READ_ONLY = ("id", "stars", "created_at", "created_by_id", "updated_at", "last_contact_at", "next_contact_at")
SORTS = {
    "name": "sort_key",
    "-name": "-sort_key",
    "id": "id",
    "-id": "-id",
    "updated_at": "updated_at",
    "-updated_at": "-updated_at",
    "last_contact_at": "last_contact_at",
    "-last_contact_at": "-last_contact_at",
    "next_contact_at": "next_contact_at",
    "stars": "stars",
    "-stars": "-stars",
}


@use_case("records.read")
def list_accounts(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    type: str | None = None,
    abc_class: str | None = None,
    industry: str | None = None,
    region: str | None = None,
    journey_stage: str | None = None,
    stars_from: int | None = None,
    sort: str | None = None,
) -> Slice[Account]:
    """The accounts the caller sees, by name unless `sort` says otherwise (one of `SORTS`)."""
    query = _matching(ctx, q, owner_id, type, abc_class, industry, region, journey_stage, stars_from)
    query = query.options(joinedload(Account.owner))
    return listing.paged(ctx.session, query, page, Account, listing.chosen(sort or "name", SORTS))


@use_case("records.read")
def count_accounts(
    ctx: Context,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    type: str | None = None,
    abc_class: str | None = None,
    industry: str | None = None,
    region: str | None = None,
    journey_stage: str | None = None,
    stars_from: int | None = None,
) -> int:
    query = _matching(ctx, q, owner_id, type, abc_class, industry, region, journey_stage, stars_from)
    return ctx.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _matching(
    ctx: Context,
    q: str | None,
    owner_id: int | None,
    type: str | None,
    abc_class: str | None,
    industry: str | None,
    region: str | None,
    journey_stage: str | None,
    stars_from: int | None,
) -> Select[Account]:
    equal = {
        Account.owner_id: owner_id,
        Account.type: type,
        Account.abc_class: abc_class,
        Account.industry: industry,
        Account.region: region,
        Account.journey_stage: journey_stage,
    }
    wanted = [column == value for column, value in equal.items() if value is not None]
    query = select(Account).where(access.visible(ctx, Account), *wanted)
    if stars_from is not None:
        query = query.where(Account.stars >= stars_from)
    if q:
        query = query.where(reachable.has_text(q, Account))
    return query


@use_case("records.read")
def get_account(ctx: Context, account_id: int) -> Account:
    return access.get_visible(ctx, Account, account_id)


@use_case("records.write")
def create_account(ctx: Context, values: Mapping[str, Any]) -> Account:
    """A new account, its maker's unless the values name another owner."""
    clean = inputs.read(ctx, values, FIELDS, read_only=READ_ONLY)
    users.settle_owner(ctx, clean)
    account = Account(**clean)
    ctx.session.add(account)
    ctx.session.flush()
    return account


@use_case("records.write")
def update_account(ctx: Context, account_id: int, values: Mapping[str, Any]) -> Account:
    account = access.get_for_change(ctx, Account, account_id)
    inputs.check_version(account, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=READ_ONLY)
    users.settle_owner(ctx, clean, account)
    change(account, clean)
    ctx.session.flush()
    return account


@use_case("records.write")
def delete_account(ctx: Context, account_id: int) -> None:
    """Only one that nothing refers to."""
    account = access.get_for_change(ctx, Account, account_id)
    references.refuse_if_used(ctx, account)
    ctx.session.delete(account)
    ctx.session.flush()
