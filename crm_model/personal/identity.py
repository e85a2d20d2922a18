"""By what a person is told from others wherever they are mentioned: full names, numbers, addresses, past ones too."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from crm_model import fields
from crm_model.accounts import Account
from crm_model.audit import AuditEntry
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.merging.tables import MergeBatch
from crm_model.records import fold
from crm_model.users import User

NAMES, PHONES, EMAILS, HANDLES = ("name",), ("phone", "phones"), ("email", "emails"), ("messengers",)
LETTER = r"[0-9A-Za-zА-Яа-яЁё_]"
GAP = "[ ()\u00a0.\\-]{0,3}"
FEWEST_DIGITS = 7
MOST_WORDS = 4


@dataclass(slots=True)
class Person:
    """The records that are one person, and what they are called in them."""

    contacts: list[Contact]
    leads: list[Lead]
    names: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    handles: set[str] = field(default_factory=set)

    @property
    def ids(self) -> dict[str, list[int]]:
        return {"contact": [one.id for one in self.contacts], "lead": [one.id for one in self.leads]}

    def note(self, values: dict[str, Any]) -> None:
        """Takes what identifies from the values of a record, by the names of its fields."""
        for names, into in ((NAMES, self.names), (PHONES, self.phones), (EMAILS, self.emails), (HANDLES, self.handles)):
            for name in names:
                into.update(text.strip() for text in _texts(values.get(name)) if text.strip())


def of(session: Session, contacts: list[Contact], leads: list[Lead]) -> Person:
    """With what the records were called before, as changes and merges tell."""
    found = Person(contacts, leads)
    for contact in contacts:
        found.note(
            {"name": contact.name, "phones": contact.phones, "emails": contact.emails, "messengers": contact.messengers}
        )
    for lead in leads:
        found.note({"name": lead.name, "phone": lead.phone, "email": lead.email})
    for kind, ids in found.ids.items():
        mine = (AuditEntry.entity == kind) & (AuditEntry.record_type == kind) & AuditEntry.record_id.in_(ids)
        for changes in session.scalars(select(AuditEntry.changes).where(mine)):
            found.note(changes)
        merged = (MergeBatch.kind == kind) & (MergeBatch.survivor_id.in_(ids) | MergeBatch.loser_id.in_(ids))
        for batch in session.scalars(select(MergeBatch).where(merged)):
            for row in (batch.loser, batch.was):
                found.note(row)
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that others have too, so it is not looked for elsewhere: a company's number, a namesake's name."""

    kind: str
    type: str
    id: int


def split(session: Session, person: Person) -> tuple[list[str], list[Shared]]:
    """Patterns of what is this person's alone, and what others share."""
    patterns: list[str] = []
    shared: list[Shared] = []
    for number in sorted(person.phones):
        key = fields.phone_key(number)
        others = _others(session, person, phone=key) if key else []
        shared += [Shared("phone", *other) for other in others]
        if not others and sum(char.isdigit() for char in number) >= FEWEST_DIGITS:
            patterns.append(of_phone(key or number))
    for address in sorted(person.emails):
        others = _others(session, person, email=fields.email_key(address))
        shared += [Shared("email", *other) for other in others]
        if not others and fields.may_be_address(address):
            patterns.append(of_text(address, beside=r"[\w.+\-]"))
    for name in sorted(person.names):
        others = _others(session, person, name=fold(name))
        shared += [Shared("name", *other) for other in others]
        if not others and len(name.split()) > 1:
            patterns += of_name(name)
    patterns += [of_text(handle) for handle in sorted(person.handles) if len(handle) > 3]
    return list(dict.fromkeys(patterns)), list(dict.fromkeys(shared))


def _others(session: Session, person: Person, **key: str) -> list[tuple[str, int]]:
    """Records of others with the same number, address or name, as (type, id)."""
    [(kind, value)] = key.items()
    of_lists = {"phone": "phone_keys", "email": "email_keys"}
    found: list[tuple[str, int]] = []
    for name, model in (("contact", Contact), ("account", Account), ("lead", Lead)):
        if kind == "name":
            same: Any = model.sort_key == value
        elif model is Lead:
            same = getattr(Lead, f"{kind}_key") == value
        else:
            same = getattr(model, of_lists[kind]).contains([value])
        own = person.ids.get(name, [])
        found += [(name, number) for number in session.scalars(select(model.id).where(same, model.id.not_in(own)))]
    if kind != "phone":
        user = User.sort_key == value if kind == "name" else or_(User.email == value)
        found += [("user", number) for number in session.scalars(select(User.id).where(user))]
    return found


def of_phone(number: str) -> str:
    """The number however it is written down, with or without the country's code."""
    digits = [char for char in number if char.isdigit()]
    if len(digits) == 11 and digits[0] in "78":
        return rf"(?<![0-9])(\+?7|8)?{GAP}{GAP.join(digits[1:])}(?![0-9])"
    return rf"(?<![0-9])\+?{GAP.join(digits)}(?![0-9])"


def of_name(name: str) -> list[str]:
    """The words of a name in any order."""
    words = name.split()
    orders: Iterable[tuple[str, ...]] = permutations(words) if len(words) <= MOST_WORDS else [tuple(words)]
    return [of_text(" ".join(order)) for order in orders]


def of_text(text: str, beside: str = LETTER) -> str:
    """A text in capitals or not, with е or ё, not as a part of a longer word. The classes are written out, as databases
    without a language know no capitals of Russian letters."""
    body = "".join(_either_case(char) for char in text)
    return f"(?<!{beside}){body}(?!{beside})"


def _either_case(char: str) -> str:
    if char.isspace():
        return r"\s+"
    if char.lower() in "её":
        return "[еёЕЁ]"
    return f"[{char.lower()}{char.upper()}]" if char.lower() != char.upper() else re.escape(char)
