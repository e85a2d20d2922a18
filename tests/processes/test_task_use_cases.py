"""What a manager does with the tasks of a small sale, use case by use case on the real database."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import activities as records
from crm_model.activities import Activity
from kernel.context import ADMINISTRATOR, Context
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page, decode_cursor
from processes import activities, designs, instances, sales, tasks
from processes.task_card import task_card
from processes.views import TaskFilter, TaskView
from tests.crm_model.sales import NOW, Sales, acting, person
from tests.support.diagrams import diagram, node

FORM = {
    "type": "default",
    "id": "call",
    "components": [
        {
            "type": "datetime",
            "key": "call_at",
            "label": "Call again at",
            "validate": {"required": True},
            "properties": {"labelRu": "Перезвонить", "type": "datetime", "results": "call_back"},
        },
        {"type": "textarea", "key": "said", "label": "What was said", "properties": {"labelRu": "Что сказали"}},
    ],
}
RESULTS = (
    '<procession:result code="interested" titleRu="Интерес есть" titleEn="Interested" primary="true"/>'
    '<procession:result code="call_back" titleRu="Перезвонить" titleEn="Call back"/>'
)


def call_task(**attributes: str) -> str:
    text = "".join(f' {name}="{value}"' for name, value in attributes.items())
    task = (
        f'<procession:task form="call" activity="call"{text}>'
        '<procession:instructions lang="ru">Позвоните клиенту.</procession:instructions>'
        '<procession:instructions lang="en">Call the client.</procession:instructions>'
        f"{RESULTS}</procession:task>"
    )
    return f"<extensionElements>{task}</extensionElements>"


def small_sale() -> bytes:
    offer = '<extensionElements><procession:task assignee="deal.owner_id" due="now + days(1)"/></extensionElements>'
    nodes = (
        node("start", "begin")
        + node(
            "user", "call", call_task(assignee="deal.owner_id", due="call_at or now"), procession_titleRu="Позвонить"
        )
        + node("xor", "again")
        + node("user", "offer", offer, procession_stage="proposal")
        + node("end", "done")
    )
    flows = "begin -> call; call -> again; again -> call [result == 'call_back']; again -> offer*; offer -> done"
    return diagram(nodes, flows, id="small_sale")


class Desk(Sales):
    """A deal of the manager's with the small sale running on it."""

    def start(self) -> TaskView:
        admin = acting(self.session, person(self.session, ADMINISTRATOR))
        form = ("call.form", json.dumps(FORM).encode())
        designs.upload(admin, [("small_sale.bpmn", small_sale()), form], publish=True)
        self.the_deal = self.deal(amount=Decimal("100000"))
        self.instance = instances.start_instance(
            self.manager, definition_key="small_sale", subject={"type": "deal", "id": self.the_deal.id}
        )
        return self.task()

    def task(self, context: Context | None = None) -> TaskView:
        found = tasks.list_tasks(context or self.manager, TaskFilter(instance_id=self.instance.id), Page())
        assert len(found.items) == 1
        return found.items[0]


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_a_task_comes_to_the_owner_of_the_deal_with_its_client_and_money(desk: Desk) -> None:
    task = desk.start()
    assert task.assignee is not None
    assert task.assignee.id == desk.manager.actor.user_id
    assert task.deal is not None
    assert (task.deal.id, task.deal.amount) == (desk.the_deal.id, Decimal("100000"))
    assert [choice.code for choice in task.results] == ["interested", "call_back"]
    assert [field.key for field in task.form.fields] == ["call_at", "said"]


def test_the_card_tells_why_and_what_to_do(desk: Desk) -> None:
    task = desk.start()
    card = task_card(desk.manager, task.id)
    assert card.instructions == "Позвоните клиенту."
    assert card.why_me == "Она ваша: сделку ведёте вы."
    assert card.can_complete
    assert not card.can_claim


def test_completing_moves_the_process_the_stage_and_the_activity_in_one_step(desk: Desk) -> None:
    task = desk.start()
    done = tasks.complete_task(desk.manager, task.id, result="interested", variables={"said": "Ждут предложение"})
    assert done.task.state == "completed"
    assert [following.element_id for following in done.next_tasks] == ["offer"]
    assert done.stage_changed
    assert done.deal is not None
    assert done.deal.stage == "proposal"
    mirrored = desk.session.scalars(select(Activity).where(Activity.deal_id == desk.the_deal.id)).one()
    assert (mirrored.kind, mirrored.status, mirrored.result) == ("call", "completed", "interested")
    card = task_card(desk.manager, done.next_tasks[0].id)
    assert ("Позвонить", "Интерес есть") in card.answers
    assert ("Что сказали", "Ждут предложение") in card.answers


def test_what_variables_became_is_told_newest_first_a_page_at_a_time(desk: Desk) -> None:
    head = acting(desk.session, person(desk.session, ADMINISTRATOR))
    desk.start()
    instances.set_variables(head, desk.instance.id, {"discount": 5, "note": "A"})
    instances.set_variables(head, desk.instance.id, {"discount": 7})
    told: list[object] = []
    after = None
    while True:
        page = instances.list_variable_changes(head, desk.instance.id, Page(1, after))
        told += [(change.name, change.was, change.became, change.actor_id) for change in page.items]
        if page.next is None:
            break
        after = decode_cursor(page.next)
    by = head.actor.user_id
    assert told[:3] == [("discount", 5, 7, by), ("note", None, "A", by), ("discount", None, 5, by)]


def test_a_field_that_the_result_needs_is_asked_for_and_nothing_changes(desk: Desk) -> None:
    task = desk.start()
    with pytest.raises(ValidationFailed) as refused:
        tasks.complete_task(desk.manager, task.id, result="call_back")
    assert list(refused.value.fields) == ["variables.call_at"]
    assert desk.task().id == task.id


def test_a_call_back_brings_the_task_again_at_its_time(desk: Desk) -> None:
    task = desk.start()
    at = (NOW + timedelta(days=2)).isoformat()
    done = tasks.complete_task(desk.manager, task.id, result="call_back", variables={"call_at": at})
    assert [(following.element_id, following.due) for following in done.next_tasks] == [
        ("call", NOW + timedelta(days=2))
    ]
    assert not done.stage_changed


def test_doing_a_task_twice_tells_who_did_it(desk: Desk) -> None:
    task = desk.start()
    tasks.complete_task(desk.manager, task.id, result="interested")
    with pytest.raises(Conflict) as refused:
        tasks.complete_task(desk.manager, task.id, result="interested")
    assert refused.value.details["task"]["completed_by"]["id"] == desk.manager.actor.user_id


def test_a_stranger_does_not_see_the_task_and_a_colleague_may_not_do_it(desk: Desk) -> None:
    task = desk.start()
    with pytest.raises(NotFound):
        tasks.get_task(desk.stranger, task.id)
    with pytest.raises(PermissionDenied):
        tasks.complete_task(desk.head, task.id, result="interested")


def test_doing_the_activity_does_the_task(desk: Desk) -> None:
    desk.start()
    mirrored = desk.session.scalars(select(Activity).where(Activity.deal_id == desk.the_deal.id)).one()
    activities.complete_activity(desk.manager, mirrored.id, result="interested")
    assert desk.task().element_id == "offer"
    assert records.get_activity(desk.manager, mirrored.id).status == "completed"


def test_the_new_owner_of_the_deal_gets_its_tasks(desk: Desk) -> None:
    desk.start()
    sales.update_deal(desk.head, desk.the_deal.id, {"owner_id": desk.colleague.actor.user_id})
    task = desk.task(desk.head)
    assert task.assignee is not None
    assert task.assignee.id == desk.colleague.actor.user_id


def test_a_postponed_task_is_out_of_sight_until_its_time(desk: Desk) -> None:
    task = desk.start()
    tasks.postpone_task(desk.manager, task.id, until=NOW + timedelta(hours=3))
    whole = TaskFilter(instance_id=desk.instance.id)
    assert tasks.list_tasks(desk.manager, whole, Page()).items == []
    later = acting(desk.session, desk.manager_user, NOW + timedelta(hours=4))
    assert [one.id for one in tasks.list_tasks(later, whole, Page()).items] == [task.id]


def test_a_form_starts_with_the_account_of_the_contact_that_the_process_is_about(desk: Desk) -> None:
    ask = '<extensionElements><procession:task form="ask" assignee="initiator_id"/></extensionElements>'
    nodes = node("start", "begin") + node("user", "ask", ask) + node("end", "done")
    field = {"type": "textfield", "key": "account_id", "label": "Account", "properties": {"type": "account"}}
    form = {"type": "default", "id": "ask", "components": [field]}
    admin = acting(desk.session, person(desk.session, ADMINISTRATOR))
    files = [
        ("ask.bpmn", diagram(nodes, "begin -> ask; ask -> done", id="ask_about")),
        ("ask.form", json.dumps(form).encode()),
    ]
    designs.upload(admin, files, publish=True)
    account = desk.account()
    contact = desk.contact(account_id=account.id)
    desk.instance = instances.start_instance(
        desk.manager, definition_key="ask_about", subject={"type": "contact", "id": contact.id}
    )
    assert task_card(desk.manager, desk.task().id).values == {"account_id": account.id}


def test_the_card_of_another_tools_task_shows_what_its_diagram_notes(desk: Desk) -> None:
    noted = "<documentation>Be kind.</documentation>"
    nodes = node("start", "begin") + node("user", "ask", noted) + node("end", "done")
    beside = '<textAnnotation id="note"><text>At nine.</text></textAnnotation>'
    beside += '<association id="tie" sourceRef="ask" targetRef="note"/>'
    xml = diagram(nodes + beside, "begin -> ask; ask -> done", id="noted")
    designs.upload(acting(desk.session, person(desk.session, ADMINISTRATOR)), [("noted.bpmn", xml)], publish=True)
    desk.instance = instances.start_instance(desk.manager, definition_key="noted")
    assert task_card(desk.manager, desk.task().id).instructions == "Be kind.\nAt nine."
