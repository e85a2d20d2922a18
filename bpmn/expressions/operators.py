"""What the operators mean at run time: forgiving between kinds that people mix, and bounded in every result.

A number and a text that writes a number compare and calculate as numbers (money is kept as text), a date and
an ISO text as dates; nothing is neither less nor greater; any other mixture is a problem naming both values.
"""

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bpmn.durations import Duration, WorkingDays, is_date
from bpmn.expressions.errors import Problem
from bpmn.expressions.values import (
    MAXIMUM_ITEMS,
    MAXIMUM_SIGNS,
    as_datetime,
    as_number,
    checked_number,
    shown,
)
from kernel.i18n import N_
from kernel.working_time import add_working_days

_PLAIN = frozenset({int, float})
_TRUE = frozenset({"true", "yes", "да"})
_FALSE = frozenset({"false", "no", "нет", ""})


def truth(value: Any) -> bool:
    """Whether a condition with this value holds; the text "false" of a foreign form does not."""
    if type(value) is bool:
        return value
    if type(value) is str:
        return value.strip().lower() not in _FALSE
    return bool(value)


def negation(value: Any) -> bool:
    return not truth(value)


def equal(left: Any, right: Any) -> bool:
    kind, other = type(left), type(right)
    if kind is other or left is None or right is None:
        return bool(left == right)
    if kind is bool or other is bool:
        return _equal_to_bool(left, right) if kind is bool else _equal_to_bool(right, left)
    if kind is str or other is str:
        text, value = (left, right) if kind is str else (right, left)
        if isinstance(value, int | float | Decimal):
            number = as_number(text)
            return number is not None and bool(number == _exact(value, number))
        if isinstance(value, date):
            return as_datetime(text) == as_datetime(value)
        return False
    if {kind, other} == {float, Decimal}:
        return bool(_exact(left, right) == _exact(right, left))
    if isinstance(left, date) and isinstance(right, date):
        return as_datetime(left) == as_datetime(right)
    return bool(left == right)


def _equal_to_bool(flag: bool, other: Any) -> bool:
    if isinstance(other, str):
        return other.strip().lower() in (_TRUE if flag else _FALSE - {""})
    return bool(flag == other)


def _exact(value: Any, other: Any) -> Any:
    """A float beside a decimal as the decimal it is written as."""
    return Decimal(repr(value)) if isinstance(value, float) and isinstance(other, Decimal) else value


def unequal(left: Any, right: Any) -> bool:
    return not equal(left, right)


def _ordered(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both sides as values that Python can order, or None where one of them is nothing."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        if is_date(left) and is_date(right):
            dates = as_datetime(left), as_datetime(right)
            if dates[0] and dates[1]:
                return dates
        numbers = as_number(left), as_number(right)
        return (left, right) if None in numbers else numbers
    if isinstance(left, date) or isinstance(right, date):
        moments = as_datetime(left), as_datetime(right)
        if moments[0] and moments[1]:
            return moments
    elif isinstance(left, timedelta | Duration) and isinstance(right, timedelta | Duration):
        return _length(left), _length(right)
    else:
        a = as_number(left) if isinstance(left, str) else left
        b = as_number(right) if isinstance(right, str) else right
        if isinstance(a, int | float | Decimal) and isinstance(b, int | float | Decimal):
            return _exact(a, b), _exact(b, a)
        if isinstance(left, list) and isinstance(right, list):
            raise Problem(N_("“%(expression)s”: lists cannot be compared by size."))
    raise Problem(
        N_("“%(expression)s”: %(left)s and %(right)s cannot be compared."),
        left=shown(left),
        right=shown(right),
    )


def _length(value: timedelta | Duration) -> timedelta:
    return value.as_timedelta() if isinstance(value, Duration) else value


def less(left: Any, right: Any) -> bool:
    if type(left) in _PLAIN and type(right) in _PLAIN:
        return bool(left < right)
    pair = _ordered(left, right)
    return pair is not None and bool(pair[0] < pair[1])


def less_or_equal(left: Any, right: Any) -> bool:
    if type(left) in _PLAIN and type(right) in _PLAIN:
        return bool(left <= right)
    pair = _ordered(left, right)
    return pair is not None and bool(pair[0] <= pair[1])


def greater(left: Any, right: Any) -> bool:
    if type(left) in _PLAIN and type(right) in _PLAIN:
        return bool(left > right)
    pair = _ordered(left, right)
    return pair is not None and bool(pair[0] > pair[1])


def greater_or_equal(left: Any, right: Any) -> bool:
    if type(left) in _PLAIN and type(right) in _PLAIN:
        return bool(left >= right)
    pair = _ordered(left, right)
    return pair is not None and bool(pair[0] >= pair[1])


def member(item: Any, container: Any) -> bool:
    """`in`: an item of a list, a key of a record, a part of a text. Nothing holds nothing."""
    if container is None:
        return False
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    if isinstance(container, dict):
        return isinstance(item, str) and item in container
    if isinstance(container, list | tuple):
        if len(container) > MAXIMUM_ITEMS:
            raise Problem(N_("“%(expression)s”: the list is too long."))
        return any(equal(item, other) for other in container)
    raise _cannot(N_("“%(expression)s”: nothing can be in %(value)s."), container)


def not_member(item: Any, container: Any) -> bool:
    return not member(item, container)


def identical(left: Any, right: Any) -> bool:
    return equal(left, right) if right is not None else left is None


def not_identical(left: Any, right: Any) -> bool:
    return not identical(left, right)


def between(value: Any, low: Any, high: Any) -> bool:
    return less_or_equal(low, value) and less_or_equal(value, high)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": equal, "!=": unequal, "<": less, "<=": less_or_equal, ">": greater, ">=": greater_or_equal,
    "in": member, "not in": not_member, "is": identical, "is not": not_identical,
}  # fmt: skip


def chain(signs: str, *operands: Any) -> bool:
    """`a < b <= c`, with the signs separated by commas."""
    return all(
        _COMPARISONS[sign](operands[number], operands[number + 1]) for number, sign in enumerate(signs.split(","))
    )


def _numbers(left: Any, right: Any, sign: str) -> tuple[Any, Any]:
    a = as_number(left) if isinstance(left, str) else left
    b = as_number(right) if isinstance(right, str) else right
    for value in (a, b):
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or isinstance(value, WorkingDays):
            raise Problem(
                N_("“%(expression)s”: %(left)s %(sign)s %(right)s cannot be calculated."),
                left=shown(left),
                right=shown(right),
                sign=sign,
            )
    return _exact(a, b), _exact(b, a)


def add(left: Any, right: Any) -> Any:
    kind, other = type(left), type(right)
    if kind in _PLAIN and other in _PLAIN:
        return checked_number(left + right)
    if kind is str and other is str:
        if len(left) + len(right) > MAXIMUM_SIGNS:
            raise Problem(N_("“%(expression)s”: the text becomes too long."))
        return left + right
    if kind is list and other is list:
        if len(left) + len(right) > MAXIMUM_ITEMS:
            raise Problem(N_("“%(expression)s”: the list becomes too long."))
        return left + right
    if _is_span(right):
        return later(left, right)
    if _is_span(left):
        return later(right, left)
    a, b = _numbers(left, right, "+")
    return checked_number(a + b)


def _is_span(value: Any) -> bool:
    return isinstance(value, timedelta | Duration | WorkingDays)


def later(value: Any, span: Any) -> Any:
    """A date (or a duration) with a duration added."""
    if isinstance(value, timedelta | Duration) and isinstance(span, timedelta | Duration):
        return plain_span(_as_duration(value) + span)
    moment = as_datetime(value)
    if moment is None:
        raise _cannot(N_("“%(expression)s”: a duration can only be added to a date, not to %(value)s."), value)
    return add_working_days(moment, int(span)) if isinstance(span, WorkingDays) else moment + span


def _as_duration(value: timedelta | Duration) -> Duration:
    return value if isinstance(value, Duration) else Duration(time=value)


def plain_span(value: Any) -> Any:
    """A duration without months as a timedelta, which is what the rest of the world knows."""
    return value.as_timedelta() if isinstance(value, Duration) and value.is_exact else value


def subtract(left: Any, right: Any) -> Any:
    if type(left) in _PLAIN and type(right) in _PLAIN:
        return checked_number(left - right)
    if _is_span(right):
        return later(left, WorkingDays(-right) if isinstance(right, WorkingDays) else -right)
    if isinstance(left, date) or isinstance(right, date):
        start, end = as_datetime(right), as_datetime(left)
        if start and end:
            return end - start
    a, b = _numbers(left, right, "-")
    return checked_number(a - b)


def multiply(left: Any, right: Any) -> Any:
    if type(left) in _PLAIN and type(right) in _PLAIN:
        return checked_number(left * right)
    if isinstance(left, timedelta | Duration) and type(right) in _PLAIN:
        return left * right if isinstance(left, timedelta) else _times(left, right)
    if isinstance(right, timedelta | Duration) and type(left) in _PLAIN:
        return multiply(right, left)
    a, b = _numbers(left, right, "*")
    return checked_number(a * b)


def _times(duration: Duration, number: Any) -> Duration:
    if type(number) is not int or abs(number) > 10_000:
        raise _cannot(N_("“%(expression)s”: months cannot be taken %(value)s times."), number)
    return Duration(duration.months * number, duration.days * number, duration.time * number)


def divide(left: Any, right: Any) -> Any:
    if isinstance(left, timedelta) and (type(right) in _PLAIN or isinstance(right, timedelta)) and right:
        return left / right
    a, b = _numbers(left, right, "/")
    _check_divisor(b)
    if type(a) is int and type(b) is int:
        return a // b if a % b == 0 else a / b
    return checked_number(a / b)


def floor_divide(left: Any, right: Any) -> Any:
    a, b = _numbers(left, right, "//")
    _check_divisor(b)
    return checked_number(a // b)


def remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str) and as_number(left) is None:
        raise Problem(N_("“%(expression)s”: %% calculates a remainder and does not fill in texts."))
    a, b = _numbers(left, right, "%")
    _check_divisor(b)
    return checked_number(a % b if not isinstance(a, Decimal) else a - b * math.floor(a / b))


def _check_divisor(value: Any) -> None:
    if value == 0:
        raise Problem(N_("“%(expression)s” divides by zero."))


def negate(value: Any) -> Any:
    if isinstance(value, timedelta | Duration):
        return -value
    if isinstance(value, WorkingDays):
        return WorkingDays(-value)
    return checked_number(-_numbers(value, 0, "-")[0])


def plus(value: Any) -> Any:
    return _numbers(value, 0, "+")[0]


_MOMENT_PARTS: dict[str, Callable[[datetime], Any]] = {
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
    "weekday": lambda moment: moment.isoweekday(),
}
_SPAN_PARTS: dict[str, Callable[[timedelta], Any]] = {
    "days": lambda span: span.days,
    "hours": lambda span: span.total_seconds() / 3600,
    "minutes": lambda span: span.total_seconds() / 60,
    "seconds": lambda span: span.total_seconds(),
}


def field(value: Any, name: str) -> Any:
    """`value.name`: data only, never an attribute of a Python object."""
    if type(value) is dict:
        return value.get(name)
    if value is None:
        return None
    if isinstance(value, datetime) and name in _MOMENT_PARTS:
        return _MOMENT_PARTS[name](value)
    if isinstance(value, timedelta) and name in _SPAN_PARTS:
        return _SPAN_PARTS[name](value)
    if name in ("length", "size") and isinstance(value, str | list | tuple):
        return len(value)
    if isinstance(value, str) and name in _MOMENT_PARTS and (moment := as_datetime(value)):
        return _MOMENT_PARTS[name](moment)
    raise Problem(N_("“%(expression)s”: %(value)s has no field “%(field)s”."), value=shown(value), field=name)


def item(value: Any, key: Any) -> Any:
    """A record's field, or an item counted from 0 (from -1 backwards); nothing beyond the ends."""
    if value is None or key is None:
        return None
    if type(value) is dict:
        return value.get(key) if isinstance(key, str) else value.get(str(key))
    if isinstance(value, list | tuple | str) and type(key) is int:
        return value[key] if -len(value) <= key < len(value) else None
    raise Problem(N_("“%(expression)s”: %(value)s has no item %(key)s."), value=shown(value), key=shown(key))


def item_from_one(value: Any, key: Any) -> Any:
    """FEEL's way of counting: the first item is 1."""
    if type(key) is int:
        if key == 0:
            return None
        return item(value if not isinstance(value, str) else None, key - 1 if key > 0 else key)
    return item(value, key)


def _cannot(message: str, value: Any) -> Problem:
    return Problem(message, value=shown(value))


OPERATORS: dict[str, Callable[..., Any]] = {
    **_COMPARISONS,
    "not": negation, "between": between, "chain": chain, "truth": truth,
    "+": add, "-": subtract, "*": multiply, "/": divide, "//": floor_divide, "%": remainder,
    "negate": negate, "plus": plus, "field": field, "item": item, "item_from_one": item_from_one,
}  # fmt: skip

CALCULATION_ERRORS = (
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    MemoryError,
)
"""What Python itself may raise for strange values; the compiler turns them into one plain message."""
