"""Work that is left to programs outside: fetched by one at a time, completed, refused, failed, given back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import external, instances, sweep
from engine.errors import BpmnError, ProcessError
from engine.execution import Execution
from engine.external import ExternalTask
from engine.tables import IncidentRow, JobRow
from kernel.context import Context
from kernel.db import Database
from kernel.errors import AppError, Conflict, NotFound
from tests.support.diagrams import diagram, error, node
from tests.support.engine import ANN, Bench

MINUTE = timedelta(minutes=1)
WORK = (
    '<extensionElements><procession:operation topic="{topic}" {more}>{inner}</procession:operation></extensionElements>'
)
AMOUNT = '<procession:parameter name="amount" value="price * 2"/>'


class Office(Bench):
    """A process that leaves one step to programs outside."""

    def begin(self, topic: str, *, inner: str = "", more: str = "", **variables: Any) -> int:
        work = node("service", "invoice", WORK.format(topic=topic, inner=inner, more=more))
        nodes = (
            node("start", "s") + work + node("boundary", "refused", error("no_amount"), attachedToRef="invoice")
            + node("user", "check") + node("user", "ask")
        )  # fmt: skip
        xml = diagram(nodes, "s -> invoice; invoice -> check; refused -> ask", id=topic.replace(".", "_"))
        return self.start(self.deploy(xml), variables)

    def fetch(self, worker: str, topic: str, limit: int = 10) -> list[ExternalTask]:
        with self.database.transaction() as session:
            return external.fetch(Context(session, ANN, self.clock), worker, {topic: MINUTE}, limit)

    def tell(self, function: Any, *told: Any, **named: Any) -> None:
        with self.database.transaction() as session:
            execution = Execution(Context(session, ANN, self.clock), self.ports)
            function(execution, *told, **named)
            execution.write()

    def refusal(self, function: Any, *told: Any, **named: Any) -> str:
        with pytest.raises(AppError) as refused:
            self.tell(function, *told, **named)
        return refused.value.code


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_work_is_fetched_by_one_and_its_answer_becomes_variables(office: Office) -> None:
    instance = office.begin("plain", price=5, note="soon")
    assert office.pass_time(hours=1) == 0, "our own workers leave it alone"
    (task,) = office.fetch("one", "plain")
    assert (task.topic, task.element_id, task.variables) == ("plain", "invoice", {"price": 5, "note": "soon"})
    assert task.locked_until == office.time + MINUTE
    assert office.fetch("two", "plain") == []
    assert office.refusal(external.complete, task.id, "two", {}) == "external_task_not_yours"
    office.tell(external.complete, task.id, "one", {"number": "A-1"})
    assert office.open(instance) == ["check"]
    assert office.variables(instance)["number"] == "A-1"
    assert office.refusal(external.complete, task.id, "one", {}) == "not_found"


def test_parameters_narrow_what_is_told_and_a_result_variable_what_is_kept(office: Office) -> None:
    instance = office.begin("narrow", inner=AMOUNT, more='resultVariable="invoice"', price=5, secret="x")
    (task,) = office.fetch("one", "narrow")
    assert task.variables == {"amount": 10}
    office.tell(external.complete, task.id, "one", {"number": 7})
    assert office.variables(instance)["invoice"] == {"number": 7}


def test_a_refusal_goes_the_way_that_is_drawn_for_its_code(office: Office) -> None:
    instance = office.begin("refusing")
    (task,) = office.fetch("one", "refusing")
    with pytest.raises(ProcessError):
        office.tell(external.throw, task.id, "one", BpmnError("unheard_of"))
    assert office.open(instance) == []
    office.tell(external.throw, task.id, "one", BpmnError("no_amount", variables={"why": "none given"}))
    assert office.open(instance) == ["ask"]
    assert office.variables(instance)["why"] == "none given"


def test_work_whose_worker_died_is_fetched_by_another_and_the_first_comes_too_late(office: Office) -> None:
    instance = office.begin("dying")
    (task,) = office.fetch("one", "dying")
    office.time += 2 * MINUTE
    (again,) = office.fetch("two", "dying")
    assert again.id == task.id
    assert office.refusal(external.complete, task.id, "one", {}) == "external_task_not_yours"
    office.tell(external.complete, task.id, "two", {})
    assert office.open(instance) == ["check"]


def test_a_lock_that_ran_out_counts_until_somebody_else_fetches(office: Office) -> None:
    instance = office.begin("slow")
    (task,) = office.fetch("one", "slow")
    office.time += 2 * MINUTE
    office.tell(external.complete, task.id, "one", {})
    assert office.open(instance) == ["check"]


def test_a_lock_is_extended_and_given_back(office: Office) -> None:
    office.begin("long")
    (task,) = office.fetch("one", "long")
    office.tell(external.extend, task.id, "one", 10 * MINUTE)
    office.time += 5 * MINUTE
    assert office.fetch("two", "long") == []
    office.tell(external.unlock, task.id, "one")
    assert [found.id for found in office.fetch("two", "long")] == [task.id]


def test_failures_are_tried_again_later_and_end_as_an_incident(office: Office) -> None:
    instance = office.begin("failing")
    for left in (2, 1, 0):
        (task,) = office.fetch("one", "failing")
        office.tell(external.fail, task.id, "one", reason="The ERP is away", retries=None, again_after=MINUTE)
        assert office.fetch("one", "failing") == []
        office.time += 2 * MINUTE
        with office.database.read_only() as session:
            job = session.scalars(select(JobRow).where(JobRow.instance_id == instance)).one()
            assert (job.retries, job.state) == (left, "ready" if left else "failed")
    with office.database.read_only() as session:
        incident = session.scalars(select(IncidentRow).where(IncidentRow.instance_id == instance)).one()
        assert incident.params == {"worker": "one", "reason": "The ERP is away"}
        assert [stuck for stuck in sweep.stuck(session) if stuck.instance_id == instance] == []
    assert office.refusal(external.complete, task.id, "one", {}) == "external_task_given_up"


def test_a_cancelled_or_suspended_instance_has_no_work_to_fetch(office: Office) -> None:
    instance = office.begin("ending")
    office.tell(instances.suspend, instance, "Wait")
    assert office.fetch("one", "ending") == []
    office.tell(instances.resume, instance)
    (task,) = office.fetch("one", "ending")
    office.tell(instances.cancel, instance, "Enough")
    with pytest.raises((NotFound, Conflict)):
        office.tell(external.complete, task.id, "one", {})
