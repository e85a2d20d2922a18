"""Addresses that get no letters: they bounced, their owners complained or opted out, or somebody put them here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model import fields, inputs, listing
from crm_model.inputs import Field
from crm_model.records import one_of
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.errors import NotFound
from kernel.paging import Page, Slice
from kernel.permissions import use_case

BOUNCED, COMPLAINED, BY_HAND, OPTED_OUT = "bounced", "complained", "by_hand", "opted_out"
REASONS = (BOUNCED, COMPLAINED, BY_HAND, OPTED_OUT)


class Suppression(HasId, Base):
    """An address, as `fields.email_key` makes it. Who opted out still gets what is no advertising."""

    __tablename__ = "suppressions"
    __table_args__ = (one_of("reason", REASONS),)

    address: Mapped[str] = mapped_column(String(255), unique=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id)


FIELDS = {
    "address": Field(fields.email, required=True),
    "reason": Field(inputs.choice(REASONS), nullable=False),
    "note": Field(inputs.name),
}


@use_case("letters.manage")
def list_suppressions(
    ctx: Context, page: Page, *, q: str | None = None, reason: str | None = None
) -> Slice[Suppression]:
    """The newest first."""
    query = select(Suppression)
    if q:
        query = query.where(listing.has_text(q.strip().lower(), Suppression.address))
    if reason:
        query = query.where(Suppression.reason == reason)
    return listing.paged(ctx.session, query, page, Suppression, "-id")


@use_case("letters.manage")
def get_suppression(ctx: Context, suppression_id: int) -> Suppression:
    return _get(ctx, suppression_id)


@use_case("letters.manage")
def create_suppression(ctx: Context, values: Mapping[str, Any]) -> Suppression:
    """Puts an address on the list; one that is there already stays as it is."""
    clean = inputs.read(ctx, values, FIELDS)
    return add(ctx, clean["address"], clean.get("reason") or BY_HAND, clean.get("note"))


@use_case("letters.manage")
def delete_suppression(ctx: Context, suppression_id: int) -> None:
    """Takes an address off the list."""
    ctx.session.delete(_get(ctx, suppression_id))
    ctx.session.flush()


def add(ctx: Context, address: str, reason: str, note: str | None = None) -> Suppression:
    """Puts an address on the list; what weighs more than an earlier refusal of advertising takes its place."""
    row = {"address": fields.email_key(address), "reason": reason, "note": note}
    made = insert(Suppression).values(**row, created_at=ctx.now(), created_by_id=ctx.actor.user_id)
    heavier = made.on_conflict_do_update(
        index_elements=[Suppression.address],
        set_={"reason": reason, "note": note},
        where=(Suppression.reason == OPTED_OUT) & (made.excluded.reason != OPTED_OUT),
    )
    ctx.session.execute(heavier)
    return ctx.session.scalars(
        select(Suppression).where(Suppression.address == row["address"]).execution_options(populate_existing=True)
    ).one()


def lift_refusal(ctx: Context, addresses: Iterable[str]) -> None:
    """Who agrees to letters again is no longer one who opted out."""
    keys = [fields.email_key(address) for address in addresses]
    ctx.session.execute(delete(Suppression).where(Suppression.address.in_(keys), Suppression.reason == OPTED_OUT))


def reason_for(ctx: Context, address: str) -> str | None:
    """Why this address is on the list, if it is."""
    return ctx.session.scalar(select(Suppression.reason).where(Suppression.address == fields.email_key(address)))


def _get(ctx: Context, suppression_id: int) -> Suppression:
    found = ctx.session.get(Suppression, suppression_id)
    if found is None:
        raise NotFound()
    return found
