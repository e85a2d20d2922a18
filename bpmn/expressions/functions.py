"""The functions of the language in one table, with the names FEEL and JUEL have for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bpmn.expressions import plain_functions as plain
from bpmn.expressions import time_functions as times
from bpmn.expressions.arguments import bounded, text_of
from bpmn.expressions.operators import remainder, truth


@dataclass(frozen=True, slots=True)
class Function:
    """`most` None takes any number. One that `wants_now` gets the present moment as its first argument."""

    run: Callable[..., Any]
    least: int
    most: int | None
    wants_now: bool = False


FUNCTIONS: dict[str, Function] = {
    "len": Function(plain.length, 1, 1),
    "count": Function(plain.length, 1, 1),
    "contains": Function(plain.contains, 2, 2),
    "empty": Function(plain.empty, 1, 1),
    "str": Function(plain.text, 1, 1),
    "int": Function(plain.integer, 1, 1),
    "float": Function(plain.floating, 1, 1),
    "number": Function(plain.number, 1, 1),
    "bool": Function(truth, 1, 1),
    "sum": Function(plain.total, 1, None),
    "mean": Function(plain.mean, 1, None),
    "min": Function(plain.smallest, 1, None),
    "max": Function(plain.largest, 1, None),
    "abs": Function(plain.absolute, 1, 1),
    "round": Function(plain.rounded, 1, 2),
    "floor": Function(plain.floor, 1, 1),
    "ceiling": Function(plain.ceiling, 1, 1),
    "modulo": Function(remainder, 2, 2),
    "lower": Function(lambda value: bounded(text_of("lower", value).lower()), 1, 1),
    "upper": Function(lambda value: bounded(text_of("upper", value).upper()), 1, 1),
    "trim": Function(lambda value: text_of("trim", value).strip(), 1, 1),
    "starts_with": Function(plain.starts, 2, 2),
    "ends_with": Function(plain.ends, 2, 2),
    "replace": Function(plain.replace, 3, 3),
    "split": Function(plain.split, 2, 2),
    "join": Function(plain.join, 1, 2),
    "substring": Function(plain.substring, 2, 3),
    "substring_before": Function(plain.substring_before, 2, 2),
    "substring_after": Function(plain.substring_after, 2, 2),
    "append": Function(plain.append, 1, None),
    "concatenate": Function(plain.concatenate, 1, None),
    "remove": Function(plain.remove, 2, 2),
    "without": Function(plain.without, 2, 2),
    "distinct": Function(plain.distinct, 1, 1),
    "index_of": Function(plain.index_of, 2, 2),
    "sort": Function(plain.in_order, 1, 1),
    "reverse": Function(plain.backwards, 1, 1),
    "any": Function(plain.some, 1, 1),
    "all": Function(plain.every, 1, 1),
    "coalesce": Function(plain.first_present, 1, None),
    "get": Function(plain.get, 2, 3),
    "days": Function(times.span("days", lambda count: timedelta(days=count)), 1, 1),
    "hours": Function(times.span("hours", lambda count: timedelta(hours=count)), 1, 1),
    "minutes": Function(times.span("minutes", lambda count: timedelta(minutes=count)), 1, 1),
    "seconds": Function(times.span("seconds", lambda count: timedelta(seconds=count)), 1, 1),
    "weeks": Function(times.span("weeks", lambda count: timedelta(weeks=count)), 1, 1),
    "working_days": Function(times.working_days, 1, 1),
    "duration": Function(times.duration, 1, 1),
    "date": Function(times.day, 1, 3),
    "datetime": Function(times.moment, 1, 6),
    "date_and_time": Function(times.date_and_time, 1, 2),
    "now": Function(times.present, 0, 0, wants_now=True),
    "today": Function(times.today, 0, 0, wants_now=True),
    "next_working_day": Function(times.following_working_day, 0, 1, wants_now=True),
    "add_working_days": Function(times.after_working_days, 1, 2, wants_now=True),
    "working_hours": Function(times.after_working_hours, 1, 2, wants_now=True),
    "is_working_day": Function(times.working_day, 1, 1),
    "weekday": Function(lambda value: times.moment(value).isoweekday(), 1, 1),
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
