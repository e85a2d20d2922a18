"""Instances in the database: a step is one transaction, rows follow the state, nothing is done twice."""

from typing import Any

import pytest
from sqlalchemy import func, select, text

from benchmarks.statements import of_one
from engine.errors import BpmnError, TaskNotOpen
from engine.execution import Execution
from engine.instances import cancel, release, resume, retry, suspend
from engine.live import Step
from engine.messages import Message, broadcast, correlate
from engine.operations import Registry
from engine.ports import Ports
from engine.tables import HistoryEntryRow, IncidentRow, InstanceRow, JobRow, SubscriptionRow
from kernel.context import Context
from kernel.db import Database
from tests.support.diagrams import condition, diagram, error, escalation, message, node, signal, timer
from tests.support.engine import ANN, Bench

SIMPLE = diagram(
    node("start", "s") + node("user", "a") + node("xor", "g") + node("user", "b") + node("end", "e"),
    "s -> a; a -> g; g -> b [x > 1]; g -> e*; b -> e",
    id="simple",
)


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def test_an_instance_goes_from_start_to_end(bench: Bench) -> None:
    instance = bench.start(bench.deploy(SIMPLE), {"x": 2})
    assert bench.open(instance) == ["a"]
    bench.complete(instance, "a")
    bench.complete(instance, "b")
    assert bench.state(instance) == "completed"
    assert [element for element, _ in bench.trace(instance)] == ["s", "a", "g", "b", "e"]


def test_the_history_holds_what_still_runs(bench: Bench) -> None:
    instance = bench.start(bench.deploy(SIMPLE))
    assert bench.trace(instance) == [("s", "completed"), ("a", None)]


def test_completing_a_task_twice_is_a_conflict(bench: Bench, database: Database) -> None:
    from engine import instances

    instance = bench.start(bench.deploy(SIMPLE), {"x": 2})
    bench.complete(instance, "a")
    with database.transaction() as session, pytest.raises(TaskNotOpen):
        instances.complete(Execution(Context(session, ANN), Ports()), instance, 2, result=None, variables={})


def test_a_step_costs_one_commit_and_few_statements(bench: Bench, database: Database) -> None:
    instance = bench.start(bench.deploy(SIMPLE), {"x": 2})
    said = of_one(database.engine, lambda: bench.complete(instance, "a"))
    assert len(said.statements) <= 6, said.statements
    assert said.commits == 1


def test_a_timer_fires_when_it_is_due_and_not_before(bench: Bench) -> None:
    xml = diagram(
        node("start", "s") + node("catch", "t", timer("duration", "P2D")) + node("user", "a"),
        "s -> t; t -> a",
        id="timed",
    )
    instance = bench.start(bench.deploy(xml))
    assert bench.pass_time(days=1) == 0 and bench.open(instance) == []
    assert bench.pass_time(days=1) == 1 and bench.open(instance) == ["a"]


def test_a_timer_goes_with_its_task(bench: Bench, database: Database) -> None:
    xml = diagram(
        node("start", "s") + node("user", "a") + node("boundary", "t", timer("duration", "P2D"), attachedToRef="a")
        + node("end", "e") + node("user", "late"),
        "s -> a; a -> e; t -> late", id="timed_task",
    )  # fmt: skip
    instance = bench.start(bench.deploy(xml))
    bench.complete(instance, "a")
    with database.read_only() as session:
        assert session.scalar(select(func.count()).select_from(JobRow).where(JobRow.instance_id == instance)) == 0


WAITING = diagram(
    node("start", "s") + node("catch", "m", message("paid")) + node("user", "a"), "s -> m; m -> a", id="waiting"
)


def test_a_message_reaches_the_instance_with_its_business_key_and_only_that(bench: Bench, database: Database) -> None:
    key = bench.deploy(WAITING)
    mine, other = bench.start(key, business_key="deal:1"), bench.start(key, business_key="deal:2")
    with database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), Ports())
        reached = correlate(execution, Message("paid", {"sum": 5}, business_key="deal:1"))
        execution.write()
    assert reached == [{"instance_id": mine, "element_id": "m", "started": False}]
    assert bench.open(mine) == ["a"] and bench.open(other) == []
    assert bench.variables(mine) == {"sum": 5}


@pytest.mark.fidelity("event.message", "runs")
def test_a_message_thrown_before_anybody_waits_is_found_in_the_inbox(bench: Bench) -> None:
    xml = diagram(
        node("start", "s") + node("and", "f") + node("throw", "t", message("early")) + node("user", "u")
        + node("catch", "c", message("early")) + node("user", "a"),
        "s -> f; f -> t; f -> u; u -> c; c -> a", id="early",
    )  # fmt: skip
    instance = bench.start(bench.deploy(xml), business_key="deal:9")
    bench.complete(instance, "u")
    assert bench.open(instance) == ["a"]
    bench.pass_time()
    assert bench.open(instance) == ["a"]


@pytest.mark.fidelity("event.signal", "runs")
def test_a_signal_reaches_every_instance_that_waits(bench: Bench, database: Database) -> None:
    xml = diagram(
        node("start", "s") + node("catch", "c", signal("go")) + node("user", "a"), "s -> c; c -> a", id="signalled"
    )
    key = bench.deploy(xml)
    several = [bench.start(key) for _ in range(3)]
    with database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), Ports())
        assert len(broadcast(execution, "go", {})) == 3
        execution.write()
    assert [bench.open(instance) for instance in several] == [["a"]] * 3


@pytest.mark.fidelity("activity.call", "runs")
def test_a_called_process_runs_as_an_instance_of_its_own_and_answers(bench: Bench) -> None:
    bench.deploy(
        diagram(node("start", "s") + node("user", "inner") + node("end", "e"), "s -> inner; inner -> e", id="child")
    )
    xml = diagram(
        node("start", "s") + node("call", "c", calledElement="child") + node("user", "after"),
        "s -> c; c -> after",
        id="parent",
    )
    parent = bench.start(bench.deploy(xml), {"x": 1})
    assert bench.open(parent) == []
    child = parent + 1
    bench.complete(child, "inner", answer=42)
    assert bench.state(child) == "completed"
    assert bench.open(parent) == ["after"] and bench.variables(parent)["answer"] == 42


def test_cancelling_the_caller_cancels_what_it_called(bench: Bench, database: Database) -> None:
    bench.deploy(diagram(node("start", "s") + node("user", "inner"), "s -> inner", id="child2"))
    xml = diagram(node("start", "s") + node("call", "c", calledElement="child2"), "s -> c", id="parent2")
    parent = bench.start(bench.deploy(xml))
    with database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), Ports())
        cancel(execution, parent, "no longer wanted")
        execution.write()
    assert bench.state(parent) == "cancelled" and bench.state(parent + 1) == "cancelled"
    assert bench.open(parent + 1) == []


@pytest.mark.fidelity("activity.call-error", "runs")
def test_an_error_of_the_called_process_reaches_the_callers_boundary(bench: Bench) -> None:
    bench.deploy(diagram(node("start", "s") + node("end", "e", error("E1")), "s -> e", id="failing"))
    xml = diagram(
        node("start", "s") + node("call", "c", calledElement="failing")
        + node("boundary", "b", error("E1"), attachedToRef="c") + node("user", "repair"),
        "s -> c; b -> repair", id="careful",
    )  # fmt: skip
    parent = bench.start(bench.deploy(xml))
    assert bench.open(parent) == ["repair"] and bench.state(parent + 1) == "failed"


def test_an_escalation_of_one_of_several_called_processes_ends_them_all_where_it_interrupts(bench: Bench) -> None:
    rising = diagram(
        node("start", "s") + node("user", "a") + node("end", "e", escalation("X")), "s -> a; a -> e", id="rising"
    )
    bench.deploy(rising)
    many = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    xml = diagram(
        node("start", "s") + node("call", "c", many, calledElement="rising")
        + node("boundary", "b", escalation("X"), attachedToRef="c") + node("user", "help"),
        "s -> c; b -> help", id="caller_of_many",
    )  # fmt: skip
    parent = bench.start(bench.deploy(xml))
    bench.complete(parent + 1, "a")
    assert bench.open(parent) == ["help"] and bench.state(parent + 2) == "cancelled"


def test_a_suspended_instance_does_nothing_until_it_is_resumed(bench: Bench, database: Database) -> None:
    xml = diagram(
        node("start", "s") + node("catch", "t", timer("duration", "P1D")) + node("user", "a"),
        "s -> t; t -> a",
        id="paused",
    )
    instance = bench.start(bench.deploy(xml))

    def switch(use: Any, *args: Any) -> None:
        with database.transaction() as session:
            use(Execution(Context(session, ANN, bench.clock), Ports()), instance, *args)

    switch(suspend, "wait")
    assert bench.pass_time(days=2) == 0
    switch(resume)
    assert bench.pass_time() == 1 and bench.open(instance) == ["a"]


def test_a_waiting_condition_fires_when_a_variable_makes_it_true(bench: Bench, database: Database) -> None:
    from engine.instances import set_variables

    xml = diagram(
        node("start", "s") + node("catch", "c", condition("ready")) + node("user", "a"), "s -> c; c -> a", id="cond"
    )
    instance = bench.start(bench.deploy(xml))
    with database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), Ports())
        set_variables(execution, instance, {"ready": True})
        execution.write()
    assert bench.open(instance) == ["a"]


def test_a_wait_can_be_released_by_hand(bench: Bench, database: Database) -> None:
    instance = bench.start(bench.deploy(WAITING))
    with database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), Ports())
        release(execution, instance, "m")
        execution.write()
    assert bench.open(instance) == ["a"]


OPERATION = "<extensionElements><procession:operation name='{}' resultVariable='answer'/></extensionElements>"


@pytest.mark.fidelity("activity.service", "runs")
def test_an_asynchronous_operation_is_a_job_retried_then_an_incident_then_mended(database: Database) -> None:
    registry = Registry()
    mood = {"broken": True}

    @registry.operation("slow.add", title="Add", asynchronous=True)
    def add(step: Step, *, x: int) -> dict[str, Any]:
        if mood["broken"]:
            raise OSError("line is down")
        return {"answer": x + 1}

    bench = Bench(database, Ports(operations=registry))
    xml = diagram(
        node("start", "s") + node("service", "op", OPERATION.format("slow.add")) + node("user", "a"),
        "s -> op; op -> a",
        id="slow",
    )
    instance = bench.start(bench.deploy(xml), {"x": 1})
    for _ in range(4):
        bench.pass_time(hours=2)
    with database.read_only() as session:
        incident = session.scalars(select(IncidentRow).where(IncidentRow.instance_id == instance)).one()
        assert "line is down" in incident.params["error"] and incident.resolved_at is None
        job = incident.job_id
    mood["broken"] = False
    with database.transaction() as session:
        from engine import jobs

        jobs.retry(Context(session, ANN, bench.clock), job or 0)
    bench.pass_time()
    assert bench.open(instance) == ["a"] and bench.variables(instance)["answer"] == 2


def test_an_operation_that_fails_in_a_step_undoes_the_whole_step(database: Database) -> None:
    registry = Registry()

    @registry.operation("boom", title="Boom")
    def boom(step: Step) -> None:
        raise BpmnError("nobody_catches_this", "no way")

    bench = Bench(database, Ports(operations=registry))
    xml = diagram(
        node("start", "s") + node("user", "a") + node("service", "op", OPERATION.format("boom")),
        "s -> a; a -> op",
        id="boom",
    )
    instance = bench.start(bench.deploy(xml))
    with pytest.raises(Exception, match="no way"):
        bench.complete(instance, "a")
    assert bench.open(instance) == ["a"]


def test_an_incident_of_a_gateway_is_retried_after_the_variable_is_mended(bench: Bench, database: Database) -> None:
    from engine.instances import set_variables

    xml = diagram(node("start", "s") + node("xor", "g") + node("user", "a"), "s -> g; g -> a [x > 1]", id="stuck")
    instance = bench.start(bench.deploy(xml), {"x": 0})
    with database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), Ports())
        set_variables(execution, instance, {"x": 5})
        token = next(iter(execution.lives[instance].state.tokens))
        retry(execution, instance, token)
        execution.write()
    assert bench.open(instance) == ["a"]
    with database.read_only() as session:
        assert session.scalars(select(IncidentRow).where(IncidentRow.instance_id == instance)).one().resolved_at


def test_state_of_a_long_loop_does_not_grow(bench: Bench, database: Database) -> None:
    xml = diagram(
        node("start", "s") + node("xor", "m") + node("user", "a") + node("xor", "g") + node("end", "e"),
        "s -> m; m -> a; a -> g; g -> m [again]; g -> e*", id="long",
    )  # fmt: skip
    instance = bench.start(bench.deploy(xml), {"again": True})
    sizes = []
    for _ in range(30):
        bench.complete(instance, "a", again=True)
        sizes.append(len(bench.row(instance).content))
    assert max(sizes[5:]) <= sizes[0] + 40
    with database.read_only() as session:
        count = session.scalar(
            select(func.count()).select_from(HistoryEntryRow).where(HistoryEntryRow.instance_id == instance)
        )
        assert count == 1 + 1 + 30 * 3
        assert session.execute(text("select 1")).scalar() == 1
        assert session.scalars(select(SubscriptionRow).where(SubscriptionRow.instance_id == instance)).all() == []


def test_an_instance_that_an_operation_starts_goes_on_in_the_same_step(bench: Bench) -> None:
    from engine import instances

    bench.deploy(SIMPLE)
    registry = Registry()

    @registry.operation("other.start", title="Start another")
    def start_another(step: Step) -> dict[str, int]:
        definition = instances.definition_for(step.execution, "simple", None)
        return {"other": instances.start(step.execution, definition, variables={"x": 2}).id}

    starter = diagram(
        node("start", "s")
        + node("service", "o", "<extensionElements><procession:operation name='other.start'/></extensionElements>")
        + node("end", "e"),
        "s -> o; o -> e",
        id="starter",
    )
    bench.ports = Ports(operations=registry)
    instance = bench.start(bench.deploy(starter))
    assert bench.state(instance) == "completed"
    assert bench.open(bench.variables(instance)["other"]) == ["a"]


@pytest.mark.fidelity("start.timer", "runs")
def test_a_process_with_a_timer_start_starts_by_itself_as_often_as_it_says(bench: Bench, database: Database) -> None:
    hourly = diagram(node("start", "s", timer("cycle", "R2/PT1H")) + node("user", "look"), "s -> look", id="hourly")
    bench.deploy(hourly)
    assert bench.pass_time(minutes=59) == 0
    assert bench.pass_time(minutes=1) == 1
    assert bench.pass_time(hours=1) == 1
    assert bench.pass_time(hours=5) == 0
    with database.read_only() as session:
        assert session.scalar(select(func.count()).where(InstanceRow.definition_key == "hourly")) == 2


def test_starts_that_were_missed_are_not_made_up_for_and_a_new_version_plans_anew(
    bench: Bench, database: Database
) -> None:
    look = node("user", "look")
    bench.deploy(diagram(node("start", "s", timer("cycle", "R/P1D")) + look, "s -> look", id="daily"))
    assert bench.pass_time(days=10) == 1
    past = node("start", "s", timer("date", "2020-01-01T00:00:00Z"))
    bench.deploy(diagram(past + look, "s -> look", id="daily"))
    assert bench.pass_time(days=10) == 0
    with database.read_only() as session:
        assert session.scalar(select(func.count()).where(JobRow.kind == "start")) == 0
