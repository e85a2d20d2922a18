"""Timers and due times go by the calendar of what the process works on: its zone, its days, summer time."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.execution import Execution
from engine.live import Live
from engine.ports import Ports
from engine.tables import JobRow, UserTaskRow
from kernel.db import Database
from kernel.working_time import Calendar
from tests.support.diagrams import diagram, node, timer
from tests.support.engine import Bench

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = Calendar(zone=BERLIN, weekdays=frozenset(range(6)), begins=time(8), ends=time(16), national=False)


class Abroad(Ports):
    def calendar(self, execution: Execution, live: Live | None) -> Calendar:
        return CALENDAR


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database, Abroad())


def due(bench: Bench, instance: int) -> datetime:
    with bench.database.read_only() as session:
        found = session.scalars(select(JobRow.due).where(JobRow.instance_id == instance)).one()
        return found.astimezone(BERLIN)


def waits(bench: Bench, kind: str, text: str, began: datetime) -> datetime:
    key = f"abroad{abs(hash((kind, text, began)))}"
    late = node("boundary", "late", timer(kind, text), attachedToRef="a", cancelActivity="false")
    xml = diagram(node("start", "s") + node("user", "a") + late + node("user", "b"), "s -> a; late -> b", id=key)
    bench.time = began
    return due(bench, bench.start(bench.deploy(xml)))


@pytest.mark.parametrize(("kind", "text", "began", "expected"), [
    ("date", "2026-07-01T09:00", "2026-06-30T12:00", "2026-07-01T09:00"),
    ("date", "2026-12-01", "2026-11-30T12:00", "2026-12-01T00:00"),
    ("cycle", "0 9 * * 1-5", "2026-03-27T12:00", "2026-03-30T09:00"),
    ("cycle", "30 2 * * *", "2026-03-28T12:00", "2026-03-29T03:30"),
    ("cycle", "R/P1D", "2026-03-28T09:00", "2026-03-29T09:00"),
    ("duration", "P1D", "2026-10-24T09:00", "2026-10-25T09:00"),
    ("duration", "working_days(1)", "2026-11-20T15:00", "2026-11-21T15:00"),
    ("date", "working_hours(2)", "2026-11-21T15:00", "2026-11-23T09:00"),
])  # fmt: skip
def test_a_timer_goes_by_the_calendar(bench: Bench, kind: str, text: str, began: str, expected: str) -> None:
    moment = datetime.fromisoformat(began).replace(tzinfo=BERLIN).astimezone(UTC)
    assert waits(bench, kind, text, moment) == datetime.fromisoformat(expected).replace(tzinfo=BERLIN)


def test_a_cycle_keeps_its_hour_when_the_clocks_change(bench: Bench) -> None:
    late = node("boundary", "late", timer("cycle", "0 9 * * *"), attachedToRef="a", cancelActivity="false")
    xml = diagram(
        node("start", "s") + node("user", "a") + late + node("user", "b"), "s -> a; late -> b", id="abroad_daily"
    )
    bench.time = datetime(2026, 3, 27, 12, tzinfo=BERLIN).astimezone(UTC)
    made = bench.start(bench.deploy(xml))
    fired = []
    for _ in range(3):
        fired.append(due(bench, made))
        bench.pass_time(seconds=(fired[-1] - bench.time.astimezone(BERLIN)).total_seconds() + 1)
    assert [moment.strftime("%d.%m %H:%M %z") for moment in fired] == [
        "28.03 09:00 +0100", "29.03 09:00 +0200", "30.03 09:00 +0200",
    ]  # fmt: skip


def test_due_and_follow_up_go_by_the_calendar(bench: Bench) -> None:
    timed = '<extensionElements><procession:task due="now + working_days(1)" followUp="2026-11-21T08:00"/></extensionElements>'
    bench.time = datetime(2026, 11, 20, 15, tzinfo=BERLIN).astimezone(UTC)
    made = bench.start(bench.deploy(diagram(node("start", "s") + node("user", "a", timed), "s -> a", id="abroad_due")))
    with bench.database.read_only() as session:
        task = session.scalars(select(UserTaskRow).where(UserTaskRow.instance_id == made)).one()
        assert task.due == datetime(2026, 11, 21, 15, tzinfo=BERLIN)
        assert task.follow_up == datetime(2026, 11, 21, 8, tzinfo=BERLIN)
