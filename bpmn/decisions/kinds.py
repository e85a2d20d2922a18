"""The types of DMN's columns, and values brought to them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from bpmn.durations import Duration, TimeError, parse_duration
from bpmn.expressions.operators import plain_span
from bpmn.expressions.values import as_datetime, as_number
from kernel import working_time
from kernel.i18n import N_, translate

KINDS = {
    "string": N_("string"),
    "number": N_("number"), "double": "number", "decimal": "number", "float": "number",
    "integer": N_("integer"), "long": "integer", "int": "integer",
    "boolean": N_("boolean"),
    "date": N_("date"),
    "datetime": N_("datetime"), "dateandtime": "datetime",
    "duration": N_("duration"), "daytimeduration": "duration", "daysandtimeduration": "duration",
    "yearmonthduration": "duration", "yearsandmonthsduration": "duration",
}  # fmt: skip
"""DMN's and vendors' names, without blanks, hyphens and case."""
ANYTHING = frozenset({"any", ""})


class Unfit(Exception):
    """A value that is not of the type."""


def kind_of(reference: str | None) -> tuple[str | None, bool]:
    """The type that a typeRef names (None: any), and whether the name is known."""
    plain = (reference or "").rpartition(":")[2].rpartition("}")[2].lower()
    plain = plain.replace(" ", "").replace("-", "").replace("_", "")
    if plain in ANYTHING:
        return None, True
    return KINDS.get(plain), plain in KINDS


def named(kind: str | None) -> Callable[[str], str]:
    """What gives the name of a type in a language."""
    return partial(translate, kind or "")


def converted(value: Any, kind: str | None) -> Any:
    """The value as one of the type. Nothing stays nothing. Raises `Unfit`."""
    if value is None or kind is None:
        return value
    return _CONVERT[kind](value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise Unfit


def _number(value: Any) -> Any:
    found = as_number(value.strip()) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        raise Unfit
    return found


def _integer(value: Any) -> int:
    found = _number(value)
    if type(found) is int:
        return found
    if found != found or found in (float("inf"), float("-inf")) or found != int(found):
        raise Unfit
    return int(found)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise Unfit


def _moment(value: Any) -> datetime:
    found = as_datetime(value.strip() if isinstance(value, str) else value)
    if found is None:
        raise Unfit
    return found


def _day(value: Any) -> date:
    return _moment(value).astimezone(working_time.zone()).date()


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta | Duration):
        return value
    try:
        return plain_span(parse_duration(value.strip()))
    except (TimeError, AttributeError) as error:
        raise Unfit from error


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _day,
    "datetime": _moment,
    "duration": _duration,
}
