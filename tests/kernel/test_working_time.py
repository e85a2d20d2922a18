"""Working days and hours, with the holidays of Russia."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kernel.working_time import (
    Calendar,
    add_working_days,
    add_working_hours,
    is_working_day,
    next_working_day,
    using,
    working_days_between,
)

MOSCOW = ZoneInfo("Europe/Moscow")


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-09", False), ("2026-01-12", True), ("2026-02-23", False), ("2026-03-09", False),
        ("2026-05-11", False), ("2026-06-12", False), ("2026-11-03", True), ("2026-11-04", False),
        ("2026-11-21", False), ("2026-11-23", True), ("2026-12-31", False), ("2027-01-11", True),
        ("2027-05-10", False), ("2027-11-04", False), ("2031-03-07", True), ("2030-05-09", False),
    ],
)  # fmt: skip
def test_weekends_and_holidays_are_free(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


def test_2026_has_247_working_days() -> None:
    assert working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 247


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T12:00", "2026-11-23T09:00"),
        ("2026-11-19T23:00", "2026-11-20T09:00"),
        ("2026-12-30T10:00", "2027-01-11T09:00"),
        ("2026-11-21T08:00", "2026-11-23T09:00"),
    ],
)
def test_the_next_working_day_begins_at_nine(moment: str, expected: str) -> None:
    assert next_working_day(moscow(moment)) == moscow(expected)


def test_the_day_is_that_of_the_time_zone() -> None:
    late = datetime(2026, 11, 19, 22, tzinfo=UTC)  # already Friday in Moscow
    assert next_working_day(late) == moscow("2026-11-23T09:00")
    vladivostok = ZoneInfo("Asia/Vladivostok")
    with using(lambda: Calendar(zone=vladivostok)):
        assert next_working_day(late) == datetime(2026, 11, 23, 9, tzinfo=vladivostok)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "2026-11-20T12:30"), (1, "2026-11-23T12:30"), (5, "2026-11-27T12:30"), (-1, "2026-11-19T12:30"),
     (-13, "2026-11-02T12:30")],
)  # fmt: skip
def test_working_days_are_added_and_taken_away(days: int, expected: str) -> None:
    assert add_working_days(moscow("2026-11-20T12:30"), days) == moscow(expected)


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-11-20T12:00", 2, "2026-11-20T14:00"),
        ("2026-11-20T17:00", 2, "2026-11-23T10:00"),
        ("2026-11-20T20:00", 1, "2026-11-23T10:00"),
        ("2026-11-20T06:00", 9, "2026-11-20T18:00"),
        ("2026-11-20T06:00", 9.5, "2026-11-23T09:30"),
        ("2026-11-21T12:00", 0.25, "2026-11-23T09:15"),
    ],
)
def test_working_hours_skip_nights_and_weekends(moment: str, hours: float, expected: str) -> None:
    assert add_working_hours(moscow(moment), hours) == moscow(expected)


def test_spans_beyond_reason_are_refused() -> None:
    with pytest.raises(OverflowError):
        add_working_days(moscow("2026-11-20T12:00"), 10**6)
    with pytest.raises(OverflowError):
        add_working_hours(moscow("2026-11-20T12:00"), 1e9)


def test_days_between_can_be_counted_backwards() -> None:
    assert working_days_between(date(2026, 11, 27), date(2026, 11, 20)) == -5


SHIFT = Calendar(
    zone=ZoneInfo("Asia/Yekaterinburg"),
    weekdays=frozenset({1, 2, 3, 4, 5}),
    begins=time(10),
    ends=time(16),
    national=False,
    days_off=frozenset({date(2026, 11, 24)}),
    days_on=frozenset({date(2026, 11, 22)}),
)


@pytest.mark.parametrize(("day", "works"), [
    ("2026-11-21", True), ("2026-11-22", True), ("2026-11-23", False), ("2026-11-24", False), ("2026-11-04", True),
])  # fmt: skip
def test_a_calendar_has_days_of_its_own(day: str, works: bool) -> None:
    assert SHIFT.is_working_day(date.fromisoformat(day)) is works


def test_the_calendar_in_force_is_reckoned_with_and_only_while_it_is() -> None:
    moment = datetime(2026, 11, 21, 9, tzinfo=UTC)
    with using(lambda: SHIFT):
        assert add_working_hours(moment, 3) == datetime(2026, 11, 22, 11, tzinfo=SHIFT.zone)
        assert next_working_day(moment) == datetime(2026, 11, 22, 10, tzinfo=SHIFT.zone)
        assert add_working_days(moment, 2) == datetime(2026, 11, 25, 14, tzinfo=SHIFT.zone)
    assert not is_working_day(date(2026, 11, 22))


def test_a_calendar_is_asked_for_only_where_something_reckons_with_it() -> None:
    def nobody() -> Calendar:
        raise AssertionError("asked")

    with using(nobody):
        assert SHIFT.is_working_day(date(2026, 11, 21))


def test_hours_that_summer_time_skips_do_not_count() -> None:
    night = Calendar(
        zone=ZoneInfo("Europe/Berlin"), weekdays=frozenset(range(7)), begins=time(0), ends=time(6), national=False
    )
    assert night.add_hours(datetime(2026, 3, 29, 0, tzinfo=night.zone), 4) == datetime(
        2026, 3, 29, 5, tzinfo=night.zone
    )


def test_a_calendar_without_a_free_day_ahead_is_refused_instead_of_searched_for_ever() -> None:
    never = Calendar(weekdays=frozenset(), national=False)
    with pytest.raises(OverflowError):
        never.next_working_day(moscow("2026-11-20T12:00"))
