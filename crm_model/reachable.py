"""How a client is reached: numbers and addresses as typed, and the keys by which they are found again."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Text, func, or_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, validates

from crm_model import fields, inputs, listing
from crm_model.inputs import Field

CHANNELS = ("phone", "email", "messenger", "meeting", "post")
NUMBER = re.compile(r"[\d ()+.\-]+")


class Reachable:
    """Phones and e-mails of a record. The keys follow whatever is assigned, so no writer can forget them."""

    phones: Mapped[list[str]] = mapped_column(JSONB, default=list)
    emails: Mapped[list[str]] = mapped_column(JSONB, default=list)
    phone_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    email_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)

    @validates("phones")
    def _phones(self, _key: str, phones: list[str]) -> list[str]:
        self.phone_keys = _distinct(fields.phone_key(phone) for phone in phones or ())
        return phones or []

    @validates("emails")
    def _emails(self, _key: str, emails: list[str]) -> list[str]:
        self.email_keys = _distinct(fields.email_key(email) for email in emails or ())
        return emails or []


FIELDS = {
    "phones": Field(inputs.many(fields.phone), nullable=False),
    "emails": Field(inputs.many(fields.email), nullable=False),
}


def _distinct(keys: Any) -> list[str]:
    return [key for key in dict.fromkeys(keys) if key]


def has_text(q: str, model: Any) -> ColumnElement[bool]:
    """The text is in the record or one of its addresses, or its digits are in one of its numbers."""
    emails = func.array_to_string(model.email_keys, "\n").contains(q.strip().lower(), autoescape=True)
    phones = has_digits(q, func.array_to_string(model.phone_keys, "\n"))
    return either(listing.has_folded(q, model.search_key), emails, phones)


def either(text: ColumnElement[bool], *ways: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return or_(text, *(way for way in ways if way is not None))


def has_digits(q: str, numbers: Any) -> ColumnElement[bool] | None:
    """The digits of a number or of a part of one, 8 916… and +7 916… alike; None for other text."""
    digits = "".join(char for char in q if char.isdecimal())
    if len(digits) < 3 or not NUMBER.fullmatch(q):
        return None
    spellings = [digits]
    if digits.startswith("8") and not q.strip().startswith("+"):
        spellings.append("7" + digits[1:])
    return or_(*(numbers.contains(spelling, autoescape=True) for spelling in spellings))


def same_channel(model: Any, phones: list[str], emails: list[str]) -> ColumnElement[bool]:
    """The record is reached by one of these numbers or addresses, however either was typed."""
    return or_(
        model.phone_keys.overlap(_distinct(fields.phone_key(phone) for phone in phones)),
        model.email_keys.overlap(_distinct(fields.email_key(email) for email in emails)),
    )
