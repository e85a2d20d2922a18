"""Values of the language and their coercions: dates and numbers from texts, JSON from everything."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bpmn.durations import Duration, TimeError, WorkingDays, is_date, iso_duration, parse_date
from bpmn.expressions.errors import ExpressionError, Problem
from kernel import working_time
from kernel.i18n import N_

MAXIMUM_INTEGER = 2**63 - 1
MAXIMUM_SIGNS = 100_000
MAXIMUM_ITEMS = 10_000
MAXIMUM_DEPTH = 20

_NUMERIC = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?")


def as_datetime(value: Any) -> datetime | None:
    """A moment from a datetime, date or ISO text (in the calendar's zone where it names none), else None."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=working_time.zone())
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=working_time.zone())
    if isinstance(value, str) and is_date(value):
        try:
            return parse_date(value, working_time.zone())
        except TimeError:
            return None
    return None


def as_number(text: str) -> int | Decimal | None:
    """The number a text writes (money is kept as "1500000.00"), else None."""
    if not _NUMERIC.fullmatch(text):
        return None
    number: int | Decimal = Decimal(text) if "." in text else int(text)
    return number if -MAXIMUM_INTEGER <= number <= MAXIMUM_INTEGER else None


def checked_number(value: Any) -> Any:
    """The result of arithmetic, if it is a number that can be stored."""
    kind = type(value)
    if kind is int:
        if -MAXIMUM_INTEGER <= value <= MAXIMUM_INTEGER:
            return value
    elif kind is float:
        if -1.7e308 <= value <= 1.7e308:
            return value
    elif kind is Decimal and value.is_finite() and abs(value) <= MAXIMUM_INTEGER:
        return value
    elif kind is complex:
        raise Problem(N_("“%(expression)s” has no number as its result."))
    raise Problem(N_("“%(expression)s”: the result is too large a number."))


def to_json_value(value: Any) -> Any:
    """What is stored in a variable: JSON only; dates become ISO texts in UTC, durations and money texts."""
    try:
        return stored(value)
    except Problem as problem:
        raise ExpressionError.of(problem, shown(value)) from problem


def stored(value: Any) -> Any:
    """As `to_json_value`, but what it refuses is a problem of the expression."""
    return _json(value, [MAXIMUM_ITEMS, MAXIMUM_SIGNS], 0)


def _json(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > MAXIMUM_DEPTH:
        raise Problem(N_("“%(expression)s”: the value is too large to be kept."))
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int or kind is float:
        return checked_number(value)
    if kind is str:
        left[1] -= len(value)
        if left[1] < 0:
            raise Problem(N_("“%(expression)s”: the value is too large to be kept."))
        return value
    if kind is list or kind is tuple:
        return [_json(item, left, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(key): _json(item, left, depth + 1) for key, item in value.items()}
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=working_time.zone())).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return iso_duration(value)
    if isinstance(value, Duration):
        return str(value)
    if isinstance(value, Decimal):
        return format(checked_number(value), "f")
    if isinstance(value, WorkingDays):
        raise Problem(N_("“%(expression)s”: working days can be added to a date, but not kept."))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return checked_number(int(value))
    raise Problem(N_("“%(expression)s”: a value of this kind cannot be kept."))


def shown(value: Any) -> str:
    """A value as a message repeats it, short and the same in every language."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"“{value[:40]}…”" if len(value) > 40 else f"“{value}”"
    if isinstance(value, list | tuple):
        return "[…]" if value else "[]"
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, timedelta):
        return iso_duration(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
