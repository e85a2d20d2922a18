"""Telephony: the secret by which the telephone exchange is known, and the calls it told of."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model import access, fields, inputs
from crm_model.inputs import Field
from crm_model.leads import Lead
from crm_model.records import Record, change, one_of
from crm_model.users import User
from kernel import vault
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.errors import AppError, NotFound
from kernel.i18n import N_
from kernel.permissions import use_case
from kernel.statements import Prepared

IN, OUT = "in", "out"
DIRECTIONS = (IN, OUT)
SIGNED = "sha256="


class BadSignature(AppError):
    """401: whoever sent this does not know the secret, or telephony is off."""

    default_code = "bad_signature"
    default_message = N_("The signature does not fit the body. Sign it with the secret from the settings of telephony.")


class TelephonySettings(Record, Base):
    """Настройки телефонии: one row, once somebody has made a secret."""

    __tablename__ = "telephony_settings"
    audit_skip: ClassVar[frozenset[str]] = frozenset({"sealed_secret"})

    sealed_secret: Mapped[str] = mapped_column("secret", Text)
    active: Mapped[bool] = mapped_column(default=True)
    missed_makes_lead: Mapped[bool] = mapped_column(default=True)


class Call(HasId, Base):
    """Звонок, as the exchange names it by `call_id`. `owner_id` is whom it concerns here."""

    __tablename__ = "calls"
    __table_args__ = (one_of("direction", DIRECTIONS),)

    call_id: Mapped[str] = mapped_column(String(255), unique=True)
    direction: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(50))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answered: Mapped[bool | None]
    seconds: Mapped[int | None]
    recording_url: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id", ondelete="SET NULL"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="SET NULL"), index=True)

    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    lead: Mapped[Lead | None] = relationship(foreign_keys=lead_id)

    @property
    def is_known(self) -> bool:
        """Whether somebody with this number is among our records."""
        return any((self.lead_id, self.contact_id, self.account_id, self.deal_id))


FIELDS = {"active": Field(inputs.boolean, nullable=False), "missed_makes_lead": Field(inputs.boolean, nullable=False)}
SAID = {
    "event": Field(inputs.choice(("incoming", "ended")), required=True),
    "call_id": Field(inputs.name, required=True),
    "number": Field(fields.phone, required=True),
    "direction": Field(inputs.choice(DIRECTIONS), nullable=False),
    "user": Field(inputs.name),
    "started_at": Field(inputs.moment),
    "answered": Field(inputs.boolean),
    "seconds": Field(fields.whole(24 * 3600)),
    "recording_url": Field(fields.website),
}
"""What the exchange says of a call. `user` is a user name here, or the number of the person's own phone."""


@use_case("telephony.manage")
def get_settings(ctx: Context) -> TelephonySettings | None:
    return stored(ctx)


@use_case("telephony.manage")
def save_settings(ctx: Context, values: Mapping[str, Any]) -> TelephonySettings:
    found = stored(ctx, lock=True)
    if found is None:
        raise NotFound()
    change(found, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return found


@use_case("telephony.manage")
def make_secret(ctx: Context) -> str:
    """A new secret, told only now; the one before no longer fits."""
    found, secret = stored(ctx, lock=True), secrets.token_urlsafe(32)
    if found is None:
        ctx.session.add(TelephonySettings(sealed_secret=vault.seal(secret)))
    else:
        found.sealed_secret = vault.seal(secret) or ""
    ctx.session.flush()
    return secret


ACTIVE = Prepared(select(TelephonySettings.active))


@use_case("profile.own")
def is_on(ctx: Context) -> bool:
    """Whether calls may come in for people who look at a page."""
    return any(row.active for row in ACTIVE.rows(ctx.session))


@use_case("telephony.tell")
def verify(ctx: Context, body: bytes, signature: str) -> None:
    """BadSignature, or SecretUnreadable, unless it is `sha256=` and the HMAC of the body by the secret, in hexadecimal."""
    found = stored(ctx)
    wanted = signature_of(vault.reveal(found.sealed_secret) or "", body) if found is not None and found.active else ""
    if not wanted or not hmac.compare_digest(wanted.encode(), signature.encode(errors="replace")):
        raise BadSignature()


def signature_of(secret: str, body: bytes) -> str:
    return SIGNED + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def stored(ctx: Context, *, lock: bool = False) -> TelephonySettings | None:
    query = select(TelephonySettings).limit(1)
    return ctx.session.scalar(query.with_for_update() if lock else query)


def begun(ctx: Context, clean: Mapping[str, Any]) -> tuple[Call, bool]:
    """The call of this id, locked, and whether it is the first that is heard of it."""
    values = {
        "call_id": clean["call_id"],
        "direction": clean.get("direction") or IN,
        "number": clean["number"],
        "started_at": clean.get("started_at") or ctx.now(),
    }
    made = ctx.session.execute(insert(Call).values(values).on_conflict_do_nothing().returning(Call.id)).first()
    call = ctx.session.scalars(select(Call).where(Call.call_id == clean["call_id"]).with_for_update()).one()
    return call, made is not None


@use_case("records.read")
def get_call(ctx: Context, call_id: int) -> Call:
    """For whom it concerns, and for those who see everything."""
    call = ctx.session.get(Call, call_id)
    if call is None or not (access.sees_everything(ctx) or call.owner_id == ctx.actor.user_id):
        raise NotFound()
    return call
