"""The functions of dates, spans and working time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bpmn.durations import WorkingDays, parse_date, parse_duration
from bpmn.expressions.arguments import integer_of, number_of, text_of
from bpmn.expressions.operators import plain_span
from bpmn.expressions.values import (
    as_datetime,
)
from kernel.working_time import (
    add_working_days,
    add_working_hours,
    is_working_day,
    next_working_day,
    zone,
)


def span(name: str, unit: Callable[[float], timedelta]) -> Callable[[Any], timedelta]:
    def run(count: Any) -> timedelta:
        return unit(float(number_of(name, count)))

    return run


def working_days(count: Any) -> WorkingDays:
    return WorkingDays(integer_of("working_days", count))


def duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    return plain_span(parse_duration(text_of("duration", value)))


def moment(value: Any, *rest: Any) -> datetime:
    """From ISO text, a date, or year, month, day (and hour, minute, second)."""
    if rest:
        parts = [integer_of("date", part) for part in (value, *rest)]
        year, month, day, hour, minute, second = (*parts, *(0 for _ in range(6 - len(parts))))
        return datetime(year, month, day, hour, minute, second, tzinfo=zone())
    found = as_datetime(value)
    return found if found is not None else parse_date(text_of("date", value), zone())


def day(value: Any, *rest: Any) -> datetime:
    """The midnight a date begins with."""
    return _midnight(moment(value, *rest) if rest or not isinstance(value, datetime) else value)


def _midnight(value: datetime) -> datetime:
    return value.astimezone(zone()).replace(hour=0, minute=0, second=0, microsecond=0)


def date_and_time(value: Any, clock: Any = None) -> datetime:
    if clock is None:
        return moment(value)
    return moment(f"{_midnight(moment(value)).date().isoformat()}T{text_of('date and time', clock)}")


def today(now: datetime) -> datetime:
    return _midnight(now)


def present(now: datetime) -> datetime:
    return now


def following_working_day(now: datetime, start: Any = None) -> datetime:
    return next_working_day(moment(start) if start is not None else now)


def after_working_days(now: datetime, count: Any, start: Any = None) -> datetime:
    return add_working_days(moment(start) if start is not None else now, integer_of("add_working_days", count))


def after_working_hours(now: datetime, count: Any, start: Any = None) -> datetime:
    return add_working_hours(moment(start) if start is not None else now, float(number_of("working_hours", count)))


def working_day(value: Any) -> bool:
    return is_working_day(moment(value).astimezone(zone()).date())
