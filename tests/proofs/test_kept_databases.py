"""Migrations and backups lose no instance: databases of earlier releases, and copies made while work goes on, go on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from engine import jobs, sweep
from engine.tables import ACTIVE, COMPLETED, IncidentRow, InstanceRow
from kernel.context import SYSTEM, Context, system_clock
from kernel.db import Database
from kernel.paging import Page
from processes import instances, messages, tasks
from processes.engine_room import PORTS
from processes.views import TaskFilter
from server import backup, migrating
from server.embedded import Embedded
from tests.proofs.kept_databases import KEPT, settle, waiting
from tests.server.conftest import make_database

WRITTEN = datetime(2026, 11, 24, tzinfo=UTC)
"""After the newest of the kept databases."""
ROUNDS = 12
numbers = count()


@pytest.fixture
def url(postgres: Embedded) -> Iterator[str]:
    yield from make_database(postgres)


@pytest.fixture
def elsewhere(postgres: Embedded) -> Iterator[str]:
    yield from make_database(postgres)


def later() -> datetime:
    return max(system_clock(), WRITTEN) + timedelta(days=3)


def play_to_the_end(database: Database) -> None:
    """Completes what is open, tells what is waited for, and lets the days pass, until nothing more happens."""
    for _ in range(ROUNDS):
        with database.transaction() as session:
            context = Context(session, SYSTEM)
            for task in tasks.list_tasks(context, TaskFilter(), Page(limit=200)).items:
                tasks.complete_task(context, task.id)
        with database.transaction() as session:
            messages.send_signal(Context(session, SYSTEM), name="all")
        with database.transaction() as session:
            messages.send_message(Context(session, SYSTEM), name="go", all=True, keep_for=timedelta(seconds=1))
        while jobs.run_batch(database, PORTS, later, f"w{next(numbers)}", 100):
            pass


def states(database: Database) -> dict[str, int]:
    with database.read_only() as session:
        rows = session.execute(select(InstanceRow.state, func.count()).group_by(InstanceRow.state))
        return {row[0]: row[1] for row in rows}


def is_whole(database: Database) -> bool:
    with database.read_only(snapshot=True) as session:
        return not list(sweep.stuck(session)) and session.scalar(select(func.count()).select_from(IncidentRow)) == 0


def goes_on(url: str) -> dict[str, int]:
    database = Database(url, pool_size=2, application_name="procession tests")
    try:
        assert is_whole(database)
        before = sum(states(database).values())
        play_to_the_end(database)
        assert is_whole(database)
        assert states(database) == {COMPLETED: before}
        return {COMPLETED: before}
    finally:
        database.close()


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.zip")), ids=lambda file: file.stem)
def test_every_instance_of_an_earlier_release_is_migrated_and_goes_on(url: str, kept: Path) -> None:
    backup.read(url, kept)
    assert goes_on(url) == {COMPLETED: len(waiting()) + 1}  # one is called


def test_copies_made_while_people_work_go_on_elsewhere(url: str, elsewhere: str, tmp_path: Path) -> None:
    migrating.migrate(url)
    database = Database(url, pool_size=4, application_name="procession tests")
    settle(database)
    over = Event()

    def work() -> int:
        done = 0
        while not over.is_set():
            for key in waiting():
                with database.transaction() as session:
                    instances.start_instance(Context(session, SYSTEM), definition_key=key)
            with database.transaction() as session:
                context = Context(session, SYSTEM)
                found = tasks.list_tasks(context, TaskFilter(), Page(limit=5)).items
                for task in found[:1]:
                    tasks.complete_task(context, task.id)
                    done += 1
        return done

    copies = [tmp_path / f"{number}.zip" for number in range(3)]
    with ThreadPoolExecutor(1) as people:
        working = people.submit(work)
        for copy in copies:
            backup.write(url, copy)
        over.set()
        assert working.result() > 0
    assert is_whole(database)
    assert states(database)[ACTIVE] > len(waiting())
    database.close()
    backup.read(elsewhere, copies[-1])
    assert goes_on(elsewhere)[COMPLETED] > len(waiting())
