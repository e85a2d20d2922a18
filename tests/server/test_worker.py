"""The worker does what is due, keeps house, and outlives trouble with its database."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import delete, func, select, text

from engine import jobs
from engine.tables import InboxRow, InstanceRow, UserTaskRow
from kernel.context import SYSTEM, Context, system_clock
from kernel.db import Database
from processes import designs, instances
from server.worker import HOUSEKEEPING_LOCK, LONGEST_NAP, Worker
from tests.support.diagrams import diagram, node, timer

PATIENCE = 20


@pytest.fixture
def firm(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url, pool_size=2)
    yield database
    database.close()


def start(database: Database, nodes: str, flows: str) -> int:
    with database.transaction() as session:
        context = Context(session, SYSTEM)
        designs.upload(context, [("worked.bpmn", diagram(nodes, flows, id="worked"))], publish=True)
        return instances.start_instance(context, definition_key="worked").id


def expired_messages(database: Database) -> int:
    with database.read_only() as session:
        return session.scalar(select(func.count()).select_from(InboxRow)) or 0


def leave_expired_message(database: Database) -> None:
    now = system_clock()
    with database.transaction() as session:
        over = now - timedelta(minutes=1)
        session.add(InboxRow(name="late", variables={}, created_at=over, expires_at=over))


def test_what_is_due_is_done_at_once_and_then_it_rests(firm: Database) -> None:
    nodes = node("start", "begin") + node("catch", "rest", timer("duration", "PT0S")) + node("end", "done")
    instance = start(firm, nodes, "begin -> rest; rest -> done")
    worker = Worker(firm)
    assert worker._work(worker.name) == 0.0
    with firm.read_only() as session:
        assert session.scalar(select(InstanceRow.state).where(InstanceRow.id == instance)) == "completed"
    assert worker._work(worker.name) == LONGEST_NAP


def test_it_wakes_when_the_next_timer_is_due(firm: Database) -> None:
    nodes = node("start", "begin") + node("catch", "rest", timer("duration", "PT0.5S")) + node("end", "done")
    start(firm, nodes, "begin -> rest; rest -> done")
    assert 0 < Worker(firm)._work("one") <= 0.5


def test_a_long_piece_of_work_leaves_a_hand_free(firm: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    helped, go_on = Event(), Event()
    names: list[str] = []

    def batch(_database: Database, _ports: object, _clock: object, name: str, _limit: int) -> int:
        names.append(name)
        (go_on.wait if name == worker.name else helped.set)()
        return 0

    worker = Worker(firm)
    monkeypatch.setattr(jobs, "run_batch", batch)
    monkeypatch.setattr("server.worker.HELD_UP_AFTER", 0.05)
    running = Thread(target=worker.run)
    running.start()
    assert helped.wait(PATIENCE)
    worker.stop()
    go_on.set()
    running.join(PATIENCE)
    assert not running.is_alive()
    assert names[0] == worker.name and len(set(names)) == 2


def test_messages_that_nobody_wanted_in_time_are_thrown_away(firm: Database) -> None:
    leave_expired_message(firm)
    Worker(firm)._keep_house()
    assert expired_messages(firm) == 0


def test_only_one_worker_keeps_house_at_a_time(firm: Database) -> None:
    leave_expired_message(firm)
    with firm.transaction() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": HOUSEKEEPING_LOCK})
        Worker(firm)._keep_house()
    assert expired_messages(firm) == 1


def test_an_instance_that_hangs_is_told_in_the_log(firm: Database, caplog: pytest.LogCaptureFixture) -> None:
    instance = start(
        firm, node("start", "begin") + node("user", "work") + node("end", "done"), "begin -> work; work -> done"
    )
    worker = Worker(firm)
    with caplog.at_level(logging.ERROR):
        worker._keep_house()
        assert caplog.text == ""
        with firm.transaction() as session:
            session.execute(delete(UserTaskRow))
        worker._keep_house()
    assert f"instance {instance} hangs at work: it lacks its open task" in caplog.text


def test_a_database_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    away = Database("postgresql+psycopg://u:p@127.0.0.1:1/x", pool_size=1)
    worker = Worker(away)
    assert worker._work(worker.name) == LONGEST_NAP
    worker._keep_house()
    assert "the queue cannot be read" in caplog.text
    assert "housekeeping failed" in caplog.text
