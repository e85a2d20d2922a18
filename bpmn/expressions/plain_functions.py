"""The functions of texts, numbers, lists and records."""

from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from functools import cmp_to_key
from typing import Any

from bpmn.expressions.arguments import bounded_list, integer_of, list_of, number_of, text_of, unfit, values_of
from bpmn.expressions.errors import Problem
from bpmn.expressions.operators import add, divide, equal, less, member, truth
from bpmn.expressions.values import (
    MAXIMUM_ITEMS,
    MAXIMUM_SIGNS,
    checked_number,
    stored,
)
from kernel.i18n import N_


def length(value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, str | list | tuple | dict):
        raise unfit("len", value)
    return len(value)


def contains(container: Any, item: Any) -> bool:
    return member(item, container)


def empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def text(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        raise unfit("str", value)
    kept = stored(value)
    return "" if kept is None else "true" if kept is True else "false" if kept is False else str(kept)


def integer(value: Any) -> int:
    return int(checked_number(int(number_of("int", value)))) if not isinstance(value, bool) else int(value)


def floating(value: Any) -> float:
    return float(number_of("float", value))


def number(value: Any) -> Any:
    return None if value is None else number_of("number", value)


def total(*arguments: Any) -> Any:
    result: Any = 0
    for value in values_of("sum", arguments):
        result = (
            add(result, number_of("sum", value) if not isinstance(value, timedelta) else value) if result else value
        )
    return number(result) if isinstance(result, str) else result


def mean(*arguments: Any) -> Any:
    values = values_of("mean", arguments)
    return divide(total(values), len(values)) if values else None


def smallest(*arguments: Any) -> Any:
    values = values_of("min", arguments)
    if not values:
        return None
    best = values[0]
    for value in values[1:]:
        best = value if less(value, best) else best
    return best


def largest(*arguments: Any) -> Any:
    values = values_of("max", arguments)
    if not values:
        return None
    best = values[0]
    for value in values[1:]:
        best = value if less(best, value) else best
    return best


def absolute(value: Any) -> Any:
    return abs(value) if isinstance(value, timedelta) else abs(number_of("abs", value))


def rounded(value: Any, digits: Any = 0) -> Any:
    places = integer_of("round", digits)
    if not -20 <= places <= 20:
        raise unfit("round", digits)
    number = number_of("round", value)
    if isinstance(number, Decimal):
        return checked_number(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))
    return checked_number(round(number, places) if places else round(number))


def floor(value: Any) -> int:
    return _to_whole("floor", value, ROUND_FLOOR)


def ceiling(value: Any) -> int:
    return _to_whole("ceiling", value, ROUND_CEILING)


def _to_whole(name: str, value: Any, rounding: str) -> int:
    number = number_of(name, value)
    exact = number if isinstance(number, Decimal) else Decimal(str(checked_number(number)))
    return int(checked_number(int(exact.to_integral_value(rounding))))


def replace(value: Any, old: Any, new: Any) -> str:
    source, part, other = text_of("replace", value), text_of("replace", old), text_of("replace", new)
    if not part:
        return source
    if len(source) + source.count(part) * len(other) > MAXIMUM_SIGNS:
        raise Problem(N_("“%(expression)s”: the text becomes too long."))
    return source.replace(part, other)


def split(value: Any, separator: Any) -> list[str]:
    source, sign = text_of("split", value), text_of("split", separator)
    if not sign:
        raise unfit("split", separator)
    if source.count(sign) >= MAXIMUM_ITEMS:
        raise Problem(N_("“%(expression)s”: the list becomes too long."))
    return source.split(sign)


def join(values: Any, separator: Any = "") -> str:
    parts = [text(value) for value in list_of("join", values) if value is not None]
    sign = text_of("join", separator)
    if sum(map(len, parts)) + len(sign) * len(parts) > MAXIMUM_SIGNS:
        raise Problem(N_("“%(expression)s”: the text becomes too long."))
    return sign.join(parts)


def substring(value: Any, start: Any, count: Any = None) -> str:
    """FEEL's: the first sign is 1, a negative start counts from the end."""
    source, first = text_of("substring", value), integer_of("substring", start)
    begin = first - 1 if first > 0 else max(len(source) + first, 0)
    return source[begin:] if count is None else source[begin : begin + max(integer_of("substring", count), 0)]


def substring_before(value: Any, sign: Any) -> str:
    before, found, _ = text_of("substring", value).partition(text_of("substring", sign) or "\0")
    return before if found else ""


def substring_after(value: Any, sign: Any) -> str:
    return text_of("substring", value).partition(text_of("substring", sign) or "\0")[2]


def append(items: Any, *more: Any) -> list[Any]:
    return bounded_list([*list_of("append", items), *more])


def concatenate(*lists: Any) -> list[Any]:
    joined: list[Any] = []
    for one in lists:
        joined = bounded_list(joined + list_of("concatenate", one))
    return joined


def remove(items: Any, position: Any) -> list[Any]:
    kept, place = list_of("remove", items), integer_of("remove", position)
    return [value for number, value in enumerate(kept, 1) if number != place]


def without(items: Any, value: Any) -> list[Any]:
    return [one for one in list_of("without", items) if not equal(one, value)]


def _few(name: str, items: Any) -> list[Any]:
    """For what compares every item with many others."""
    values = list_of(name, items)
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
    return [place for place, one in enumerate(list_of("index of", items), 1) if equal(one, value)]


def in_order(items: Any) -> list[Any]:
    values = _few("sort", items)
    return sorted(values, key=cmp_to_key(lambda a, b: -1 if less(a, b) else 1 if less(b, a) else 0))


def backwards(items: Any) -> list[Any]:
    return list_of("reverse", items)[::-1]


def some(items: Any) -> bool:
    return any(truth(value) for value in list_of("any", items))


def every(items: Any) -> bool:
    return all(truth(value) for value in list_of("all", items))


def first_present(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def get(record: Any, key: Any, default: Any = None) -> Any:
    if record is None:
        return default
    if not isinstance(record, dict) or not isinstance(key, str):
        raise unfit("get", record)
    found = record.get(key)
    return default if found is None else found


def starts(value: Any, part: Any) -> bool:
    return text_of("starts_with", value).startswith(text_of("starts_with", part))


def ends(value: Any, part: Any) -> bool:
    return text_of("ends_with", value).endswith(text_of("ends_with", part))
