"""Who is behind a number or an address: the newest that is known of a person, and who is responsible there."""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import and_, func, or_, select

from crm_model import fields
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.leads import DISQUALIFIED, Lead
from crm_model.users import User
from kernel.context import Context

OPEN = "open"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person; nothing at all for a stranger."""

    lead: Lead | None = None
    contact: Contact | None = None
    account: Account | None = None
    deal: Deal | None = None

    @property
    def owner_id(self) -> int | None:
        """Who works with the client just now."""
        records = (self.deal, self.lead, self.contact, self.account)
        return next((record.owner_id for record in records if record is not None and record.owner_id), None)

    @property
    def name(self) -> str | None:
        people = (self.contact, self.lead, self.account)
        return next((person.name for person in people if person is not None), None)

    @property
    def path(self) -> str | None:
        """The card to open: of the closest record there is."""
        kinds = (("deals", self.deal), ("leads", self.lead), ("contacts", self.contact), ("accounts", self.account))
        return next((f"/{kind}/{record.id}" for kind, record in kinds if record is not None), None)

    @property
    def links(self) -> dict[str, int | None]:
        records = {"deal": self.deal, "lead": self.lead, "contact": self.contact, "account": self.account}
        return {f"{kind}_id": record.id if record is not None else None for kind, record in records.items()}


def by_phone(ctx: Context, number: str) -> Known:
    key = fields.phone_key(number)
    if not key:
        return Known()
    contact = _newest(ctx, Contact, Contact.phone_keys.overlap([key]))
    account = _newest(ctx, Account, Account.phone_keys.overlap([key]))
    return _around(ctx, contact, account, _newest(ctx, Lead, Lead.phone_key == key, Lead.status != DISQUALIFIED))


def by_email(ctx: Context, address: str) -> Known:
    key = fields.email_key(address)
    contact = _newest(ctx, Contact, Contact.email_keys.overlap([key]))
    account = _newest(ctx, Account, Account.email_keys.overlap([key]))
    return _around(ctx, contact, account, _newest(ctx, Lead, Lead.email_key == key, Lead.status != DISQUALIFIED))


def colleague(ctx: Context, named: str | None) -> User | None:
    """One of our people by user name, or by the number of the own phone."""
    if not named:
        return None
    user = ctx.session.scalar(select(User).where(User.username == named.lower(), User.active))
    key = fields.phone_key(named)
    if user is not None or not key:
        return user
    typed = select(User).where(User.phone.is_not(None), User.active, func.length(User.phone) <= fields.LONGEST_PHONE)
    return next((one for one in ctx.session.scalars(typed) if fields.phone_key(one.phone or "") == key), None)


def _around(ctx: Context, contact: Contact | None, account: Account | None, lead: Lead | None) -> Known:
    if contact is None and lead is not None and lead.contact_id:
        contact = ctx.session.get(Contact, lead.contact_id)
    if account is None and contact is not None and contact.account_id:
        account = ctx.session.get(Account, contact.account_id)
    ways = [
        *([Deal.contact_id == contact.id] if contact is not None else []),
        *([Deal.account_id == account.id] if account is not None else []),
        *([Deal.id == lead.deal_id] if lead is not None and lead.deal_id else []),
    ]
    deal = _newest(ctx, Deal, and_(Deal.status == OPEN, or_(*ways))) if ways else None
    return Known(lead=lead, contact=contact, account=account, deal=deal)


def _newest(ctx: Context, model: type[R], *wanted: object) -> R | None:
    query = select(model).where(*wanted).order_by(model.id.desc()).limit(1)  # type: ignore[arg-type, attr-defined]
    return ctx.session.scalar(query)
