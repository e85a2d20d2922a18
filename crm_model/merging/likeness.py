"""What two records may have in common, and whether that makes them one: a score from 0 to 100 with its reasons."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Select, null, select
from sqlalchemy.orm import aliased

from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.duplicates import COMPANY, EMAIL, NAME, PHONE, are_alike, are_of_one, core
from crm_model.leads import DISQUALIFIED, Lead

INN = "inn"
WEIGHTS = {
    "account": {INN: 90, COMPANY: 70, EMAIL: 50, PHONE: 40},
    "contact": {EMAIL: 85, PHONE: 80, NAME: 60, COMPANY: 15},
    "lead": {EMAIL: 85, PHONE: 80, NAME: 60, COMPANY: 15},
}
SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Traits:
    """What a record is compared by, names made plain by `core`. `company` is the account's name, or what a lead says of
    its company."""

    id: int
    name: str
    company: str
    account_id: int | None
    inn: str | None
    phones: frozenset[str]
    emails: frozenset[str]


def traits_of(kind: str) -> Select[Any]:
    """(id, name, company, account_id, inn, phones, emails) of all records of a kind that are worth comparing."""
    if kind == "account":
        named = (Account.id, Account.name, Account.name, Account.id)
        return _select(*named, Account.inn, Account.phone_keys, Account.email_keys)
    if kind == "lead":
        asked = (Lead.id, Lead.name, Lead.company, Lead.account_id)
        return _select(*asked, null(), Lead.phone_key, Lead.email_key).where(Lead.status != DISQUALIFIED)
    firm = aliased(Account)
    person = (Contact.id, Contact.name, firm.name, Contact.account_id)
    query = _select(*person, null(), Contact.phone_keys, Contact.email_keys)
    return query.outerjoin(firm, firm.id == Contact.account_id)


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def read(row: Any) -> Traits:
    number, name, company, account_id, inn, phones, emails = row
    return Traits(number, core(name), core(company), account_id, inn, _keys(phones), _keys(emails))


def _keys(value: Any) -> frozenset[str]:
    return frozenset((value,) if isinstance(value, str) else value or ())


def keys_of(kind: str, one: Traits) -> set[str]:
    """Records without a key in common are not compared."""
    keys = {f"p:{phone}" for phone in one.phones} | {f"e:{email}" for email in one.emails}
    if one.inn:
        keys.add(f"i:{one.inn}")
    words = one.name.split()
    if kind == "account":
        return keys | {f"n:{word[:6]}" for word in words if len(word) >= SHORTEST_WORD}
    return keys | {f"n:{first[:3]}:{second[:3]}" for first, second in combinations(sorted(words), 2)}


def likeness(kind: str, one: Traits, other: Traits) -> tuple[int, list[str]] | None:
    """None for two that are two."""
    reasons = _REASONS[kind](one, other)
    if not reasons:
        return None
    return min(100, sum(WEIGHTS[kind][reason] for reason in reasons)), reasons


def _channels(one: Traits, other: Traits) -> list[str]:
    return [
        reason for reason, shared in ((PHONE, one.phones & other.phones), (EMAIL, one.emails & other.emails)) if shared
    ]


def _of_companies(one: Traits, other: Traits) -> list[str]:
    found = [INN] if one.inn and one.inn == other.inn else []
    if one.inn and other.inn and not found:
        return []
    return [*found, *_channels(one, other), *([COMPANY] if are_alike(one.name, other.name) else [])]


def _of_people(one: Traits, other: Traits) -> list[str]:
    """Colleagues share the numbers of their company, and namesakes work elsewhere: neither makes two people one."""
    reached = _channels(one, other)
    colleagues = one.account_id is not None and one.account_id == other.account_id
    same_company = colleagues or are_alike(one.company, other.company)
    if not reached and one.company and other.company and not same_company:
        return []
    if not are_of_one(one.name, other.name):
        return [] if colleagues else reached
    if not reached and not same_company and " " not in one.name:
        return []
    return [*reached, NAME, *([COMPANY] if same_company else [])]


_REASONS: dict[str, Callable[[Traits, Traits], list[str]]] = {
    "account": _of_companies,
    "contact": _of_people,
    "lead": _of_people,
}


def pairs_among(
    kind: str, groups: Iterable[Sequence[int]], traits: dict[int, Traits]
) -> list[tuple[int, int, int, list[str]]]:
    """(first, second, score, reasons) of every two that meet in a group and are probably one."""
    found: dict[tuple[int, int], tuple[int, list[str]] | None] = {}
    for group in groups:
        for pair in combinations(sorted(number for number in group if number in traits), 2):
            if pair not in found:
                found[pair] = likeness(kind, traits[pair[0]], traits[pair[1]])
    return [(first, second, *told) for (first, second), told in found.items() if told is not None]
