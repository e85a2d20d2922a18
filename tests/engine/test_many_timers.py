"""Timers that are due together are fired together, and none of them holds back the others."""

import time
from threading import Thread

import pytest
from sqlalchemy import select, text

from engine import instances
from engine.execution import Execution
from engine.tables import JobRow
from kernel.context import Context
from kernel.db import Database
from tests.support.diagrams import diagram, node, timer
from tests.support.engine import ANN, Bench

MANY = 12
PATIENCE = 60


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def deployed(bench: Bench, id: str, script: str = "n = 1") -> str:
    nodes = (
        node("start", "s") + node("catch", "wait", timer("duration", "PT1H"))
        + node("script", "count", f"<script>{script}</script>") + node("user", "a") + node("end", "e")
    )  # fmt: skip
    return bench.deploy(diagram(nodes, "s -> wait; wait -> count; count -> a; a -> e", id=id))


def test_timers_of_many_instances_are_fired_in_one_transaction(bench: Bench) -> None:
    key = deployed(bench, "alarms")
    started = [bench.start(key) for _ in range(MANY)]
    bench.pass_time(hours=1)
    with bench.database.read_only() as session:
        query = "SELECT count(DISTINCT xmin::text) FROM process_instance WHERE id = ANY(:ids)"
        assert session.scalar(text(query), {"ids": started}) == 1
    for instance in started:
        assert bench.open(instance) == ["a"]
        assert bench.trace(instance) == [("s", "completed"), ("wait", "completed"), ("count", "completed"), ("a", None)]
        bench.complete(instance, "a")
        assert bench.state(instance) == "completed"


def test_one_that_cannot_go_on_holds_back_no_other(bench: Bench) -> None:
    sound, broken = deployed(bench, "sound"), deployed(bench, "broken", "n = 1 + 'a'")
    started = [bench.start(sound) for _ in range(MANY)]
    ill = bench.start(broken)
    bench.pass_time(hours=1)
    assert all(bench.open(instance) == ["a"] for instance in started)
    assert bench.open(ill) == []
    with bench.database.read_only() as session:
        (left,) = session.scalars(select(JobRow).where(JobRow.instance_id == ill))
        assert left.retries < 3
        assert left.error
    with bench.database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), bench.ports)
        instances.cancel(execution, ill, "It is broken")
        execution.write()


def test_an_instance_at_which_someone_works_is_waited_for_after_the_others(bench: Bench) -> None:
    key = deployed(bench, "busy")
    held, *others = [bench.start(key) for _ in range(MANY)]
    worker = Thread(target=bench.pass_time, kwargs={"hours": 1})
    with bench.database.transaction() as session:
        session.execute(text("SELECT 1 FROM process_instance WHERE id = :id FOR UPDATE"), {"id": held})
        worker.start()
        until = time.monotonic() + PATIENCE
        while not all(bench.open(instance) for instance in others) and time.monotonic() < until:
            time.sleep(0.05)
        assert [bench.open(instance) for instance in others] == [["a"]] * len(others)
        assert bench.open(held) == []
    worker.join(PATIENCE)
    assert bench.open(held) == ["a"]


def test_two_timers_of_one_instance_are_fired_one_after_the_other(bench: Bench) -> None:
    nodes = (
        node("start", "s") + node("event", "g") + node("catch", "first", timer("duration", "PT1H"))
        + node("catch", "second", timer("duration", "PT1H")) + node("user", "a") + node("user", "b")
    )  # fmt: skip
    flows = "s -> g; g -> first; g -> second; first -> a; second -> b"
    key = bench.deploy(diagram(nodes, flows, id="two_timers"))
    started = [bench.start(key) for _ in range(MANY)]
    bench.pass_time(hours=1)
    assert [bench.open(instance) for instance in started] == [["a"]] * MANY
    with bench.database.read_only() as session:
        assert session.scalars(select(JobRow.id).where(JobRow.instance_id.in_(started))).all() == []
