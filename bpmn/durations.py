"""Times as diagrams write them: ISO 8601 durations, dates and repeating intervals, and cron."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from kernel.i18n import N_, translate
from kernel.working_time import add_working_days

MAXIMUM_TEXT = 200
MAXIMUM_MONTHS = 12 * 1000
CRON_HORIZON_DAYS = 366 * 9
"""Long enough for 29 February across a century that is no leap year."""


class TimeError(ValueError):
    """A time nobody can read: an English template and its values."""

    def __init__(self, message: str, **params: Any) -> None:
        self.message = message
        self.params = params
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        return translate(self.message, language, **self.params)


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and days follow the calendar, `time` is exact; so P1M from 31 January ends on 28 February."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta()

    @property
    def is_exact(self) -> bool:
        return self.months == 0

    def as_timedelta(self) -> timedelta:
        """Only for exact durations; a month has no length."""
        if not self.is_exact:
            raise TimeError(N_("“%(text)s” has no fixed length: months differ."), text=str(self))
        return timedelta(days=self.days) + self.time

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """The aware moment that lies this duration, `times` over, after another one."""
        try:
            local = add_months(moment, self.months * times) + timedelta(days=self.days * times)
            if not self.time:
                return local
            return (local.astimezone(UTC) + self.time * times).astimezone(moment.tzinfo)
        except OverflowError as error:
            raise TimeError(N_("“%(text)s” leads outside the calendar."), text=str(self)) from error

    def __add__(self, other: object) -> "datetime | Duration":
        if isinstance(other, datetime):
            return self.after(other)
        if isinstance(other, timedelta):
            return Duration(self.months, self.days, self.time + other)
        if isinstance(other, Duration):
            return Duration(self.months + other.months, self.days + other.days, self.time + other.time)
        return NotImplemented

    __radd__ = __add__

    def __neg__(self) -> "Duration":
        return Duration(-self.months, -self.days, -self.time)

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.time)

    def __str__(self) -> str:
        total = self.days * 86400 + self.time / timedelta(seconds=1)
        if self.months < 0 or (self.months == 0 and total < 0):
            return f"-{-self}"
        years, months = divmod(self.months, 12)
        text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        days, clock = self.days, self.time
        days, clock = days + clock.days, clock - timedelta(days=clock.days)
        text += f"{days}D" if days else ""
        hours, rest = divmod(clock.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        exact = f"{seconds}.{clock.microseconds:06d}".rstrip("0").rstrip(".") if clock.microseconds else f"{seconds}"
        part = (
            (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{exact}S" if exact != "0" else "")
        )
        text += f"T{part}" if part else ""
        return text if text != "P" else "PT0S"


class WorkingDays(int):
    """A number of working days, to be added to a date."""


def iso_duration(delta: timedelta) -> str:
    """A timedelta as ISO 8601 text."""
    return str(Duration(time=delta))


def add_months(moment: datetime, months: int) -> datetime:
    """The same day of another month, or that month's last day."""
    if not months:
        return moment
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(year)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


_NUMBER = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_DURATION = re.compile(
    rf"([+-]?)P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.ASCII,
)


def is_duration(text: str) -> bool:
    stripped = text.strip()
    return len(stripped) <= MAXIMUM_TEXT and bool(_DURATION.fullmatch(stripped)) and any(c.isdigit() for c in stripped)


def parse_duration(text: str) -> Duration:
    """`P1Y2M3W4DT5H6M7.5S`, a sign in front allowed."""
    stripped = text.strip() if len(text) <= MAXIMUM_TEXT else ""
    match = _DURATION.fullmatch(stripped)
    if not match or all(part is None for part in match.groups()[1:5] + match.groups()[6:]) or match[6] == "T":
        raise TimeError(N_("“%(text)s” is not a duration; write for example PT2H or P3D."), text=_short(text))
    years, months, weeks, days = (float((part or "0").replace(",", ".")) for part in match.groups()[1:5])
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups()[6:])
    total_months = years * 12 + months
    if total_months != int(total_months):
        raise TimeError(N_("“%(text)s”: a part of a month has no length; use days."), text=_short(text))
    total_days = weeks * 7 + days
    whole_days = int(total_days)
    sign = -1 if match[1] == "-" else 1
    try:
        clock = timedelta(days=total_days - whole_days, hours=hours, minutes=minutes, seconds=seconds)
        timedelta(days=whole_days)
        if total_months > MAXIMUM_MONTHS:
            raise OverflowError
    except OverflowError as error:
        raise TimeError(N_("“%(text)s” is too long a time."), text=_short(text)) from error
    return Duration(sign * int(total_months), sign * whole_days, sign * clock)


_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}([T ][\d:.,]{2,20}(Z|[+-]\d{2}(:?\d{2})?)?)?", re.ASCII | re.IGNORECASE)


def is_date(text: str) -> bool:
    """Whether the text looks like an ISO date or date with time (a month of 13 still looks like one)."""
    return 8 <= len(text) <= 40 and bool(_DATE.fullmatch(text))


def parse_date(text: str, zone: tzinfo = UTC) -> datetime:
    """An aware moment; text without a zone is meant in `zone`, a date without time is its midnight."""
    stripped = text.strip() if len(text) <= MAXIMUM_TEXT else ""
    try:
        if not is_date(stripped):
            raise ValueError
        moment = datetime.fromisoformat(stripped.upper())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise TimeError(
            N_("“%(text)s” is not a date; write for example 2026-11-21T14:30:00+03:00."), text=_short(text)
        ) from error
    return moment


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
    """`R3/PT1H`, `R/start/duration`, `R5/start/duration/end`, `R/start/end`, `R4/duration/end`, or cron."""
    stripped = text.strip() if len(text) <= MAXIMUM_TEXT else ""
    head, *parts = stripped.split("/")
    repeat = _REPEAT.fullmatch(head)
    if not repeat:
        if stripped.startswith("@") or len(stripped.split()) in (5, 6, 7):
            return parse_cron(stripped, zone)
        raise TimeError(
            N_("“%(text)s” is not a repetition; write for example R3/PT1H or 0 9 * * MON-FRI."),
            text=_short(text),
        )
    count = int(repeat[1]) if repeat[1] else None
    if not 1 <= len(parts) <= 3:
        raise TimeError(N_("“%(text)s”: after R comes an interval, for example R3/PT1H."), text=_short(text))
    durations = [parse_duration(part) for part in parts if part.lstrip("+-").startswith("P")]
    dates = [parse_date(part, zone) for part in parts if not part.lstrip("+-").startswith("P")]
    if len(durations) > 1 or len(dates) > 2 or (not durations and len(dates) < 2):
        raise TimeError(N_("“%(text)s”: a repetition has one interval."), text=_short(text))
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
        raise TimeError(N_("“%(text)s”: the interval must be longer than nothing."), text=_short(text))
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
        raise TimeError(N_("“%(text)s” is not a cron line: it needs 5 or 6 fields."), text=_short(text))
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
        text=_short(text),
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
            text=_short(text),
            field=_short(field),
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


def due_date(value: Any, now: datetime, zone: tzinfo = UTC) -> datetime:
    """When a date or duration timer is due: ISO text, a moment, or any kind of duration from now."""
    if isinstance(value, str):
        text = value.strip()
        value = parse_duration(text) if text.lstrip("+-").startswith("P") else parse_date(text, zone)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    try:
        if isinstance(value, Duration):
            return value.after(now)
        if isinstance(value, timedelta):
            return now + value
        if isinstance(value, WorkingDays):
            return add_working_days(now, value)
    except OverflowError as error:
        raise TimeError(N_("“%(text)s” leads outside the calendar."), text=_short(str(value))) from error
    raise TimeError(N_("“%(text)s” is neither a date nor a duration."), text=_short(str(value)))


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
