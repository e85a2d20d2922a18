"""Two who want different things of one instance at once: one wins, the other is told, and the instance stays whole."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine import history, instances, jobs, messages, sweep
from engine.errors import InstanceNotActive, InstanceSuspended
from engine.execution import Execution
from engine.live import Step
from engine.messages import Message
from engine.operations import Registry
from engine.ports import Ports
from engine.state import decode
from engine.tables import InstanceRow, JobRow, UserTaskRow
from kernel.context import Context
from kernel.db import Database
from kernel.errors import AppError, Conflict
from tests.support.diagrams import diagram, message, node, timer
from tests.support.engine import ANN, Bench

ROUNDS = 4
"""Each race is run again and again, because who comes first is left to chance."""
PATIENCE = 60
Act = Callable[[Execution], object]
numbers = count()


class Course:
    """An instance that waits at a task with a boundary timer and a boundary message."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        id = f"raced{next(numbers)}"
        nodes = (
            node("start", "s")
            + node("user", "work")
            + node("boundary", "over", timer("duration", "PT1H"), attachedToRef="work")
            + node("boundary", "told", message(id), attachedToRef="work")
            + node("user", "next")
            + node("user", "late")
            + node("user", "else")
        )
        self.key, self.message = f"deal:{id}", id
        self.id = bench.start(
            bench.deploy(diagram(nodes, "s -> work; work -> next; over -> late; told -> else", id=id)),
            business_key=self.key,
        )

    def complete(self, execution: Execution) -> None:
        token = execution.context.session.scalars(
            select(UserTaskRow.token).where(UserTaskRow.instance_id == self.id, UserTaskRow.element_id == "work")
        ).one()
        instances.complete(execution, self.id, token, result=None, variables={})

    def cancel(self, execution: Execution) -> None:
        instances.cancel(execution, self.id, "race")

    def suspend(self, execution: Execution) -> None:
        instances.suspend(execution, self.id, "race")

    def resume(self, execution: Execution) -> None:
        instances.resume(execution, self.id)

    def tell(self, execution: Execution) -> None:
        if not messages.correlate(execution, Message(self.message, {}, business_key=self.key)):
            raise Conflict("nobody")

    def run(self, *acts: Act) -> list[str]:
        """What each of the acts, begun at once, came to."""
        began = Barrier(len(acts))

        def attempt(act: Act) -> str:
            began.wait(PATIENCE)
            try:
                with self.bench.database.transaction() as session:
                    execution = Execution(Context(session, ANN, self.bench.clock), self.bench.ports)
                    act(execution)
                    execution.write()
            except AppError as refused:
                return refused.code
            return "done"

        with ThreadPoolExecutor(len(acts)) as pool:
            came = list(pool.map(attempt, acts))
        self.require_whole()
        return came

    def require_whole(self) -> None:
        """It has a reason to wait, and its history says how the task ended, once."""
        with self.bench.database.read_only(snapshot=True) as session:
            assert [found for found in sweep.stuck(session) if found.instance_id == self.id] == []
            row = session.get_one(InstanceRow, self.id)
            told = history.entries(session, self.id, decode(row.content))
        ends = [entry.outcome for entry in told if entry.element_id == "work"]
        assert len(ends) == 1
        assert (ends[0] is None) == ("work" in self.bench.open(self.id))
        assert (ends[0] == "completed") == ("next" in [entry.element_id for entry in told])


@pytest.fixture(params=range(ROUNDS))
def course(request: pytest.FixtureRequest, database: Database) -> Course:
    return Course(Bench(database))


def test_of_many_completions_one_counts(course: Course) -> None:
    assert Counter(course.run(*[course.complete] * 6)) == {"done": 1, "user_task_not_open": 5}
    assert course.bench.open(course.id) == ["next"]


def test_complete_against_cancel(course: Course) -> None:
    done, cancelled = course.run(course.complete, course.cancel)
    assert cancelled == "done"
    assert done in ("done", "user_task_not_open")
    assert course.bench.state(course.id) == "cancelled"
    assert ("work", "completed" if done == "done" else "cancelled") in course.bench.trace(course.id)


def test_complete_against_suspend(course: Course) -> None:
    done, suspended = course.run(course.complete, course.suspend)
    assert suspended == "done"
    assert done in ("done", "instance_suspended")
    assert course.run(course.resume) == ["done"]
    assert course.bench.open(course.id) == ["next" if done == "done" else "work"]


def test_complete_against_a_time_out_that_two_workers_see(course: Course) -> None:
    course.bench.time += timedelta(hours=2)

    def time_out(execution: Execution) -> None:
        bench = course.bench
        jobs.run_batch(bench.database, bench.ports, bench.clock, f"worker {id(execution)}")

    done, *_ = course.run(course.complete, time_out, time_out)
    assert done in ("done", "user_task_not_open")
    assert course.bench.open(course.id) == ["next" if done == "done" else "late"]
    assert course.bench.pass_time(hours=1) == 0


def test_complete_against_a_message(course: Course) -> None:
    done, told = course.run(course.complete, course.tell)
    assert {done, told} in ({"done", "nobody"}, {"done", "user_task_not_open"})
    assert course.bench.open(course.id) == ["next" if done == "done" else "else"]


def test_of_two_messages_one_is_received(course: Course) -> None:
    assert Counter(course.run(course.tell, course.tell)) == {"done": 1, "nobody": 1}
    assert course.bench.open(course.id) == ["else"]


def test_cancel_against_suspend_and_a_message(course: Course) -> None:
    came = course.run(course.cancel, course.suspend, course.tell)
    assert came[0] == "done"
    assert course.bench.state(course.id) == "cancelled"
    with course.bench.database.read_only() as session:
        left = session.scalar(select(func.count()).where(JobRow.instance_id == course.id))
    assert left == 0


def test_the_state_is_told_to_who_came_too_late(database: Database) -> None:
    course = Course(Bench(database))
    course.run(course.suspend)
    with pytest.raises(InstanceSuspended) as refused, database.transaction() as session:
        course.complete(Execution(Context(session, ANN, course.bench.clock), course.bench.ports))
    assert refused.value.details == {"state": "suspended"}
    course.run(course.cancel)
    with pytest.raises(InstanceNotActive) as ended, database.transaction() as session:
        Execution(Context(session, ANN, course.bench.clock), course.bench.ports).active(course.id)
    assert ended.value.details == {"state": "cancelled"}


def test_many_workers_do_each_job_once(database: Database) -> None:
    done: Counter[int] = Counter()
    bench = Bench(database, Ports(operations=Registry()))

    @bench.ports.operations.operation("raced.work", title="Work", asynchronous=True)
    def work(step: Step) -> dict[str, int]:
        done[step.live.id] += 1
        return {}

    operation = "<extensionElements><procession:operation name='raced.work'/></extensionElements>"
    nodes = node("start", "s") + node("service", "op", operation) + node("user", "a")
    key = bench.deploy(diagram(nodes, "s -> op; op -> a", id=f"raced{next(numbers)}"))
    several = [bench.start(key) for _ in range(40)]

    def worker(number: int) -> None:
        for _ in range(20):
            jobs.run_batch(bench.database, bench.ports, bench.clock, f"worker {number}", limit=7)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    assert done == Counter(several)
    assert all(bench.open(instance) == ["a"] for instance in several)


def test_a_clock_that_steps_back_between_two_workers_does_no_job_twice(database: Database) -> None:
    course = Course(Bench(database))
    bench, times = course.bench, iter([timedelta(hours=2), timedelta(hours=-1), timedelta(hours=3), timedelta(0)] * 3)
    start = bench.time
    for delta in times:
        bench.time = start + delta
        jobs.run_batch(bench.database, bench.ports, bench.clock, "worker")
    assert bench.open(course.id) == ["late"]
    course.require_whole()
