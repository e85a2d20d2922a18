"""The ledger of consents: who allowed what, how and on which proof, and when it was taken back. Rows are only added, and
closed once; `consent` of a lead or a contact is what the ledger says of letters."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from crm_model import bulk, suppressions
from crm_model.records import change, one_of
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.paging import Page, Slice, slice_of

MARKETING, PROCESSING, OTHER = "marketing", "processing", "other"
PURPOSES = (MARKETING, PROCESSING, OTHER)
EMAIL, PHONE, SMS, MESSENGER, ANY = "email", "phone", "sms", "messenger", "any"
CHANNELS = (EMAIL, PHONE, SMS, MESSENGER, ANY)
CONSENT, CONTRACT, LEGITIMATE_INTEREST = "consent", "contract", "legitimate_interest"
BASES = (CONSENT, CONTRACT, LEGITIMATE_INTEREST)
MANUAL, IMPORT, REFUSAL = "manual", "import", "refusal"
KINDS = {"leads": "lead", "contacts": "contact"}
PROJECTED = ("consent", "opted_out")


class Consent(HasId, Base):
    """Согласие. `proof` holds the text that was shown with its version, the page, the address, who wrote it down. A
    refusal by somebody who had allowed nothing has no `given_at`."""

    __tablename__ = "consents"
    __table_args__ = (
        one_of("purpose", PURPOSES),
        one_of("channel", CHANNELS),
        one_of("basis", BASES),
        CheckConstraint("num_nonnulls(lead_id, contact_id) = 1", name="one_person"),
        CheckConstraint("num_nonnulls(given_at, withdrawn_at) > 0", name="said"),
        Index(None, "lead_id", "id"),
        Index(None, "contact_id", "id"),
    )

    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(20), default=CONSENT)
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str] = mapped_column(String(40))
    proof: Mapped[dict[str, Any]] = mapped_column(default=dict)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_source: Mapped[str | None] = mapped_column(String(40))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    lead: Mapped[Any] = relationship("Lead", foreign_keys=lead_id)
    contact: Mapped[Any] = relationship("Contact", foreign_keys=contact_id)
    given_by: Mapped[User | None] = relationship(foreign_keys=given_by_id)
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=withdrawn_by_id)

    @property
    def holds(self) -> bool:
        return self.given_at is not None and self.withdrawn_at is None


def give(
    ctx: Context,
    person: Any,
    *,
    purpose: str = MARKETING,
    channel: str = EMAIL,
    basis: str = CONSENT,
    source: str,
    proof: Mapping[str, Any],
    given_at: datetime | None = None,
) -> Consent:
    """Writes down that a lead or a contact allows something; one who allows letters again has no longer refused them."""
    row = Consent(
        **{KINDS[person.__tablename__]: person},
        purpose=purpose,
        channel=channel,
        basis=basis,
        given_at=given_at or ctx.now(),
        given_by_id=ctx.actor.user_id,
        source=source,
        proof=dict(proof),
    )
    ctx.session.add(row)
    if purpose == MARKETING and channel in (EMAIL, ANY) and basis == CONSENT:
        change(person, {"consent": True, "consent_at": row.given_at, "opted_out": False, "opted_out_at": None})
        if source != IMPORT:
            suppressions.lift_refusal(ctx, _addresses(person))
    ctx.session.flush()
    return row


def _addresses(person: Any) -> list[str]:
    """Of a lead or a contact. What a file says of somebody's consent is no word of theirs."""
    own = [person.email_key] if getattr(person, "email_key", None) else []
    return own or getattr(person, "email_keys", None) or []


def withdraw(
    ctx: Context, person: Any, *, purpose: str = MARKETING, channel: str, source: str, reason: str | None = None
) -> list[Consent]:
    """Takes back what was allowed for a channel, together with what was allowed for any of them. Where nothing was, the
    refusal itself is kept."""
    ctx.session.flush()
    closed = {
        "withdrawn_at": ctx.now(),
        "withdrawn_by_id": ctx.actor.user_id,
        "withdrawn_source": source,
        "withdrawn_reason": reason,
    }
    covering = true() if channel == ANY else Consent.channel.in_((channel, ANY))
    of_this = select(Consent).where(rows_of(person), Consent.purpose == purpose, covering).order_by(Consent.id)
    rows = list(ctx.session.scalars(of_this.with_for_update(of=Consent)))
    taken = [row for row in rows if row.holds]
    for row in taken:
        change(row, closed)
    if not rows:
        who = {f"{KINDS[person.__tablename__]}_id": person.id}
        taken = [Consent(**who, purpose=purpose, channel=channel, source=source, proof={}, **closed)]
        ctx.session.add_all(taken)
    ctx.session.flush()
    project(ctx.session, person)
    return taken


def refuse(ctx: Context, person: Any, *, source: str, reason: str | None = None) -> list[Consent]:
    """The person wants no letters any more."""
    if not person.opted_out:
        change(person, {"opted_out": True, "opted_out_at": ctx.now()})
    return withdraw(ctx, person, channel=EMAIL, source=source, reason=reason)


def taken_from(values: dict[str, Any]) -> dict[str, bool]:
    """Takes what is said of letters out of the values of a record, for `settle`."""
    return {key: values.pop(key) for key in PROJECTED if key in values}


def settle(
    ctx: Context, person: Any, said: Mapping[str, bool], *, source: str, proof: Mapping[str, Any] | None = None
) -> None:
    """What a form says of letters, in the ledger and on the person, who may be new. A refusal wins."""
    if said.get("opted_out"):
        ctx.session.add(person)
        refuse(ctx, person, source=source)
        return
    if "opted_out" in said and person.opted_out:
        change(person, {"opted_out": False, "opted_out_at": None})
    if said.get("consent") and not person.consent:
        give(ctx, person, source=source, proof=proof or {})
    elif said.get("consent") is False and person.consent:
        withdraw(ctx, person, channel=EMAIL, source=source)


def note_many(ctx: Context, kind: str, ids: Iterable[int], *, source: str, proof: Mapping[str, Any]) -> None:
    """Consents to letters of many new leads or contacts, whose `consent` was set as they were made."""
    rows = [
        {
            f"{kind}_id": number,
            "purpose": MARKETING,
            "channel": EMAIL,
            "basis": CONSENT,
            "given_at": ctx.now().isoformat(),
            "given_by_id": ctx.actor.user_id,
            "source": source,
            "proof": dict(proof),
        }
        for number in ids
    ]
    bulk.insert_rows(ctx.session, Consent, rows)


def project(session: Session, person: Any) -> None:
    """Sets `consent` and `consent_at` to what the ledger says."""
    newest = session.scalar(select(func.max(Consent.given_at)).where(rows_of(person), allows_letters()))
    change(person, {"consent": newest is not None})
    if newest is not None:
        change(person, {"consent_at": newest})


def allows_letters() -> ColumnElement[bool]:
    """Rows that let letters go out."""
    return (
        (Consent.purpose == MARKETING)
        & Consent.channel.in_((EMAIL, ANY))
        & (Consent.basis == CONSENT)
        & Consent.given_at.is_not(None)
        & Consent.withdrawn_at.is_(None)
    )


def page_of(ctx: Context, person: Any, page: Page) -> Slice[Consent]:
    """The ledger of a person, newest first."""
    query = select(Consent).where(rows_of(person)).order_by(Consent.id.desc()).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(Consent.id < page.key(int)[0])
    query = query.options(joinedload(Consent.given_by), joinedload(Consent.withdrawn_by))
    return slice_of(ctx.session.scalars(query).all(), page, lambda row: [row.id])


def disagreeing(session: Session, model: type[Any]) -> list[int]:
    """Leads or contacts whose `consent` is not what the ledger says; there should be none."""
    column = Consent.lead_id if KINDS[model.__tablename__] == "lead" else Consent.contact_id
    allowed = exists().where(column == model.id, allows_letters())
    return list(session.scalars(select(model.id).where(model.consent != allowed).order_by(model.id)))


def rows_of(person: Any) -> ColumnElement[bool]:
    """The ledger of a lead or a contact."""
    return (Consent.lead_id if KINDS[person.__tablename__] == "lead" else Consent.contact_id) == person.id
