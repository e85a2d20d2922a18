"""Workers that are cut off or stopped past their lease: no work is done twice, none is left locked, no false alarm."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from threading import Event, Thread

import pytest
from sqlalchemy import func, select, text, update

from engine import jobs
from engine.jobs import LEASE
from engine.live import Step
from engine.operations import Registry
from engine.ports import Ports
from engine.tables import IncidentRow, JobRow
from kernel.context import SYSTEM, Context
from kernel.db import Database
from tests.support.diagrams import diagram, node
from tests.support.engine import Bench

OPERATION = "<extensionElements><procession:operation name='slow.work'/></extensionElements>"
PATIENCE = 60
numbers = count()


class Workshop:
    """An instance that waits for one asynchronous operation, whose doing a test gives."""

    def __init__(self, database: Database) -> None:
        self.bench = Bench(database, Ports(operations=Registry()))
        self.done = 0
        self.meanwhile: Callable[[Step], None] = lambda step: None

        @self.bench.ports.operations.operation("slow.work", title="Work", asynchronous=True)
        def work(step: Step) -> dict[str, int]:
            self.meanwhile(step)
            self.done += 1
            return {"came": self.done}

        xml = diagram(
            node("start", "s") + node("service", "op", OPERATION) + node("user", "a"),
            "s -> op; op -> a",
            id=f"leased{next(numbers)}",
        )
        self.id = self.bench.start(self.bench.deploy(xml))

    def work(self, worker: str) -> int:
        return jobs.run_batch(self.bench.database, self.bench.ports, self.bench.clock, worker)

    def left(self) -> tuple[int, int]:
        """Jobs and incidents of the instance."""
        with self.bench.database.read_only() as session:
            rows = [
                session.scalar(select(func.count()).select_from(table).where(table.instance_id == self.id)) or 0
                for table in (JobRow, IncidentRow)
            ]
        return rows[0], rows[1]


@pytest.fixture
def workshop(database: Database) -> Workshop:
    return Workshop(database)


def test_a_job_at_work_is_not_taken_though_its_lease_has_run_out(workshop: Workshop) -> None:
    begun, go_on = Event(), Event()

    def stopped(step: Step) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    workshop.meanwhile = stopped
    one = Thread(target=workshop.work, args=("one",))
    one.start()
    assert begun.wait(PATIENCE)
    workshop.bench.time += LEASE + timedelta(seconds=1)
    assert workshop.work("two") == 0
    go_on.set()
    one.join(PATIENCE)
    assert workshop.done == 1
    assert workshop.left() == (0, 0)
    assert workshop.bench.open(workshop.id) == ["a"]


def test_what_a_dead_worker_had_taken_another_does_once_the_lease_is_over(workshop: Workshop) -> None:
    assert len(jobs.claim(workshop.bench.database, workshop.bench.clock, "dead", 20, timers=False)) == 1
    assert workshop.work("two") == 0
    workshop.bench.time += LEASE + timedelta(seconds=1)
    assert workshop.work("two") == 1
    assert workshop.done == 1
    assert workshop.left() == (0, 0)


def test_a_worker_that_is_cut_off_raises_no_incident_for_what_another_has_done(workshop: Workshop) -> None:
    database = workshop.bench.database
    with database.transaction() as session:
        session.execute(update(JobRow).where(JobRow.instance_id == workshop.id).values(retries=1))

    def cut_off(step: Step) -> None:
        workshop.meanwhile = lambda step: None
        backend = step.context.session.execute(text("SELECT pg_backend_pid()")).scalar()
        with database.transaction() as session:
            session.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": backend})
        workshop.bench.time += LEASE + timedelta(seconds=1)
        assert workshop.work("two") == 1
        raise ConnectionError("cut off")

    workshop.meanwhile = cut_off
    workshop.work("one")
    assert workshop.done == 1
    assert workshop.left() == (0, 0)
    assert workshop.bench.open(workshop.id) == ["a"]


def test_a_clock_that_steps_back_makes_nothing_happen_twice(workshop: Workshop) -> None:
    assert workshop.work("one") == 1
    workshop.bench.time -= timedelta(hours=3)
    assert workshop.work("one") == 0
    workshop.bench.complete(workshop.id, "a")
    assert workshop.bench.state(workshop.id) == "completed"
    assert workshop.done == 1


def test_a_job_that_ends_its_worker_is_tried_four_times_and_then_waits_for_a_person(workshop: Workshop) -> None:
    """`Killed` goes through everything, as the end of a process does: nothing is written after it."""
    tries = []

    def kill(step: Step) -> None:
        tries.append(step)
        raise Killed

    workshop.meanwhile = kill
    for _ in range(4):
        with pytest.raises(Killed):
            workshop.work("one of many")
        assert workshop.left() == (1, 0)
        workshop.bench.time += LEASE + timedelta(seconds=1)
    assert workshop.work("the last") == 1
    assert len(tries) == 4
    assert workshop.left() == (1, 1)
    assert workshop.work("the last") == 0
    with workshop.bench.database.transaction() as session:
        incident = session.scalars(select(IncidentRow).where(IncidentRow.instance_id == workshop.id)).one()
        assert incident.message.startswith("Each worker that began this was ended")
        workshop.meanwhile = lambda step: None
        jobs.retry(Context(session, SYSTEM, workshop.bench.clock), incident.job_id or 0)
    assert workshop.work("the last") == 1
    assert workshop.bench.open(workshop.id) == ["a"]


def test_jobs_that_were_claimed_beside_one_that_ends_its_worker_are_done(database: Database) -> None:
    good, bad = Workshop(database), Workshop(database)

    def kill(step: Step) -> None:
        if step.live.id == bad.id:
            raise Killed

    bad.meanwhile = kill
    with bad.bench.database.transaction() as session:
        session.execute(update(JobRow).where(JobRow.instance_id == bad.id).values(due=bad.bench.time - LEASE))
    ports = bad.bench.ports
    for _ in range(5):
        with suppress(Killed):
            jobs.run_batch(database, ports, bad.bench.clock, "one of many")
        bad.bench.time += LEASE + timedelta(seconds=1)
    assert bad.left() == (1, 1)
    assert good.left() == (0, 0)
    assert good.bench.open(good.id) == ["a"]


def test_who_lost_a_job_once_has_two_tries_left(workshop: Workshop) -> None:
    workshop.meanwhile = raiser(Killed)
    with pytest.raises(Killed):
        workshop.work("one")
    workshop.meanwhile = raiser(ValueError)
    for waits in (LEASE, timedelta(minutes=10)):
        assert workshop.left() == (1, 0)
        workshop.bench.time += waits + timedelta(seconds=1)
        assert workshop.work("two") == 1
    assert workshop.left() == (1, 1)


class Killed(BaseException):
    """Stands for SIGKILL."""


def raiser(error: type[BaseException]) -> Callable[[Step], None]:
    def fail(step: Step) -> None:
        raise error

    return fail
