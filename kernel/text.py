"""Values in words, for people: money, dates near and far, durations, phones; in Russian and English.

Nothing here knows a request: language, present moment and time zone are given.
"""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import phonenumbers
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol

from kernel.i18n import N_, translate, translate_plural

THIN = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
NEAR = timedelta(hours=6)
"""Times nearer than this are told in minutes and hours."""

_DAY_NAMES = {-1: N_("yesterday"), 0: N_("today"), 1: N_("tomorrow")}
_LARGE = ((10**9, N_("bn")), (10**6, N_("m")), (10**3, N_("k")))


def number(value: Any, language: str) -> str:
    """`1 200 000,5` or `1,200,000.5`, groups never broken over lines."""
    return _decimal(Decimal(str(value)), "#,##0.######", language)


def money(amount: Any, currency: str, language: str) -> str:
    """`1 200 000 ₽`; small change only where there is any."""
    value = Decimal(str(amount))
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0.00"
    return f"{_decimal(value, pattern, language)}{NO_BREAK}{_sign(currency)}"


def short_money(amount: Any, currency: str, language: str) -> str:
    """`1,2 млн ₽`, where there is little room."""
    value = Decimal(str(amount))
    for size, unit in _LARGE:
        if abs(value) >= size:
            scaled = _decimal(value / size, "#,##0.#", language)
            return NO_BREAK.join((scaled, translate(unit, language), _sign(currency)))
    return money(value, currency, language)


def _decimal(value: Decimal, pattern: str, language: str) -> str:
    """With a minus sign as long as the plus, where typewriters have a hyphen."""
    return format_decimal(value, pattern, locale=language).replace(NO_BREAK, THIN).replace("-", MINUS)


def _sign(currency: str) -> str:
    return get_currency_symbol(currency, locale="ru" if currency == "RUB" else "en")


def count(number_of: int, one: str, many: str, language: str) -> str:
    """`3 задачи`: the templates hold `%(count)s`."""
    return translate_plural(one, many, number_of, language)


def day(value: date, language: str, today: date) -> str:
    """`сегодня`, `21 ноября`, `21 ноября 2027`."""
    name = _DAY_NAMES.get((value - today).days)
    if name:
        return translate(name, language)
    pattern = "d MMMM" if value.year == today.year else "d MMMM yyyy"
    return format_date(value, pattern, locale=language)


def moment(value: datetime, language: str, now: datetime, zone: tzinfo) -> str:
    """`сегодня, 14:30`, `21 ноября, 14:30`."""
    local = value.astimezone(zone)
    return f"{day(local.date(), language, now.astimezone(zone).date())}, {local:%H:%M}"


def distance(value: datetime, language: str, now: datetime, zone: tzinfo) -> str:
    """How far away it is: `через 2 часа`, `5 минут назад`; from six hours on, when it is."""
    away = value - now
    if abs(away) >= NEAR:
        return moment(value, language, now, zone)
    if abs(away) < timedelta(minutes=1):
        return translate(N_("now"), language)
    minutes = int(abs(away) / timedelta(minutes=1))
    hours = round(abs(away) / timedelta(hours=1))
    if away > timedelta(0):
        if minutes < 60:
            return translate_plural("in %(count)s minute", "in %(count)s minutes", minutes, language)
        return translate_plural("in %(count)s hour", "in %(count)s hours", hours, language)
    if minutes < 60:
        return translate_plural("%(count)s minute ago", "%(count)s minutes ago", minutes, language)
    return translate_plural("%(count)s hour ago", "%(count)s hours ago", hours, language)


def duration(value: timedelta, language: str) -> str:
    """The largest unit only: `3 дня`, `2 часа`, `1 минута`."""
    seconds = int(abs(value).total_seconds())
    if seconds >= 86400:
        return translate_plural("%(count)s day", "%(count)s days", seconds // 86400, language)
    if seconds >= 3600:
        return translate_plural("%(count)s hour", "%(count)s hours", seconds // 3600, language)
    if seconds >= 60:
        return translate_plural("%(count)s minute", "%(count)s minutes", seconds // 60, language)
    return translate_plural("%(count)s second", "%(count)s seconds", seconds, language)


def phone(typed: str, region: str = "RU") -> str:
    """`+7 916 123-45-67`; what is no number stays as it was typed."""
    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return typed
    if not phonenumbers.is_possible_number(parsed):
        return typed
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def initials(name: str) -> str:
    """`ИП` of Иван Петров, for round pictures."""
    parts = [part for part in name.split() if part[0].isalnum()]
    return "".join(part[0] for part in parts[:2]).upper() or "?"
