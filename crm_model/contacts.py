"""Contacts: the people one talks to, mostly at an account."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import access, consents, fields, inputs, listing, reachable, references, users
from crm_model.accounts import JOURNEY, Account
from crm_model.inputs import Field
from crm_model.reachable import CHANNELS, Reachable
from crm_model.records import Record, change, one_of, search_key, sort_key
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.i18n import LANGUAGES
from kernel.paging import Page, Slice
from kernel.permissions import use_case

ROLES = ("decision_maker", "owner", "influencer", "user", "accountant", "lawyer", "secretary")


class Contact(Record, Reachable, Base):
    """Контактное лицо. `messengers`: name by kind; `consent` allows letters, `opted_out` forbids them."""

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("role", ROLES),
        one_of("journey_stage", JOURNEY),
        one_of("preferred_channel", CHANNELS),
        Index("ix_contacts_owner_id_id", "owner_id", "id"),
        Index("ix_contacts_account_id_id", "account_id", "id"),
        Index("ix_contacts_phone_keys", "phone_keys", postgresql_using="gin"),
        Index("ix_contacts_email_keys", "email_keys", postgresql_using="gin"),
    )

    name: Mapped[str] = mapped_column(String(255))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    job_title: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str | None] = mapped_column(String(20))
    is_decision_maker: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    messengers: Mapped[dict[str, str]] = mapped_column(default=dict)
    preferred_channel: Mapped[str | None] = mapped_column(String(20))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str | None] = mapped_column(String(5))
    birthday: Mapped[date | None]
    journey_stage: Mapped[str] = mapped_column(String(20), default="acquaintance")
    description: Mapped[str | None] = mapped_column(Text)
    consent: Mapped[bool] = mapped_column(default=False)
    consent_at: Mapped[datetime | None]
    opted_out: Mapped[bool] = mapped_column(default=False)
    opted_out_at: Mapped[datetime | None]
    last_contact_at: Mapped[datetime | None]
    next_contact_at: Mapped[datetime | None]
    sort_key: Mapped[str] = sort_key("name")
    search_key: Mapped[str] = search_key("name", "job_title")

    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)


FIELDS = {
    "name": Field(inputs.name, required=True),
    "account_id": Field(inputs.record(Account)),
    "job_title": Field(inputs.name),
    "role": Field(inputs.choice(ROLES)),
    "is_decision_maker": Field(inputs.boolean, nullable=False),
    "owner_id": Field(inputs.record(User)),
    "messengers": Field(fields.mapping, nullable=False),
    "preferred_channel": Field(inputs.choice(CHANNELS)),
    "time_zone": Field(fields.time_zone),
    "language": Field(inputs.choice(LANGUAGES)),
    "birthday": Field(inputs.day),
    "journey_stage": Field(inputs.choice(JOURNEY), nullable=False),
    "description": Field(inputs.long_text),
    "consent": Field(inputs.boolean, nullable=False),
    "opted_out": Field(inputs.boolean, nullable=False),
    **reachable.FIELDS,
}
READ_ONLY = (
    "id",
    "created_at",
    "created_by_id",
    "updated_at",
    "consent_at",
    "opted_out_at",
    "last_contact_at",
    "next_contact_at",
)
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
}


@use_case("records.read")
def list_contacts(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    account_id: int | None = None,
    deal_id: int | None = None,
    role: str | None = None,
    sort: str | None = None,
) -> Slice[Contact]:
    """The contacts the caller sees, by name unless `sort` says otherwise; `deal_id`: of a deal."""
    query = _matching(ctx, q, owner_id, account_id, deal_id, role)
    query = query.options(joinedload(Contact.account), joinedload(Contact.owner))
    return listing.paged(ctx.session, query, page, Contact, listing.chosen(sort or "name", SORTS))


@use_case("records.read")
def count_contacts(
    ctx: Context,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    account_id: int | None = None,
    deal_id: int | None = None,
    role: str | None = None,
) -> int:
    query = _matching(ctx, q, owner_id, account_id, deal_id, role)
    return ctx.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _matching(
    ctx: Context,
    q: str | None,
    owner_id: int | None,
    account_id: int | None,
    deal_id: int | None,
    role: str | None,
) -> Select[Contact]:
    equal = {Contact.owner_id: owner_id, Contact.account_id: account_id, Contact.role: role}
    wanted = [column == value for column, value in equal.items() if value is not None]
    query = select(Contact).where(access.visible(ctx, Contact), *wanted)
    if deal_id is not None:
        query = query.where(access.in_deal(ctx, Contact.id, deal_id))
    if q:
        query = query.where(reachable.has_text(q, Contact))
    return query


@use_case("records.read")
def get_contact(ctx: Context, contact_id: int) -> Contact:
    return access.get_visible(ctx, Contact, contact_id)


@use_case("records.write")
def create_contact(ctx: Context, values: Mapping[str, Any]) -> Contact:
    """A new contact, its maker's unless the values name another owner."""
    clean = inputs.read(ctx, values, FIELDS, read_only=READ_ONLY)
    users.settle_owner(ctx, clean)
    said = consents.taken_from(clean)
    contact = Contact(**clean)
    ctx.session.add(contact)
    consents.settle(ctx, contact, said, source=consents.MANUAL)
    ctx.session.flush()
    return contact


@use_case("records.write")
def update_contact(ctx: Context, contact_id: int, values: Mapping[str, Any]) -> Contact:
    contact = access.get_for_change(ctx, Contact, contact_id)
    inputs.check_version(contact, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=READ_ONLY)
    users.settle_owner(ctx, clean, contact)
    consents.settle(ctx, contact, consents.taken_from(clean), source=consents.MANUAL)
    change(contact, clean)
    ctx.session.flush()
    return contact


@use_case("records.write")
def delete_contact(ctx: Context, contact_id: int) -> None:
    """Only one that nothing refers to."""
    contact = access.get_for_change(ctx, Contact, contact_id)
    references.refuse_if_used(ctx, contact)
    ctx.session.delete(contact)
    ctx.session.flush()
