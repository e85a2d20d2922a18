"""Notices in a session what changes points: touches, activities, facts of leads and their clients, deals won or lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import event, inspect, or_, select
from sqlalchemy.orm import Session, UOWTransaction

from crm_model.accounts import Account
from crm_model.activities import Activity
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.leads import Lead
from crm_model.touches import Touch
from kernel.context import acting_in, system_clock

COUNTED = {
    Lead: (
        "request",
        "source",
        "company",
        "phone",
        "email",
        "need",
        "product_id",
        "account_id",
        "contact_id",
        "status",
    ),
    Contact: ("role", "is_decision_maker", "account_id"),
    Account: ("region", "industry", "employees"),
    Deal: ("status", "closed_at"),
    Activity: ("status", "completed_at"),
    Touch: ("kind", "at"),
}
"""What of a record rules may ask for."""


@dataclass(slots=True)
class Noticed:
    """Whose points may be others at the end of the transaction, and the latest time by which it has acted."""

    now: datetime
    leads: set[int] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)


@event.listens_for(Session, "after_flush")
def notice(session: Session, _flush: UOWTransaction) -> None:
    for record in (*session.new, *session.dirty):
        names = COUNTED.get(type(record))
        if names and (
            record in session.new or any(inspect(record).attrs[name].history.has_changes() for name in names)
        ):
            _add(session, record)


def _add(session: Session, record: Any) -> None:
    if isinstance(record, Activity) and (record.lead_id is None or record.is_open):
        return
    if isinstance(record, Deal) and record.is_open and record in session.new:
        return
    context = acting_in(session)
    now = context.now() if context else system_clock()
    noticed = session.info.setdefault("scoring", Noticed(now))
    noticed.now = max(noticed.now, now)
    if isinstance(record, Lead):
        noticed.leads.add(record.id)
        noticed.accounts.update(_some(record.account_id))
    elif isinstance(record, Contact):
        if record not in session.new:
            noticed.contacts.add(record.id)
    elif isinstance(record, Account):
        if record not in session.new:
            noticed.accounts.add(record.id)
    elif isinstance(record, Deal):
        noticed.accounts.update(_some(record.account_id))
    else:
        noticed.leads.update(_some(record.lead_id))
        noticed.contacts.update(_some(record.contact_id))


def _some(number: int | None) -> tuple[int, ...]:
    return () if number is None else (number,)


def take(session: Session) -> Noticed | None:
    """What was noticed since the last time."""
    noticed: Noticed | None = session.info.pop("scoring", None)
    return noticed


def is_counted(session: Session, lead_id: int) -> None:
    """The lead has been counted just now, with all that is known so far."""
    noticed: Noticed | None = session.info.get("scoring")
    if noticed is not None:
        noticed.leads.discard(lead_id)


def accounts_of(session: Session, noticed: Noticed, changed: Sequence[int]) -> set[int]:
    """The accounts noticed, those of the contacts, and those of leads whose points have changed."""
    found = set(noticed.accounts)
    if noticed.contacts:
        found |= set(session.scalars(select(Contact.account_id).where(Contact.id.in_(noticed.contacts))))
    if changed:
        found |= set(session.scalars(select(Lead.account_id).where(Lead.id.in_(changed))))
    return {number for number in found if number is not None}


def leads_of(session: Session, noticed: Noticed) -> list[int]:
    """The leads noticed, and those of the contacts and accounts."""
    if not (noticed.contacts or noticed.accounts):
        return sorted(noticed.leads)
    theirs = or_(Lead.contact_id.in_(noticed.contacts), Lead.account_id.in_(noticed.accounts))
    return sorted(noticed.leads | set(session.scalars(select(Lead.id).where(theirs))))
