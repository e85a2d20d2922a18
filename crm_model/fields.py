"""What a client's data must look like, for `crm_model.inputs`: channels, legal details, short texts."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from crm_model import inputs
from crm_model.inputs import Read, Wrong
from kernel.context import Context
from kernel.i18n import N_

DEFAULT_REGION = "RU"
LONGEST_PHONE = 50
LARGEST_JSON = 20_000


def text(length: int) -> Read:
    """One line of at most so many characters."""

    def read_text(ctx: Context, value: Any) -> str:
        line = inputs.name(ctx, value)
        if len(line) > length:
            raise Wrong(N_("At most %(count)d characters."), count=length)
        return line

    return read_text


def whole(largest: int, smallest: int = 0) -> Read:
    def read_whole(ctx: Context, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= largest:
            raise Wrong(
                N_("This must be a whole number from %(smallest)s to %(largest)s."),
                smallest=smallest,
                largest=largest,
            )
        return value

    return read_whole


def mapping(ctx: Context, value: Any) -> dict[str, Any]:
    """Free facts by name, of a sensible size."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise Wrong(N_("This must be an object."))
    if len(repr(value)) > LARGEST_JSON or "\\x00" in repr(value) or "\\ud" in repr(value):
        raise Wrong(N_("This is too large or contains control characters."))
    return value


def time_zone(ctx: Context, value: Any) -> str:
    if value not in _time_zones():
        raise Wrong(N_("There is no such time zone."))
    return str(value)


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def email(ctx: Context, value: Any) -> str:
    address = inputs.name(ctx, value)
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise Wrong(N_("This is not an e-mail address.")) from None
    return address


def phone(ctx: Context, value: Any) -> str:
    """As typed, with whatever stands beside the number; there must be a number in it."""
    typed = inputs.name(ctx, value)
    if len(typed) > LONGEST_PHONE:
        raise Wrong(N_("At most %(count)d characters."), count=LONGEST_PHONE)
    if sum(char.isdecimal() for char in typed) < 3:
        raise Wrong(N_("This is not a phone number."))
    return typed


def email_key(typed: str) -> str:
    """What equal addresses have in common."""
    return typed.strip().lower()


@lru_cache(maxsize=10_000)
def phone_key(typed: str) -> str:
    """The number as +79161234567 where it is one (Russian unless it says otherwise), else its digits."""
    try:
        number = phonenumbers.parse(typed, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return "".join(char for char in typed if char.isdecimal())


def is_whole_number(typed: str) -> bool:
    """Whether somebody can be called by it from anywhere: no digit too few or too many."""
    try:
        number = phonenumbers.parse(typed, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def may_be_address(typed: str) -> bool:
    """One @ with something on both sides; whether it is anybody's, a letter tells."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+", typed.strip()) is not None


def website(ctx: Context, value: Any) -> str:
    """An address of the web; anything but http(s) could run as a script when clicked."""
    address = inputs.name(ctx, value)
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", None
    if parts is None or parts.scheme not in ("http", "https") or "." not in host or re.search(r"\s", address):
        raise Wrong(N_("This is not an address of a website."))
    return address


def digits(lengths: tuple[int, ...], is_right: Callable[[str], bool], message: str) -> Read:
    def read_digits(ctx: Context, value: Any) -> str:
        code = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if len(code) not in lengths or not is_right(code):
            raise Wrong(message)
        return code

    return read_digits


def is_inn(code: str) -> bool:
    """Check digits of a Russian taxpayer number: 10 digits of a company, 12 of a person."""

    def check(weights: tuple[int, ...]) -> int:
        return sum(weight * int(digit) for weight, digit in zip(weights, code, strict=False)) % 11 % 10

    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", code) or not code.strip("0"):
        return False
    if len(code) == 10:
        return check((2, 4, 10, 3, 5, 9, 4, 6, 8)) == int(code[9])
    return check((7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) == int(code[10]) and check((3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) == int(
        code[11]
    )


def is_kpp(code: str) -> bool:
    """Tax office, reason (two digits or capital letters) and serial number; it has no check digit."""
    return re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", code) is not None


def is_ogrn(code: str) -> bool:
    """Check digit of a state registration number: 13 digits of a company, 15 of an entrepreneur."""
    if not re.fullmatch(r"[0-9]{13}|[0-9]{15}", code) or not code.strip("0"):
        return False
    return int(code[:-1]) % (len(code) - 2) % 10 == int(code[-1])


inn = digits((10, 12), is_inn, N_("This is not an INN: a digit is wrong."))
kpp = digits((9,), is_kpp, N_("A KPP has 9 characters, like 770101001."))
ogrn = digits((13, 15), is_ogrn, N_("This is not an OGRN: a digit is wrong."))
