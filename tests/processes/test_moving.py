"""Running processes moved by a supervisor: what a look promises is what the move does."""

import pytest
from sqlalchemy.orm import Session

from kernel.errors import Conflict, ValidationFailed
from kernel.paging import Page
from processes import designs, instances, moving, tasks
from processes.views import InstanceView, TaskFilter
from tests.processes.test_task_rights import Office
from tests.support.diagrams import diagram, node, timer

HOUR = timer("duration", "PT1H")


class House(Office):
    """`errand`: a (with a timer beside it) → calls `helper` (h) → a calculation that fails without `parts` → b."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        called = diagram(node("start", "hs") + node("user", "h") + node("end", "he"), "hs -> h; h -> he", id="helper")
        errand = diagram(
            node("start", "s")
            + node("user", "a")
            + node("boundary", "late", HOUR, attachedToRef="a", cancelActivity="false")
            + node("call", "visit", calledElement="helper")
            + node("xor", "g")
            + node("user", "b"),
            "s -> a; a -> visit; visit -> g; g -> b [parts > 1]; late -> b",
            id="errand",
        )
        designs.upload(self.administrator, [("helper.bpmn", called), ("errand.bpmn", errand)], publish=True)

    def errand(self, **variables: int) -> InstanceView:
        return instances.start_instance(self.supervisor, definition_key="errand", variables=variables)

    def open(self, instance: InstanceView) -> list[str]:
        family = [instance.id, *(one.id for one in instances.list_family(self.supervisor, instance.id))]
        found = [tasks.list_tasks(self.supervisor, TaskFilter(instance_id=one), Page()).items for one in family]
        return sorted(task.element_id for part in found for task in part)


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def test_a_look_lists_tasks_and_jobs_that_end_and_what_begins_in_called_processes_too(house: House) -> None:
    errand = house.errand()
    seen = moving.modify_instance(
        house.supervisor, errand.id, cancel=["a"], start_before=["visit"], reason="Skip", preview=True
    )
    assert [(e.kind, e.element_id) for e in seen.cancels] == [("task", "a"), ("timer", "late")]
    assert seen.cancels[0].task_id is not None and seen.cancels[1].job_id is not None
    assert [(e.kind, e.element_id) for e in seen.creates] == [("call", "visit"), ("task", "h")]
    assert seen.creates[1].instance_id == seen.creates[0].called_instance_id != errand.id
    assert house.open(errand) == ["a"]
    assert instances.list_operator_actions(house.supervisor, errand.id) == []


def test_leaving_a_call_ends_what_it_called(house: House) -> None:
    errand = house.errand()
    moving.modify_instance(house.supervisor, errand.id, cancel=["a"], start_before=["visit"], reason="Skip")
    assert house.open(errand) == ["h"]
    done = moving.modify_instance(house.supervisor, errand.id, cancel=["visit"], start_before=["a"], reason="Back")
    assert [(e.kind, e.element_id) for e in done.cancels] == [("call", "visit"), ("task", "h")]
    assert house.open(errand) == ["a"]
    kinds = [(action.kind, action.reason) for action in instances.list_operator_actions(house.supervisor, errand.id)]
    assert kinds == [("modify", "Back"), ("modify", "Skip")]


def test_a_called_process_is_moved_like_any_other(house: House) -> None:
    errand = house.errand(parts=2)
    begun = moving.modify_instance(house.supervisor, errand.id, cancel=["a"], start_before=["visit"], reason="Skip")
    called = begun.creates[0].called_instance_id
    assert called is not None
    done = moving.modify_instance(house.supervisor, called, cancel=["h"], start_before=["he"], reason="Needless")
    assert done.state == "completed"
    assert [(e.kind, e.element_id, e.instance_id) for e in done.creates] == [("task", "b", errand.id)]


def test_incidents_that_would_arise_are_told_before(house: House) -> None:
    errand = house.errand(parts=0)
    seen = moving.modify_instance(
        house.supervisor, errand.id, cancel=["a"], start_before=["g"], reason="Try", preview=True
    )
    assert [incident.element_id for incident in seen.new_incidents] == ["g"]
    assert seen.new_incidents[0].message and seen.creates == ()


def test_several_moves_are_one(house: House) -> None:
    errand = house.errand()
    done = moving.modify_instance(
        house.supervisor, errand.id, cancel=["a"], start_before=["b"], start_after=["late"], reason="Both"
    )
    assert [e.element_id for e in done.creates] == ["b", "b"] and house.open(errand) == ["b", "b"]


def test_nothing_is_done_where_one_of_the_moves_cannot_be(house: House) -> None:
    errand = house.errand()
    with pytest.raises(ValidationFailed) as refused:
        moving.modify_instance(house.supervisor, errand.id, cancel=["a"], start_before=["b", "late"], reason="Both")
    assert list(refused.value.fields) == ["start_before.1"] and house.open(errand) == ["a"]


def test_the_stage_that_would_follow_is_told(house: House) -> None:
    house.start()
    seen = moving.modify_instance(
        house.supervisor, house.instance.id, cancel=["call"], start_before=["offer"], reason="Skip", preview=True
    )
    assert seen.stage == "proposal"
    assert house.the_deal.stage != "proposal"


def test_a_rewind_lists_what_ends_what_begins_and_what_stays_done(house: House) -> None:
    house.start()
    call = house.task(house.manager)
    tasks.complete_task(house.manager, call.id, result="interested")
    assert house.the_deal.stage == "proposal"
    seen = moving.rewind_instance(
        house.supervisor, house.instance.id, element_id="call", reason="Wrong client", preview=True
    )
    assert [(e.kind, e.element_id) for e in seen.cancels] == [("task", "offer")]
    assert [(e.kind, e.element_id) for e in seen.creates] == [("task", "call")]
    assert [(e.kind, e.element_id) for e in seen.gone_out] == [("activity", "call")]
    assert house.task(house.manager).element_id == "offer"
    moving.rewind_instance(house.supervisor, house.instance.id, element_id="call", reason="Wrong client")
    again = house.task(house.manager)
    assert (again.element_id, again.state, again.id != call.id) == ("call", "open", True)
    action = instances.list_operator_actions(house.supervisor, house.instance.id)[0]
    assert (action.kind, action.was, action.became, action.reason) == ("rewind", ["offer"], ["call"], "Wrong client")


def test_the_stage_goes_back_with_the_process_and_a_closed_deal_is_open_again(house: House, session: Session) -> None:
    nodes = (
        node("start", "s")
        + node("user", "ask", procession_stage="needs")
        + node("user", "show", procession_stage="presentation")
        + node("end", "lost", procession_stage="lost")
    )
    xml = diagram(nodes, "s -> ask; ask -> show; show -> lost", id="staged")
    designs.upload(house.administrator, [("staged.bpmn", xml)], publish=True)
    deal = house.deal()
    deal.close_reason = "no_need"
    session.flush()
    subject = {"type": "deal", "id": deal.id}
    made = instances.start_instance(house.administrator, definition_key="staged", subject=subject)
    for _ in range(2):
        open_one = tasks.list_tasks(house.administrator, TaskFilter(instance_id=made.id), Page()).items[0]
        tasks.complete_task(house.administrator, open_one.id)
    session.refresh(deal)
    assert (deal.stage, deal.status) == ("lost", "lost")
    done = moving.rewind_instance(house.supervisor, made.id, element_id="show", reason="They called")
    session.refresh(deal)
    assert (done.stage, deal.stage, deal.status, done.state) == ("presentation", "presentation", "open", "active")
    moving.rewind_instance(house.supervisor, made.id, element_id="ask", reason="From the beginning")
    session.refresh(deal)
    assert deal.stage == "needs"


def test_one_that_is_over_does_not_go_on_beside_another_of_the_same_deal(house: House) -> None:
    house.start()
    instances.cancel_instance(house.supervisor, house.instance.id, reason="Mistake")
    first = house.instance.id
    subject = {"type": "deal", "id": house.the_deal.id}
    second = instances.start_instance(house.administrator, definition_key="small_sale", subject=subject)
    with pytest.raises(Conflict) as refused:
        moving.rewind_instance(house.supervisor, first, element_id="call", reason="Back")
    assert (refused.value.code, refused.value.details) == ("already_running", {"instance_id": second.id})


def test_a_rewind_names_a_run_or_an_element_and_says_why(house: House) -> None:
    errand = house.errand()
    for given in ({}, {"run": 1, "element_id": "a"}):
        with pytest.raises(ValidationFailed) as refused:
            moving.rewind_instance(house.supervisor, errand.id, reason="Back", **given)  # type: ignore[arg-type]
        assert list(refused.value.fields) == ["run"]
    with pytest.raises(ValidationFailed) as refused:
        moving.rewind_instance(house.supervisor, errand.id, element_id="a", reason=" ")
    assert list(refused.value.fields) == ["reason"]
