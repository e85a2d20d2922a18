"""Times as diagrams write them: ISO 8601 durations and dates."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from kernel import working_time
from kernel.i18n import N_, translate

MAXIMUM_TEXT = 200
MAXIMUM_MONTHS = 12 * 1000


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
        raise TimeError(N_("“%(text)s” is not a duration; write for example PT2H or P3D."), text=short(text))
    years, months, weeks, days = (float((part or "0").replace(",", ".")) for part in match.groups()[1:5])
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups()[6:])
    total_months = years * 12 + months
    if total_months != int(total_months):
        raise TimeError(N_("“%(text)s”: a part of a month has no length; use days."), text=short(text))
    total_days = weeks * 7 + days
    whole_days = int(total_days)
    sign = -1 if match[1] == "-" else 1
    try:
        clock = timedelta(days=total_days - whole_days, hours=hours, minutes=minutes, seconds=seconds)
        timedelta(days=whole_days)
        if total_months > MAXIMUM_MONTHS:
            raise OverflowError
    except OverflowError as error:
        raise TimeError(N_("“%(text)s” is too long a time."), text=short(text)) from error
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
            N_("“%(text)s” is not a date; write for example 2026-11-21T14:30:00+03:00."), text=short(text)
        ) from error
    return moment


def due_date(value: Any, now: datetime) -> datetime:
    """When a date or duration timer is due: ISO text, a moment, or any kind of duration from now. Times without a zone,
    and days, are those of the calendar in force."""
    zone = working_time.zone()
    if isinstance(value, str):
        text = value.strip()
        value = parse_duration(text) if text.lstrip("+-").startswith("P") else parse_date(text, zone)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    try:
        if isinstance(value, Duration):
            return value.after(now.astimezone(zone))
        if isinstance(value, timedelta):
            return now + value
        if isinstance(value, WorkingDays):
            return working_time.add_working_days(now, value)
    except OverflowError as error:
        raise TimeError(N_("“%(text)s” leads outside the calendar."), text=short(str(value))) from error
    raise TimeError(N_("“%(text)s” is neither a date nor a duration."), text=short(str(value)))


def short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
