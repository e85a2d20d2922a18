"""Working time by a calendar: which days and hours count, in which time zone.

Whatever reckons with working time, or reads a time without a zone, does so by the calendar that is in force: that of the
record a process works on, as `using` says it; else Monday to Friday from nine to six in Moscow.
"""

from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DEFAULT_ZONE = ZoneInfo("Europe/Moscow")
DAY_BEGINS = time(9)
DAY_ENDS = time(18)
LONGEST_SPAN = 3700
"""Working days that can be added at once, about fourteen years."""


def _days(year: int, *spans: str) -> frozenset[date]:
    """`"1.1-11.1"` is the first to the eleventh of January."""
    found: set[date] = set()
    for span in spans:
        first, _, last = span.partition("-")
        day, end = _date(year, first), _date(year, last or first)
        while day <= end:
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)


def _date(year: int, text: str) -> date:
    day, month = text.split(".")
    return date(year, int(month), int(day))


HOLIDAYS: dict[int, frozenset[date]] = {
    # 2026: as moved by the government's decree 1466 of 24.09.2025
    2026: _days(2026, "1.1-11.1", "23.2", "7.3-9.3", "1.5-3.5", "9.5-11.5", "12.6-14.6", "4.11", "31.12"),
    # 2027: article 112 of the Labour Code only; the decree that moves more days off is adopted in autumn
    2027: _days(2027, "1.1-10.1", "23.2", "8.3", "1.5-3.5", "8.5-10.5", "12.6-14.6", "4.11"),
}
WORKING_WEEKENDS: frozenset[date] = frozenset()
"""Saturdays and Sundays that a decree makes working days."""
EVERY_YEAR = frozenset({(1, d) for d in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})
"""(month, day) of the holidays of a year without a table."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekdays` are 0 (Monday) to 6; `national` leaves Russian public holidays free. Single days go before both: those
    in `days_off` are free, those in `days_on` are worked."""

    zone: ZoneInfo = DEFAULT_ZONE
    weekdays: frozenset[int] = frozenset(range(5))
    begins: time = DAY_BEGINS
    ends: time = DAY_ENDS
    national: bool = True
    days_off: frozenset[date] = frozenset()
    days_on: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        if day in self.days_on or day in self.days_off:
            return day in self.days_on
        if self.national and day in WORKING_WEEKENDS:
            return True
        return day.weekday() in self.weekdays and not (self.national and _is_holiday(day))

    def next_working_day(self, moment: datetime) -> datetime:
        """The first working hour after the moment's own day."""
        return datetime.combine(self._following(moment.astimezone(self.zone).date()), self.begins, self.zone)

    def add_days(self, moment: datetime, days: int) -> datetime:
        """The same time of day so many working days later (or earlier)."""
        if abs(days) > LONGEST_SPAN:
            raise OverflowError(days)
        local = moment.astimezone(self.zone)
        day, step = local.date(), 1 if days >= 0 else -1
        for _ in range(abs(days)):
            day = self._following(day, step)
        return datetime.combine(day, local.timetz().replace(tzinfo=None), self.zone)

    def add_hours(self, moment: datetime, hours: float) -> datetime:
        """When so many working hours have passed; nights and free days do not count."""
        left = timedelta(hours=hours)
        if not timedelta() <= left <= timedelta(hours=9 * LONGEST_SPAN):
            raise OverflowError(hours)
        local = moment.astimezone(self.zone)
        while True:
            begins, ends = (datetime.combine(local.date(), clock, self.zone) for clock in (self.begins, self.ends))
            if self.is_working_day(local.date()) and local < ends:
                local = max(local, begins)
                # In one zone Python reckons by the clock on the wall; the hours that pass are those of UTC.
                rest = ends.astimezone(UTC) - local.astimezone(UTC)
                if left <= rest:
                    return (local.astimezone(UTC) + left).astimezone(self.zone)
                left -= rest
            local = datetime.combine(self._following(local.date()), self.begins, self.zone)

    def days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; negative when `last` is earlier."""
        if last < first:
            return -self.days_between(last, first)
        return sum(self.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def _following(self, day: date, step: int = 1) -> date:
        for _ in range(LONGEST_SPAN):
            day += timedelta(days=step)
            if self.is_working_day(day):
                return day
        raise OverflowError(day)


def _is_holiday(day: date) -> bool:
    table = HOLIDAYS.get(day.year)
    return day in table if table is not None else (day.month, day.day) in EVERY_YEAR


DEFAULT = Calendar()
_in_force: ContextVar[Callable[[], Calendar]] = ContextVar("calendar", default=lambda: DEFAULT)


class using:
    """Has a calendar in force for the block; it is only asked for where something reckons with it."""

    __slots__ = ("_before", "_calendar")

    def __init__(self, calendar: Callable[[], Calendar]) -> None:
        self._calendar = calendar

    def __enter__(self) -> None:
        self._before: Token[Callable[[], Calendar]] = _in_force.set(self._calendar)

    def __exit__(self, *_: object) -> None:
        _in_force.reset(self._before)


def calendar() -> Calendar:
    return _in_force.get()()


def zone() -> ZoneInfo:
    return calendar().zone


def is_working_day(day: date) -> bool:
    return calendar().is_working_day(day)


def next_working_day(moment: datetime) -> datetime:
    return calendar().next_working_day(moment)


def add_working_days(moment: datetime, days: int) -> datetime:
    return calendar().add_days(moment, days)


def add_working_hours(moment: datetime, hours: float) -> datetime:
    return calendar().add_hours(moment, hours)


def working_days_between(first: date, last: date) -> int:
    return calendar().days_between(first, last)
