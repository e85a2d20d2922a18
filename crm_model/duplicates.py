"""Who a lead may be already: exactly by number or address, and probably by likeness of name and company."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, or_, select

from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.leads import DISQUALIFIED, Lead
from crm_model.records import fold
from kernel.context import Context

PHONE, EMAIL, NAME, COMPANY = "phone", "email", "name", "company"
LIKE = 86
"""How much alike two names are to count as probably the same, from 0 to 100."""
MOST = 20
LEGAL_FORMS = re.compile(r"\b(ооо|оао|зао|пао|ао|ип|нко|гк|llc|ltd|inc|gmbh|jsc|corp|co)\b")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`type` is lead, contact or account; `reasons` are phone, email, name, company; exact ones come first."""

    type: str
    record: Any
    reasons: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return PHONE in self.reasons or EMAIL in self.reasons


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody is doing for the client already."""

    type: str
    id: int
    owner_id: int


def of_lead(ctx: Context, lead: Lead) -> list[Duplicate]:
    """Everything that may be the same person or company, whoever it belongs to."""
    found = [*_leads(ctx, lead), *_contacts(ctx, lead), *_accounts(ctx, lead)]
    return sorted(found, key=lambda one: (not one.is_exact, one.type, -one.record.id))[:MOST]


def known_client(ctx: Context, lead: Lead) -> tuple[int | None, int | None]:
    """The one contact that is reached by the lead's number or address, and its account; None where it is not one."""
    keys = _same_channel(Contact, lead)
    people = (
        list(ctx.session.scalars(select(Contact).where(keys).order_by(Contact.id).limit(2))) if keys is not None else []
    )
    if len(people) == 1:
        return people[0].id, people[0].account_id
    keys = _same_channel(Account, lead)
    firms = list(ctx.session.scalars(select(Account.id).where(keys).limit(2))) if keys is not None else []
    return None, firms[0] if len(firms) == 1 and not people else None


def work_in_progress(ctx: Context, lead: Lead) -> Work | None:
    """An open deal, else an open lead, of the client with this number or address, that somebody owns; the newest."""
    same, people, firms = _same_lead(lead), _same_channel(Contact, lead), _same_channel(Account, lead)
    if same is None or people is None or firms is None:
        return None
    accounts = select(Contact.account_id).where(people).union(select(Account.id).where(firms))
    clients = or_(
        Deal.contact_id.in_(select(Contact.id).where(people)),
        Deal.account_id.in_(accounts),
        Deal.lead_id.in_(select(Lead.id).where(same, Lead.id != lead.id)),
    )
    deal = ctx.session.execute(
        select(Deal.id, Deal.owner_id)
        .where(clients, Deal.status == "open", Deal.owner_id.is_not(None))
        .order_by(Deal.id.desc())
    ).first()
    if deal is not None:
        return Work("deal", deal.id, deal.owner_id)
    other = ctx.session.execute(
        select(Lead.id, Lead.owner_id, Lead.deal_id)
        .where(same, Lead.id != lead.id, Lead.owner_id.is_not(None), Lead.deal_id.is_(None))
        .where(Lead.status != DISQUALIFIED)
        .order_by(Lead.id.desc())
    ).first()
    return Work("lead", other.id, other.owner_id) if other is not None else None


def _same_lead(lead: Lead) -> ColumnElement[bool] | None:
    ways = []
    if lead.phone_key:
        ways.append(Lead.phone_key == lead.phone_key)
    if lead.email_key:
        ways.append(Lead.email_key == lead.email_key)
    return or_(*ways) if ways else None


def _same_channel(model: Any, lead: Lead) -> ColumnElement[bool] | None:
    ways = []
    if lead.phone_key:
        ways.append(model.phone_keys.contains([lead.phone_key]))
    if lead.email_key:
        ways.append(model.email_keys.contains([lead.email_key]))
    return or_(*ways) if ways else None


def _leads(ctx: Context, lead: Lead) -> Iterable[Duplicate]:
    same = _same_lead(lead)
    ways = [
        way
        for way in (same, _words_in(Lead.search_key, lead.name), _words_in(Lead.search_key, lead.company))
        if way is not None
    ]
    query = select(Lead).where(or_(*ways), Lead.id != lead.id).order_by(Lead.id.desc()).limit(MOST * 3)
    for other in ctx.session.scalars(query):
        reasons = []
        if lead.phone_key and other.phone_key == lead.phone_key:
            reasons.append(PHONE)
        if lead.email_key and other.email_key == lead.email_key:
            reasons.append(EMAIL)
        if is_name_of_one(lead.name, other.name) and (
            not lead.company or not other.company or alike(lead.company, other.company)
        ):
            reasons.append(NAME)
            if alike(lead.company, other.company):
                reasons.append(COMPANY)
        if reasons:
            yield Duplicate("lead", other, tuple(reasons))


def _contacts(ctx: Context, lead: Lead) -> Iterable[Duplicate]:
    ways = [way for way in (_same_channel(Contact, lead), _words_in(Contact.search_key, lead.name)) if way is not None]
    if not ways:
        return
    for person in ctx.session.scalars(select(Contact).where(or_(*ways)).order_by(Contact.id.desc()).limit(MOST * 3)):
        reasons = _channels(lead, person)
        company = person.account.name if person.account else None
        if is_name_of_one(lead.name, person.name) and (not lead.company or not company or alike(lead.company, company)):
            reasons.append(NAME)
        if reasons:
            yield Duplicate("contact", person, tuple(reasons))


def _accounts(ctx: Context, lead: Lead) -> Iterable[Duplicate]:
    ways = [
        way for way in (_same_channel(Account, lead), _words_in(Account.search_key, lead.company)) if way is not None
    ]
    if not ways:
        return
    for firm in ctx.session.scalars(select(Account).where(or_(*ways)).order_by(Account.id.desc()).limit(MOST * 3)):
        reasons = _channels(lead, firm)
        if alike(lead.company, firm.name):
            reasons.append(COMPANY)
        if reasons:
            yield Duplicate("account", firm, tuple(reasons))


def _channels(lead: Lead, other: Any) -> list[str]:
    reasons = [PHONE] if lead.phone_key and lead.phone_key in other.phone_keys else []
    return [*reasons, EMAIL] if lead.email_key and lead.email_key in other.email_keys else reasons


def _words_in(key: Any, text: str | None) -> ColumnElement[bool] | None:
    """The longest word of a name stands in the record: what is worth comparing letter by letter."""
    words = sorted(core(text).split(), key=len, reverse=True)
    return key.contains(words[0], autoescape=True) if words and len(words[0]) > 2 else None


def core(text: str | None) -> str:
    """A name without case, quotes, punctuation and legal form."""
    plain = re.sub(r"[^\w\s]", " ", fold(text or ""))
    return " ".join(LEGAL_FORMS.sub(" ", plain).split())


def alike(one: str | None, other: str | None) -> bool:
    """Whether two names are probably the same, in whatever order their words come."""
    return are_alike(core(one), core(other))


def are_alike(first: str, second: str) -> bool:
    """The same for names that `core` has made plain."""
    return bool(first and second) and fuzz.token_sort_ratio(first, second, score_cutoff=LIKE) > 0


def is_name_of_one(one: str | None, other: str | None) -> bool:
    """The same for names of people, where one of the two may lack the patronymic."""
    return are_of_one(core(one), core(other))


def are_of_one(first: str, second: str) -> bool:
    if are_alike(first, second):
        return True
    return min(first.count(" "), second.count(" ")) > 0 and fuzz.token_set_ratio(first, second) == 100
