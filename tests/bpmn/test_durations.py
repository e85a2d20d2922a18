"""ISO 8601 times and cron, as diagrams write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.cycles import Cron, Cycle, parse_cron, parse_cycle
from bpmn.durations import Duration, TimeError, WorkingDays, due_date, is_date, is_duration, parse_date, parse_duration

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
BEGAN = datetime(2026, 1, 31, 10, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("PT1S", "2026-01-31T10:00:01Z"),
        ("PT0.5S", "2026-01-31T10:00:00.5Z"),
        ("PT1,5H", "2026-01-31T11:30:00Z"),
        ("P1D", "2026-02-01T10:00:00Z"),
        ("P1W", "2026-02-07T10:00:00Z"),
        ("P1M", "2026-02-28T10:00:00Z"),
        ("P2M", "2026-03-31T10:00:00Z"),
        ("P1Y1M", "2027-02-28T10:00:00Z"),
        ("P0.5Y", "2026-07-31T10:00:00Z"),
        ("P1Y2M3W4DT5H6M7S", "2027-04-25T15:06:07Z"),
        ("-P1D", "2026-01-30T10:00:00Z"),
        ("+PT36H", "2026-02-01T22:00:00Z"),
        (" PT1M ", "2026-01-31T10:01:00Z"),
        ("PT0S", "2026-01-31T10:00:00Z"),
    ],
)
def test_durations_follow_the_calendar(text: str, after: str) -> None:
    assert is_duration(text)
    assert parse_duration(text).after(BEGAN) == at(after)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "1D", "P1", "P1H", "PT1D", "P1DT", "PT1H1", "P1.5M", "P99999999999D", "P999999999Y", "P١D",
     "PT" + "9" * 300 + "S", "P1D\n2", "p1d "],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(TimeError):
        parse_duration(text)


def test_a_day_is_a_day_of_the_clock_and_24_hours_are_24_hours() -> None:
    evening = datetime(2026, 3, 28, 12, tzinfo=BERLIN)  # summer time begins in the night
    assert parse_duration("P1D").after(evening) == datetime(2026, 3, 29, 12, tzinfo=BERLIN)
    assert parse_duration("PT24H").after(evening).astimezone(BERLIN).hour == 13


def test_months_have_no_fixed_length() -> None:
    with pytest.raises(TimeError):
        parse_duration("P1M").as_timedelta()
    assert parse_duration("P1DT1H").as_timedelta() == timedelta(hours=25)


@given(st.integers(-500, 500), st.integers(-5000, 5000), st.integers(-(10**6), 10**6))
def test_durations_of_one_sign_are_read_as_they_are_written(months: int, days: int, seconds: int) -> None:
    duration = Duration(abs(months), abs(days), timedelta(seconds=abs(seconds), microseconds=abs(days)))
    for one in (duration, -duration):
        again = parse_duration(str(one))
        assert again.months == one.months
        assert timedelta(days=again.days) + again.time == timedelta(days=one.days) + one.time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
        ("2026-01-01T00:00:00+03:00", "2026-01-01T00:00:00+03:00"),
        ("2026-01-01T10:00", "2026-01-01T10:00:00+03:00"),
        ("2026-01-01", "2026-01-01T00:00:00+03:00"),
        ("20260101T100000Z", "2026-01-01T10:00:00+00:00"),
        ("2026-01-01 10:00:00.250Z", "2026-01-01T10:00:00.250+00:00"),
    ],
)
def test_dates_without_a_zone_are_meant_in_the_given_one(text: str, expected: str) -> None:
    assert is_date(text)
    assert parse_date(text, MOSCOW) == at(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026",
        "2026-13-01",
        "2026-02-30",
        "2026-01-01T25:00",
        "12:00",
        "0001-01-01T00:00+23:59",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(TimeError):
        parse_date(text)


def occurrences(text: str, count: int = 5) -> list[str]:
    cycle = parse_cycle(text)
    found: list[str] = []
    previous = None
    for fired in range(count):
        previous = cycle.next_time(BEGAN, fired, previous)
        if previous is None:
            return [*found, "over"]
        found.append(previous.strftime("%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R3/PT1H", ["01-31 11:00", "01-31 12:00", "01-31 13:00", "over"]),
        ("R/PT10M", ["01-31 10:10", "01-31 10:20", "01-31 10:30", "01-31 10:40", "01-31 10:50"]),
        ("R0/PT1H", ["over"]),
        ("R2/2026-03-01T00:00:00Z/P1D", ["03-01 00:00", "03-02 00:00", "over"]),
        ("R/2020-01-31T00:00:00Z/P1M", ["02-28 00:00", "03-31 00:00", "04-30 00:00", "05-31 00:00", "06-30 00:00"]),
        ("R5/2026-01-30T00:00:00Z/P1D/2026-02-02T00:00:00Z", ["02-01 00:00", "02-02 00:00", "over"]),
        ("R3/P1D/2026-02-05T00:00:00Z", ["02-03 00:00", "02-04 00:00", "02-05 00:00", "over"]),
        ("R/2026-02-01T00:00:00Z/2026-02-01T06:00:00Z", ["02-01 00:00", "02-01 06:00", "02-01 12:00", "02-01 18:00",
                                                        "02-02 00:00"]),
        ("R3/2020-01-01T00:00:00Z/P1D", ["over"]),
        ("0 9 * * MON-FRI", ["02-02 09:00", "02-03 09:00", "02-04 09:00", "02-05 09:00", "02-06 09:00"]),
        ("0 30 9 ? * MON", ["02-02 09:30", "02-09 09:30", "02-16 09:30", "02-23 09:30", "03-02 09:30"]),
        ("*/20 10,11 * * *", ["01-31 10:20", "01-31 10:40", "01-31 11:00", "01-31 11:20", "01-31 11:40"]),
        ("0 0 1 * *", ["02-01 00:00", "03-01 00:00", "04-01 00:00", "05-01 00:00", "06-01 00:00"]),
        ("0 0 1 * 1", ["02-01 00:00", "02-02 00:00", "02-09 00:00", "02-16 00:00", "02-23 00:00"]),
        ("0 12 * FEB-MAR SAT", ["02-07 12:00", "02-14 12:00", "02-21 12:00", "02-28 12:00", "03-07 12:00"]),
        ("0 0 * * 7", ["02-01 00:00", "02-08 00:00", "02-15 00:00", "02-22 00:00", "03-01 00:00"]),
        ("0 22-1/2 * * *", ["01-31 22:00", "02-01 00:00", "02-01 22:00", "02-02 00:00", "02-02 22:00"]),
        ("@daily", ["02-01 00:00", "02-02 00:00", "02-03 00:00", "02-04 00:00", "02-05 00:00"]),
        ("0 0 29 2 *", ["02-29 00:00"] * 5),
    ],
)  # fmt: skip
def test_repetitions_come_when_they_should(text: str, expected: list[str]) -> None:
    assert occurrences(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "R3", "R3/", "R/x", "R3/PT0S", "R3/-PT1H", "R/P1D/P2D", "R/2026-01-01T00:00:00Z", "Rx/PT1H", "abc", "60 * * * *",
     "* * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "* * * * MOO", "* * * * L", "*/0 * * * *",
     "*/x * * * *", "1-2-3 * * * *", ", * * * *", "0 9 * * MON#2", "1 2 3 4 5 6 7 8", "R-1/PT1H"],
)  # fmt: skip
def test_what_is_no_repetition_is_refused(text: str) -> None:
    with pytest.raises(TimeError):
        parse_cycle(text)


def test_a_cron_line_that_never_happens_says_so() -> None:
    with pytest.raises(TimeError, match="never happens"):
        parse_cron("0 0 30 2 *").next_after(BEGAN)


def test_cron_keeps_to_the_clock_of_its_zone() -> None:
    cron = parse_cron("0 9 * * *", BERLIN)
    before = cron.next_after(datetime(2026, 3, 28, tzinfo=BERLIN))
    after = cron.next_after(before)
    assert (before.astimezone(BERLIN).hour, after.astimezone(BERLIN).hour) == (9, 9)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)


def test_an_hour_that_summer_time_skips_comes_one_later() -> None:
    due = parse_cron("30 2 29 3 *", BERLIN).next_after(datetime(2026, 3, 28, tzinfo=BERLIN))
    assert due.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_duration, parse_date, parse_cycle):
        try:
            assert isinstance(parse(text), Duration | datetime | Cycle | Cron)
        except TimeError as error:
            assert str(error)


@given(
    st.sampled_from(["*", "0", "5", "*/7", "1-3", "2,4", "MON", "JAN", "?", "15/5"]), st.data(), st.datetimes(
        min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1))
)  # fmt: skip
def test_the_next_time_of_a_cron_line_is_later_and_matches(minute: str, data: st.DataObject, when: datetime) -> None:
    fields = [minute, *(data.draw(st.sampled_from(["*", "1", "*/2", "3-5", "7"])) for _ in range(4))]
    moment = when.replace(tzinfo=UTC)
    try:
        cron = parse_cron(" ".join(fields))
    except TimeError:
        return
    due = cron.next_after(moment)
    assert due > moment
    assert due.minute in cron.minutes and due.hour in cron.hours and due.month in cron.months


def test_timers_take_texts_dates_and_durations() -> None:
    assert due_date("PT1H", BEGAN) == BEGAN + timedelta(hours=1)
    assert due_date("2026-02-01T00:00:00Z", BEGAN) == datetime(2026, 2, 1, tzinfo=UTC)
    assert due_date(timedelta(days=1), BEGAN) == BEGAN + timedelta(days=1)
    assert due_date(Duration(months=1), BEGAN) == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert due_date(BEGAN, BEGAN) == BEGAN
    assert due_date(WorkingDays(1), BEGAN) == BEGAN + timedelta(days=2)
    assert due_date(datetime(2026, 1, 1), BEGAN) == datetime(2026, 1, 1, tzinfo=MOSCOW)
    assert due_date("2026-02-01T09:00", BEGAN) == datetime(2026, 2, 1, 9, tzinfo=MOSCOW)
    for wrong in (5, None, "soon", [], True, timedelta.max):
        with pytest.raises(TimeError):
            due_date(wrong, BEGAN)
