"""Working time: Monday to Friday without Russian public holidays, nine to six, in a time zone."""

from datetime import date, datetime, time, timedelta
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


def is_working_day(day: date) -> bool:
    if day in WORKING_WEEKENDS:
        return True
    if day.weekday() >= 5:
        return False
    table = HOLIDAYS.get(day.year)
    return day not in table if table is not None else (day.month, day.day) not in EVERY_YEAR


def next_working_day(moment: datetime, zone: ZoneInfo = DEFAULT_ZONE) -> datetime:
    """Nine o'clock of the first working day after the moment's own day."""
    day = _following(moment.astimezone(zone).date())
    return datetime.combine(day, DAY_BEGINS, zone)


def add_working_days(moment: datetime, days: int, zone: ZoneInfo = DEFAULT_ZONE) -> datetime:
    """The same time of day so many working days later (or earlier)."""
    if abs(days) > LONGEST_SPAN:
        raise OverflowError(days)
    local = moment.astimezone(zone)
    day, step = local.date(), 1 if days >= 0 else -1
    for _ in range(abs(days)):
        day = _following(day, step)
    return datetime.combine(day, local.timetz().replace(tzinfo=None), zone)


def add_working_hours(moment: datetime, hours: float, zone: ZoneInfo = DEFAULT_ZONE) -> datetime:
    """When so many hours between nine and six have passed; nights, weekends and holidays do not count."""
    left = timedelta(hours=hours)
    if not timedelta() <= left <= timedelta(hours=9 * LONGEST_SPAN):
        raise OverflowError(hours)
    local = moment.astimezone(zone)
    while True:
        begins = datetime.combine(local.date(), DAY_BEGINS, zone)
        ends = datetime.combine(local.date(), DAY_ENDS, zone)
        if is_working_day(local.date()) and local < ends:
            local = max(local, begins)
            if left <= ends - local:
                return local + left
            left -= ends - local
        local = datetime.combine(_following(local.date()), DAY_BEGINS, zone)


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; negative when `last` is earlier."""
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def _following(day: date, step: int = 1) -> date:
    day += timedelta(days=step)
    while not is_working_day(day):
        day += timedelta(days=step)
    return day
