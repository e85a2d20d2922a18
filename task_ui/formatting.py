"""Values as people read them: `kernel.text` in the reader's language and time zone, as filters of templates."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import g
from markupsafe import Markup, escape

from kernel import text
from kernel.i18n import N_, translate, translate_plural


def money(amount: Any, currency: str = "RUB") -> str:
    return "" if amount in (None, "") else _wider(text.money(amount, currency, g.language))


def short_money(amount: Any, currency: str = "RUB") -> str:
    return "" if amount is None else _wider(text.short_money(amount, currency, g.language))


def number(value: Any) -> str:
    return "" if value is None else in_thousands(value, g.language)


def in_thousands(value: Any, language: str) -> str:
    return _wider(text.number(value, language))


def _wider(number: str) -> str:
    """Inter draws the narrow space so narrow that thousands run together."""
    return number.replace("\u202f", "\u00a0")


def zone() -> ZoneInfo:
    context = getattr(g, "context", None)
    return _zone(context.actor.time_zone if context is not None else "Europe/Moscow")


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(moment: datetime) -> datetime:
    return moment.astimezone(zone())


def now() -> datetime:
    return local(g.context.now())


def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    when = local(value).date() if isinstance(value, datetime) else value
    return text.day(when, g.language, now().date())


def exact_day(value: date | datetime) -> str:
    """`23 ноября`, today too, for sentences; with the year where it is another."""
    when = local(value).date() if isinstance(value, datetime) else value
    pattern = "d MMMM" if when.year == now().year else "d MMMM yyyy"
    return format_date(when, pattern, locale=g.language)


def weekday(value: date) -> str:
    """`пн, 23 ноября`."""
    return format_date(value, "EEE, d MMMM" if g.language == "ru" else "EEE, MMMM d", locale=g.language)


def week(first: date) -> str:
    """The seven days from one on."""
    return days_to(first, first + timedelta(days=6))


def days_to(first: date, last: date) -> str:
    """`23 – 29 ноября`, `30 ноября – 6 декабря`; with the year where it is another than this."""
    within = (first.year, first.month) == (last.year, last.month)
    start, end = (
        ("MMMM d", "d" if within else "MMMM d") if g.language == "en" else ("d" if within else "d MMMM", "d MMMM")
    )
    if last.year != now().year:
        end += ", yyyy" if g.language == "en" else " yyyy"
    if first.year not in (last.year, now().year):
        start += ", yyyy" if g.language == "en" else " yyyy"
    return f"{format_date(first, start, locale=g.language)} – {format_date(last, end, locale=g.language)}"


def moment(value: datetime | None) -> str:
    return "" if value is None else text.moment(value, g.language, now(), zone())


def clock(value: datetime | None) -> str:
    return "" if value is None else f"{local(value):%H:%M}"


def due(value: datetime | None) -> str:
    """How far a time is: `через 2 часа`, `вчера, 14:30`; past days by their number."""
    if value is None:
        return ""
    days = (local(value).date() - now().date()).days
    if -30 < days < -1:
        return translate_plural("%(count)s day ago", "%(count)s days ago", -days, g.language)
    if abs(days) > 1:
        return day(value)
    return text.distance(value, g.language, now(), zone())


def ago(value: datetime | None) -> Markup:
    """A past or coming time in words, with the exact one on hover and for machines."""
    if value is None:
        return Markup("")
    exact = format_datetime(local(value), "d MMMM yyyy, HH:mm", locale=g.language)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), exact, due(value))


def is_late(value: datetime | None) -> bool:
    return value is not None and value < g.context.now()


def is_today(value: datetime | None) -> bool:
    return value is not None and local(value).date() == now().date()


def duration(value: timedelta | None) -> str:
    return "" if value is None else text.duration(value, g.language)


def since_days(value: datetime | None) -> int:
    return (g.context.now() - value).days if value else 0


def size(count: int | None) -> str:
    """Bytes as people say them."""
    amount = float(count or 0)
    for unit in (N_("B"), N_("KB"), N_("MB")):
        if amount < 1024 or unit == "MB":
            return f"{format_decimal(round(amount, 1 if amount < 10 else 0), locale=g.language)} {translate(unit, g.language)}"
        amount /= 1024
    return ""


def for_input(value: Any) -> str:
    """A value as an input field wants it: local time without zone, plain numbers."""
    if value is None or value is True or value is False:
        return ""
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal(1))) if value == value.to_integral_value() else f"{value.normalize():f}"
    return str(value)


def tel(phone: str) -> str:
    """A number as `tel:` wants it: digits and a leading plus."""
    return ("+" if phone.strip().startswith("+") else "") + "".join(char for char in phone if char.isdigit())


def count_of(number_of: int, one: str, many: str) -> str:
    return text.count(number_of, one, many, g.language)


def text_html(value: str | None) -> Markup:
    """Plain text with its lines kept."""
    return Markup("<br>").join(escape(line) for line in (value or "").splitlines())


FILTERS = {
    "money": money, "short_money": short_money, "number": number, "day": day, "exact_day": exact_day,
    "weekday": weekday, "week": week,
    "days_to": days_to, "moment": moment, "clock": clock, "due": due, "ago": ago, "is_late": is_late,
    "is_today": is_today, "duration": duration, "since_days": since_days, "size": size, "initials": text.initials,
    "for_input": for_input, "tel": tel, "phone": text.phone, "text_html": text_html,
}  # fmt: skip
