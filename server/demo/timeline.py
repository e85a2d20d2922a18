"""Working time as one straight line: hours since the beginning, nights, weekends and holidays left out."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

from kernel.working_time import DAY_BEGINS, DAY_ENDS, DEFAULT_ZONE, is_working_day

HOURS = DAY_ENDS.hour - DAY_BEGINS.hour
"""Of a working day."""
PAST, FUTURE = timedelta(days=182), timedelta(days=90)


class Timeline:
    """Half a year up to `now`, and a little of what is to come."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        first = (now - PAST).astimezone(DEFAULT_ZONE).date() + timedelta(days=1)
        days = (first + timedelta(days=number) for number in range((PAST + FUTURE).days))
        self.days = [day for day in days if is_working_day(day)]
        self.present = self.hour_of(now)

    @property
    def beginning(self) -> datetime:
        return self.at(0)

    def at(self, hour: float) -> datetime:
        """The moment of so many working hours; what lies outside is moved to the nearest end."""
        hour = min(max(hour, 0.0), len(self.days) * HOURS - 0.01)
        day, rest = divmod(hour, HOURS)
        begins = datetime.combine(self.days[int(day)], DAY_BEGINS, DEFAULT_ZONE)
        return begins + timedelta(seconds=round(rest * 3600))

    def hour_of(self, moment: datetime) -> float:
        """The working hours that have passed until then."""
        local = moment.astimezone(DEFAULT_ZONE)
        passed = bisect_right(self.days, local.date())
        if passed and self.days[passed - 1] == local.date():
            since = local - datetime.combine(local.date(), DAY_BEGINS, DEFAULT_ZONE)
            return (passed - 1) * HOURS + min(max(since / timedelta(hours=1), 0.0), HOURS)
        return passed * HOURS


def quarter(moment: datetime) -> datetime:
    """As people make appointments: the quarter of an hour before."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
