"""The functions of the language in one table, with the names FEEL and JUEL have for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from functools import cmp_to_key
from typing import Any

from bpmn.durations import WorkingDays, parse_date, parse_duration
from bpmn.expressions.errors import Problem
from bpmn.expressions.operators import add, divide, equal, less, member, plain_span, remainder, truth
from bpmn.expressions.values import (
    MAXIMUM_ITEMS,
    MAXIMUM_SIGNS,
    as_datetime,
    as_number,
    checked_number,
    shown,
    stored,
)
from kernel.i18n import N_
from kernel.working_time import (
    DEFAULT_ZONE,
    add_working_days,
    add_working_hours,
    is_working_day,
    next_working_day,
)


@dataclass(frozen=True, slots=True)
class Function:
    """`most` None takes any number. One that `wants_now` gets the present moment as its first argument."""

    run: Callable[..., Any]
    least: int
    most: int | None
    wants_now: bool = False


def _bad(name: str, value: Any) -> Problem:
    return Problem(N_("“%(expression)s”: %(function)s cannot work with %(value)s."), function=name, value=shown(value))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _bad(name, value)
    return value


def _list(name: str, value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _bad(name, value)
    if len(value) > MAXIMUM_ITEMS:
        raise Problem(N_("“%(expression)s”: the list is too long."))
    return list(value)


def _number(name: str, value: Any) -> Any:
    number = as_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        raise _bad(name, value)
    return number


def _integer(name: str, value: Any) -> int:
    number = _number(name, value)
    if number != int(number):
        raise _bad(name, value)
    return int(number)


def _values(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    """Functions over several values take them one by one or as one list; nothing is left out."""
    values = _list(name, arguments[0]) if len(arguments) == 1 and not isinstance(arguments[0], str) else list(arguments)
    return [value for value in values if value is not None]


def _bounded(text: str) -> str:
    if len(text) > MAXIMUM_SIGNS:
        raise Problem(N_("“%(expression)s”: the text becomes too long."))
    return text


def _bounded_list(items: list[Any]) -> list[Any]:
    if len(items) > MAXIMUM_ITEMS:
        raise Problem(N_("“%(expression)s”: the list becomes too long."))
    return items


def length(value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, str | list | tuple | dict):
        raise _bad("len", value)
    return len(value)


def contains(container: Any, item: Any) -> bool:
    return member(item, container)


def empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def text(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        raise _bad("str", value)
    kept = stored(value)
    return "" if kept is None else "true" if kept is True else "false" if kept is False else str(kept)


def integer(value: Any) -> int:
    return int(checked_number(int(_number("int", value)))) if not isinstance(value, bool) else int(value)


def floating(value: Any) -> float:
    return float(_number("float", value))


def number(value: Any) -> Any:
    return None if value is None else _number("number", value)


def total(*arguments: Any) -> Any:
    result: Any = 0
    for value in _values("sum", arguments):
        result = add(result, _number("sum", value) if not isinstance(value, timedelta) else value) if result else value
    return number(result) if isinstance(result, str) else result


def mean(*arguments: Any) -> Any:
    values = _values("mean", arguments)
    return divide(total(values), len(values)) if values else None


def smallest(*arguments: Any) -> Any:
    values = _values("min", arguments)
    if not values:
        return None
    best = values[0]
    for value in values[1:]:
        best = value if less(value, best) else best
    return best


def largest(*arguments: Any) -> Any:
    values = _values("max", arguments)
    if not values:
        return None
    best = values[0]
    for value in values[1:]:
        best = value if less(best, value) else best
    return best


def absolute(value: Any) -> Any:
    return abs(value) if isinstance(value, timedelta) else abs(_number("abs", value))


def rounded(value: Any, digits: Any = 0) -> Any:
    places = _integer("round", digits)
    if not -20 <= places <= 20:
        raise _bad("round", digits)
    number = _number("round", value)
    if isinstance(number, Decimal):
        return checked_number(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))
    return checked_number(round(number, places) if places else round(number))


def floor(value: Any) -> int:
    return _to_whole("floor", value, ROUND_FLOOR)


def ceiling(value: Any) -> int:
    return _to_whole("ceiling", value, ROUND_CEILING)


def _to_whole(name: str, value: Any, rounding: str) -> int:
    number = _number(name, value)
    exact = number if isinstance(number, Decimal) else Decimal(str(checked_number(number)))
    return int(checked_number(int(exact.to_integral_value(rounding))))


def replace(value: Any, old: Any, new: Any) -> str:
    source, part, other = _text("replace", value), _text("replace", old), _text("replace", new)
    if not part:
        return source
    if len(source) + source.count(part) * len(other) > MAXIMUM_SIGNS:
        raise Problem(N_("“%(expression)s”: the text becomes too long."))
    return source.replace(part, other)


def split(value: Any, separator: Any) -> list[str]:
    source, sign = _text("split", value), _text("split", separator)
    if not sign:
        raise _bad("split", separator)
    if source.count(sign) >= MAXIMUM_ITEMS:
        raise Problem(N_("“%(expression)s”: the list becomes too long."))
    return source.split(sign)


def join(values: Any, separator: Any = "") -> str:
    parts = [text(value) for value in _list("join", values) if value is not None]
    sign = _text("join", separator)
    if sum(map(len, parts)) + len(sign) * len(parts) > MAXIMUM_SIGNS:
        raise Problem(N_("“%(expression)s”: the text becomes too long."))
    return sign.join(parts)


def substring(value: Any, start: Any, count: Any = None) -> str:
    """FEEL's: the first sign is 1, a negative start counts from the end."""
    source, first = _text("substring", value), _integer("substring", start)
    begin = first - 1 if first > 0 else max(len(source) + first, 0)
    return source[begin:] if count is None else source[begin : begin + max(_integer("substring", count), 0)]


def substring_before(value: Any, sign: Any) -> str:
    before, found, _ = _text("substring", value).partition(_text("substring", sign) or "\0")
    return before if found else ""


def substring_after(value: Any, sign: Any) -> str:
    return _text("substring", value).partition(_text("substring", sign) or "\0")[2]


def append(items: Any, *more: Any) -> list[Any]:
    return _bounded_list([*_list("append", items), *more])


def concatenate(*lists: Any) -> list[Any]:
    joined: list[Any] = []
    for one in lists:
        joined = _bounded_list(joined + _list("concatenate", one))
    return joined


def remove(items: Any, position: Any) -> list[Any]:
    kept, place = _list("remove", items), _integer("remove", position)
    return [value for number, value in enumerate(kept, 1) if number != place]


def without(items: Any, value: Any) -> list[Any]:
    return [one for one in _list("without", items) if not equal(one, value)]


def _few(name: str, items: Any) -> list[Any]:
    """For what compares every item with many others."""
    values = _list(name, items)
    if len(values) > 500:
        raise Problem(N_("“%(expression)s”: the list is too long."))
    return values


def distinct(items: Any) -> list[Any]:
    values = _few("distinct", items)
    kept: list[Any] = []
    for value in values:
        if not member(value, kept):
            kept.append(value)
    return kept


def index_of(items: Any, value: Any) -> list[int]:
    return [place for place, one in enumerate(_list("index of", items), 1) if equal(one, value)]


def in_order(items: Any) -> list[Any]:
    values = _few("sort", items)
    return sorted(values, key=cmp_to_key(lambda a, b: -1 if less(a, b) else 1 if less(b, a) else 0))


def backwards(items: Any) -> list[Any]:
    return _list("reverse", items)[::-1]


def some(items: Any) -> bool:
    return any(truth(value) for value in _list("any", items))


def every(items: Any) -> bool:
    return all(truth(value) for value in _list("all", items))


def first_present(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def get(record: Any, key: Any, default: Any = None) -> Any:
    if record is None:
        return default
    if not isinstance(record, dict) or not isinstance(key, str):
        raise _bad("get", record)
    found = record.get(key)
    return default if found is None else found


def _span(name: str, unit: Callable[[float], timedelta]) -> Callable[[Any], timedelta]:
    def run(count: Any) -> timedelta:
        return unit(float(_number(name, count)))

    return run


def working_days(count: Any) -> WorkingDays:
    return WorkingDays(_integer("working_days", count))


def duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    return plain_span(parse_duration(_text("duration", value)))


def moment(value: Any, *rest: Any) -> datetime:
    """From ISO text, a date, or year, month, day (and hour, minute, second)."""
    if rest:
        parts = [_integer("date", part) for part in (value, *rest)]
        year, month, day, hour, minute, second = (*parts, *(0 for _ in range(6 - len(parts))))
        return datetime(year, month, day, hour, minute, second, tzinfo=DEFAULT_ZONE)
    found = as_datetime(value)
    return found if found is not None else parse_date(_text("date", value), DEFAULT_ZONE)


def day(value: Any, *rest: Any) -> datetime:
    """The midnight a date begins with."""
    return _midnight(moment(value, *rest) if rest or not isinstance(value, datetime) else value)


def _midnight(value: datetime) -> datetime:
    return value.astimezone(DEFAULT_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def date_and_time(value: Any, clock: Any = None) -> datetime:
    if clock is None:
        return moment(value)
    return moment(f"{_midnight(moment(value)).date().isoformat()}T{_text('date and time', clock)}")


def today(now: datetime) -> datetime:
    return _midnight(now)


def present(now: datetime) -> datetime:
    return now


def following_working_day(now: datetime, start: Any = None) -> datetime:
    return next_working_day(moment(start) if start is not None else now)


def after_working_days(now: datetime, count: Any, start: Any = None) -> datetime:
    return add_working_days(moment(start) if start is not None else now, _integer("add_working_days", count))


def after_working_hours(now: datetime, count: Any, start: Any = None) -> datetime:
    return add_working_hours(moment(start) if start is not None else now, float(_number("working_hours", count)))


def working_day(value: Any) -> bool:
    return is_working_day(moment(value).astimezone(DEFAULT_ZONE).date())


def starts(value: Any, part: Any) -> bool:
    return _text("starts_with", value).startswith(_text("starts_with", part))


def ends(value: Any, part: Any) -> bool:
    return _text("ends_with", value).endswith(_text("ends_with", part))


FUNCTIONS: dict[str, Function] = {
    "len": Function(length, 1, 1),
    "count": Function(length, 1, 1),
    "contains": Function(contains, 2, 2),
    "empty": Function(empty, 1, 1),
    "str": Function(text, 1, 1),
    "int": Function(integer, 1, 1),
    "float": Function(floating, 1, 1),
    "number": Function(number, 1, 1),
    "bool": Function(truth, 1, 1),
    "sum": Function(total, 1, None),
    "mean": Function(mean, 1, None),
    "min": Function(smallest, 1, None),
    "max": Function(largest, 1, None),
    "abs": Function(absolute, 1, 1),
    "round": Function(rounded, 1, 2),
    "floor": Function(floor, 1, 1),
    "ceiling": Function(ceiling, 1, 1),
    "modulo": Function(remainder, 2, 2),
    "lower": Function(lambda value: _bounded(_text("lower", value).lower()), 1, 1),
    "upper": Function(lambda value: _bounded(_text("upper", value).upper()), 1, 1),
    "trim": Function(lambda value: _text("trim", value).strip(), 1, 1),
    "starts_with": Function(starts, 2, 2),
    "ends_with": Function(ends, 2, 2),
    "replace": Function(replace, 3, 3),
    "split": Function(split, 2, 2),
    "join": Function(join, 1, 2),
    "substring": Function(substring, 2, 3),
    "substring_before": Function(substring_before, 2, 2),
    "substring_after": Function(substring_after, 2, 2),
    "append": Function(append, 1, None),
    "concatenate": Function(concatenate, 1, None),
    "remove": Function(remove, 2, 2),
    "without": Function(without, 2, 2),
    "distinct": Function(distinct, 1, 1),
    "index_of": Function(index_of, 2, 2),
    "sort": Function(in_order, 1, 1),
    "reverse": Function(backwards, 1, 1),
    "any": Function(some, 1, 1),
    "all": Function(every, 1, 1),
    "coalesce": Function(first_present, 1, None),
    "get": Function(get, 2, 3),
    "days": Function(_span("days", lambda count: timedelta(days=count)), 1, 1),
    "hours": Function(_span("hours", lambda count: timedelta(hours=count)), 1, 1),
    "minutes": Function(_span("minutes", lambda count: timedelta(minutes=count)), 1, 1),
    "seconds": Function(_span("seconds", lambda count: timedelta(seconds=count)), 1, 1),
    "weeks": Function(_span("weeks", lambda count: timedelta(weeks=count)), 1, 1),
    "working_days": Function(working_days, 1, 1),
    "duration": Function(duration, 1, 1),
    "date": Function(day, 1, 3),
    "datetime": Function(moment, 1, 6),
    "date_and_time": Function(date_and_time, 1, 2),
    "now": Function(present, 0, 0, wants_now=True),
    "today": Function(today, 0, 0, wants_now=True),
    "next_working_day": Function(following_working_day, 0, 1, wants_now=True),
    "add_working_days": Function(after_working_days, 1, 2, wants_now=True),
    "working_hours": Function(after_working_hours, 1, 2, wants_now=True),
    "is_working_day": Function(working_day, 1, 1),
    "weekday": Function(lambda value: moment(value).isoweekday(), 1, 1),
}

SYNONYMS = {
    "size": "len", "length": "len", "string length": "len", "list contains": "contains", "string": "str",
    "lower case": "lower", "upper case": "upper", "toLowerCase": "lower", "toUpperCase": "upper",
    "strip": "trim",
    "starts with": "starts_with", "startsWith": "starts_with", "startswith": "starts_with",
    "ends with": "ends_with", "endsWith": "ends_with", "endswith": "ends_with", "string join": "join",
    "substring before": "substring_before", "substring after": "substring_after", "isEmpty": "empty",
    "is empty": "empty", "is_empty": "empty", "includes": "contains", "get value": "get",
    "index of": "index_of",
    "distinct values": "distinct", "date and time": "date_and_time", "years and months duration": "duration",
    "day of week": "weekday", "dateTime": "datetime", "sorted": "sort", "reversed": "reverse",
    "ceil": "ceiling",     "mod": "modulo", "avg": "mean",
}  # fmt: skip
"""Other languages' names of the same functions."""

METHODS = frozenset(
    {
        "size", "length", "isEmpty", "contains", "includes", "startsWith", "startswith", "endsWith",
        "endswith", "toLowerCase", "toUpperCase", "lower", "upper", "trim", "strip", "get", "replace", "split",
    }
)  # fmt: skip
"""Written after a dot with brackets; they mean the function with the value before the dot put first."""
