"""Repetitions as diagrams write them: ISO 8601 repeating intervals and cron lines."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bpmn.durations import MAXIMUM_TEXT, Duration, TimeError, parse_date, parse_duration, short
from kernel.i18n import N_

CRON_HORIZON_DAYS = 366 * 9
"""Long enough for 29 February across a century that is no leap year."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating interval. `count` None repeats for ever; `start` None counts from when the timer began."""

    count: int | None
    interval: Duration
    start: datetime | None = None
    end: datetime | None = None

    def next_time(self, began: datetime, fired: int = 0, previous: datetime | None = None) -> datetime | None:
        """When it is due after `fired` times, or None when it is over.

        Times are counted from the anchor, not from the last one, so they neither drift nor lose 31 January.
        With a start in the past the occurrences before `began` count as missed.
        """
        if self.start is None:
            due = self.interval.after(began, fired + 1)
            number = fired
        else:
            number = _first_not_before(self, began) + fired
            due = self.interval.after(self.start, number)
        if self.count is not None and number >= self.count:
            return None
        return None if self.end is not None and due > self.end else due


def _first_not_before(cycle: Cycle, began: datetime) -> int:
    assert cycle.start is not None
    length = timedelta(days=cycle.interval.months * 28 + cycle.interval.days) + cycle.interval.time
    if cycle.start >= began:
        return 0
    number = int((began - cycle.start) / length)
    while number > 0 and cycle.interval.after(cycle.start, number) >= began:
        number = number * 9 // 10 if cycle.interval.months else number - 1
    while cycle.interval.after(cycle.start, number) < began:
        number += 1
    return number


_REPEAT = re.compile(r"R(\d{0,9})", re.ASCII)


def parse_cycle(text: str, zone: tzinfo = UTC) -> "Cycle | Cron":
    """`R3/PT1H`, `R/start/duration`, `R5/start/duration/end`, `R/start/end`, `R4/duration/end`, or cron; without a zone
    of its own it goes by `zone`."""
    stripped = text.strip() if len(text) <= MAXIMUM_TEXT else ""
    head, *parts = stripped.split("/")
    repeat = _REPEAT.fullmatch(head)
    if not repeat:
        if stripped.startswith("@") or len(stripped.split()) in (5, 6, 7):
            return parse_cron(stripped, zone)
        raise TimeError(
            N_("“%(text)s” is not a repetition; write for example R3/PT1H or 0 9 * * MON-FRI."),
            text=short(text),
        )
    count = int(repeat[1]) if repeat[1] else None
    if not 1 <= len(parts) <= 3:
        raise TimeError(N_("“%(text)s”: after R comes an interval, for example R3/PT1H."), text=short(text))
    durations = [parse_duration(part) for part in parts if part.lstrip("+-").startswith("P")]
    dates = [parse_date(part, zone) for part in parts if not part.lstrip("+-").startswith("P")]
    if len(durations) > 1 or len(dates) > 2 or (not durations and len(dates) < 2):
        raise TimeError(N_("“%(text)s”: a repetition has one interval."), text=short(text))
    start = end = None
    if not durations:
        start, interval = dates[0], Duration(time=dates[1] - dates[0])
    else:
        interval = durations[0]
        if len(dates) == 2:
            start, end = dates
        elif dates and parts[0].lstrip("+-").startswith("P"):
            end = dates[0]
            start = interval.after(end, -(count - 1)) if count else None
        elif dates:
            start = dates[0]
    if not timedelta(0) < timedelta(days=interval.months * 28 + interval.days) + interval.time:
        raise TimeError(N_("“%(text)s”: the interval must be longer than nothing."), text=short(text))
    return Cycle(count, interval, start, end)


_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = {name: n for n, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {name: n for n, name in enumerate(_WEEKDAY_NAMES)}
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron line in a time zone. If a day of the month and a weekday are both given, either will do."""

    text: str
    zone: tzinfo
    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def next_time(self, began: datetime, fired: int = 0, previous: datetime | None = None) -> datetime | None:
        """The first time after the previous one, or after the timer began."""
        return self.next_after(previous or began)

    def next_after(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone)
        for day in self._days_from(local.date()):
            for clock in self._clocks():
                due = datetime.combine(day, clock, self.zone)
                due = due.astimezone(UTC).astimezone(self.zone)  # an hour that summer time skips moves on
                if due > moment:
                    return due
        raise TimeError(N_("“%(text)s” never happens."), text=self.text)

    def _days_from(self, first: date) -> Iterator[date]:
        for offset in range(CRON_HORIZON_DAYS):
            try:
                day = first + timedelta(days=offset)
            except OverflowError:
                return
            if day.month in self.months and self._day_matches(day):
                yield day

    def _day_matches(self, day: date) -> bool:
        weekday = day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return weekday and day.day in self.days
        return weekday or day.day in self.days

    def _clocks(self) -> Iterator[time]:
        return (time(h, m, s) for h in self.hours for m in self.minutes for s in self.seconds)


def parse_cron(text: str, zone: tzinfo = UTC) -> Cron:
    """Five fields (minute hour day month weekday) or six with seconds in front; Sunday is 0 or 7."""
    fields = _MACROS.get(text.strip().lower(), text).split()
    if len(fields) == 7 and fields[6] in ("*", "?"):
        fields.pop()
    if len(fields) == 5:
        fields.insert(0, "0")
    if len(fields) != 6:
        raise TimeError(N_("“%(text)s” is not a cron line: it needs 5 or 6 fields."), text=short(text))
    bad = _cron_error(text)
    seconds, minutes, hours, days, months, weekdays = (
        _cron_field(field, low, high, names, bad)
        for field, (low, high, names) in zip(
            fields,
            ((0, 59, {}), (0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, _MONTHS), (0, 7, _WEEKDAYS)),
            strict=True,
        )
    )
    return Cron(
        text=short(text),
        zone=zone,
        seconds=tuple(sorted(seconds)),
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=frozenset(days),
        months=frozenset(months),
        weekdays=frozenset(day % 7 for day in weekdays),
        any_day=fields[3] in ("*", "?"),
        any_weekday=fields[5] in ("*", "?"),
    )


def _cron_error(text: str) -> Callable[[str], TimeError]:
    def error(field: str) -> TimeError:
        return TimeError(
            N_("“%(text)s” is not a cron line: “%(field)s” cannot be read."),
            text=short(text),
            field=short(field),
        )

    return error


def _cron_field(field: str, low: int, high: int, names: dict[str, int], bad: Callable[[str], TimeError]) -> set[int]:
    def number(text: str) -> int:
        value = names.get(text.upper(), -1) if not (text.isascii() and text.isdigit()) else int(text[:4])
        if not low <= value <= high:
            raise bad(field)
        return value

    values: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        if slash and not (step_text.isascii() and step_text.isdigit() and 1 <= int(step_text[:4]) <= 60):
            raise bad(field)
        step = int(step_text[:4]) if slash else 1
        if span in ("*", "?"):
            first, last = low, high
        else:
            begin, dash, finish = span.partition("-")
            first = number(begin)
            last = number(finish) if dash else (high if slash else first)
        if last < first:
            values.update(range(first, high + 1, step))
            first = low
        values.update(range(first, last + 1, step))
    return values
