"""Who may do what with a task: every verb tried by everyone, and the refusals that change nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kernel.context import ADMINISTRATOR, DESIGNER, MARKETING, Context
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import designs, instances, moving, sales, tasks
from processes.views import InstanceFilter, TaskFilter, TaskView
from tests.crm_model.sales import NOW, acting, person
from tests.processes.test_task_use_cases import Desk
from tests.support.diagrams import diagram, node

LATER = NOW + timedelta(days=1)


class Office(Desk):
    """The small sale's first task is the manager's; `shared` starts a process whose task any manager may take."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.administrator = acting(session, person(session, ADMINISTRATOR))
        self.marketer = acting(session, person(session, MARKETING))
        self.designer = acting(session, person(session, DESIGNER))

    def by(self, name: str) -> Context:
        found: Context = getattr(self, name)
        return found

    def shared(self) -> TaskView:
        task = '<extensionElements><procession:task candidateRoles="manager"/></extensionElements>'
        nodes = node("start", "begin") + node("user", "sort", task) + node("end", "done")
        xml = diagram(nodes, "begin -> sort; sort -> done", id="shared_work")
        designs.upload(self.administrator, [("shared_work.bpmn", xml)], publish=True)
        self.instance = instances.start_instance(self.supervisor, definition_key="shared_work")
        return self.task(self.supervisor)


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


Verb = Callable[[Office, Context, int], Any]
VERBS: dict[str, Verb] = {
    "get": lambda office, ctx, task: tasks.get_task(ctx, task),
    "complete": lambda office, ctx, task: tasks.complete_task(ctx, task, result="interested"),
    "claim": lambda office, ctx, task: tasks.claim_task(ctx, task),
    "unclaim": lambda office, ctx, task: tasks.unclaim_task(ctx, task),
    "assign": lambda office, ctx, task: tasks.assign_task(ctx, task, user_id=office.colleague_user.id),
    "delegate": lambda office, ctx, task: tasks.delegate_task(ctx, task, user_id=office.colleague_user.id),
    "postpone": lambda office, ctx, task: tasks.postpone_task(ctx, task, until=LATER),
    "comment": lambda office, ctx, task: tasks.comment_task(ctx, task, text="Rang twice"),
}
YES, DENIED, MISSING, TAKEN = "done", "denied", "not there", "conflict"
ON_THE_MANAGERS_TASK = {
    #                 get      complete  claim    unclaim  assign   delegate postpone comment
    "manager":       (YES,     YES,      YES,     YES,     DENIED,  YES,     YES,     YES),
    "colleague":     (MISSING, MISSING,  MISSING, MISSING, DENIED,  MISSING, MISSING, MISSING),
    "stranger":      (MISSING, MISSING,  MISSING, MISSING, DENIED,  MISSING, MISSING, MISSING),
    "head":          (YES,     DENIED,   TAKEN,   DENIED,  YES,     DENIED,  DENIED,  YES),
    "supervisor":    (YES,     DENIED,   TAKEN,   YES,     YES,     YES,     DENIED,  YES),
    "administrator": (YES,     YES,      TAKEN,   YES,     YES,     YES,     YES,     YES),
    "marketer":      (MISSING, MISSING,  MISSING, MISSING, DENIED,  MISSING, MISSING, MISSING),
    "designer":      (MISSING, MISSING,  MISSING, MISSING, DENIED,  MISSING, MISSING, MISSING),
}  # fmt: skip


def attempt(act: Callable[[], Any]) -> str:
    try:
        act()
    except NotFound:
        return MISSING
    except PermissionDenied:
        return DENIED
    except Conflict:
        return TAKEN
    return YES


@pytest.mark.parametrize("who", ON_THE_MANAGERS_TASK)
def test_what_everyone_may_do_with_a_managers_task(office: Office, who: str) -> None:
    task = office.start()
    tried = {}
    for verb, act in VERBS.items():
        nested = office.session.begin_nested()
        tried[verb] = attempt(lambda act=act: act(office, office.by(who), task.id))  # type: ignore[misc]
        nested.rollback()
        office.session.expire_all()
    assert tried == dict(zip(VERBS, ON_THE_MANAGERS_TASK[who], strict=True))


@pytest.mark.parametrize("who", ON_THE_MANAGERS_TASK)
def test_the_list_and_the_numbers_hold_what_one_may_open(office: Office, who: str) -> None:
    task = office.start()
    listed = tasks.list_tasks(office.by(who), TaskFilter(instance_id=office.instance.id), Page()).items
    may_open = ON_THE_MANAGERS_TASK[who][0] == YES
    assert [row.id for row in listed] == ([task.id] if may_open else [])
    counts = tasks.count_tasks(office.by(who))
    own = counts.overdue + counts.today + counts.later
    assert own == (1 if who == "manager" else 0)


def test_a_task_of_a_role_is_for_whoever_has_it(office: Office) -> None:
    task = office.shared()
    assert attempt(lambda: tasks.claim_task(office.marketer, task.id)) == MISSING
    assert attempt(lambda: tasks.claim_task(office.supervisor, task.id)) == DENIED
    claimed = tasks.claim_task(office.stranger, task.id)
    assert claimed.assignee is not None
    assert claimed.assignee.id == office.stranger_user.id


def test_a_claimed_task_is_out_of_reach_for_the_others_until_it_is_given_back(office: Office) -> None:
    task = office.shared()
    tasks.claim_task(office.manager, task.id)
    assert attempt(lambda: tasks.claim_task(office.colleague, task.id)) == MISSING
    assert attempt(lambda: tasks.complete_task(office.colleague, task.id)) == MISSING
    tasks.unclaim_task(office.manager, task.id)
    assert attempt(lambda: tasks.claim_task(office.colleague, task.id)) == YES


def test_who_completes_a_task_of_a_role_has_done_it(office: Office) -> None:
    task = office.shared()
    done = tasks.complete_task(office.colleague, task.id)
    assert done.task.completed_by is not None
    assert done.task.completed_by.id == office.colleague_user.id
    assert done.instance.state == "completed"


def test_delegated_work_comes_back_to_its_owner_who_completes_it(office: Office) -> None:
    task = office.start()
    tasks.delegate_task(office.manager, task.id, user_id=office.stranger_user.id)
    assert attempt(lambda: tasks.complete_task(office.stranger, task.id, result="interested")) == TAKEN
    assert attempt(lambda: tasks.complete_task(office.manager, task.id, result="interested")) == DENIED
    assert attempt(lambda: tasks.resolve_task(office.manager, task.id)) == DENIED
    back = tasks.resolve_task(office.stranger, task.id)
    assert back.assignee is not None
    assert back.assignee.id == office.manager_user.id
    assert attempt(lambda: tasks.resolve_task(office.manager, task.id)) == TAKEN
    assert tasks.complete_task(office.manager, task.id, result="interested").task.state == "completed"


def test_a_task_is_given_only_to_somebody_who_works_here(office: Office) -> None:
    task = office.start()
    office.stranger_user.active = False
    office.session.flush()
    for nobody in (office.stranger_user.id, 2**40):
        with pytest.raises(ValidationFailed) as refused:
            tasks.assign_task(office.head, task.id, user_id=nobody)
        assert list(refused.value.fields) == ["user_id"]
        with pytest.raises(ValidationFailed):
            tasks.delegate_task(office.manager, task.id, user_id=nobody)


def test_a_task_is_put_off_into_the_future_only(office: Office) -> None:
    task = office.start()
    with pytest.raises(ValidationFailed) as refused:
        tasks.postpone_task(office.manager, task.id, until=NOW)
    assert list(refused.value.fields) == ["until"]


@pytest.mark.parametrize("verb", ["complete", "claim", "unclaim", "delegate", "postpone"])
def test_nothing_is_done_with_a_task_that_is_done(office: Office, verb: str) -> None:
    task = office.start()
    tasks.complete_task(office.manager, task.id, result="interested")
    with pytest.raises(Conflict) as refused:
        VERBS[verb](office, office.manager, task.id)
    assert refused.value.code == "user_task_not_open"
    assert refused.value.details["task"]["state"] == "completed"


def test_a_suspended_instance_takes_no_answer_until_it_goes_on(office: Office) -> None:
    task = office.start()
    instances.suspend_instance(office.supervisor, office.instance.id, reason="Audit")
    assert attempt(lambda: tasks.complete_task(office.manager, task.id, result="interested")) == TAKEN
    instances.resume_instance(office.supervisor, office.instance.id)
    assert attempt(lambda: tasks.complete_task(office.manager, task.id, result="interested")) == YES


OPERATING: dict[str, Verb] = {
    "suspend": lambda office, ctx, id: instances.suspend_instance(ctx, id),
    "resume": lambda office, ctx, id: instances.resume_instance(ctx, id),
    "cancel": lambda office, ctx, id: instances.cancel_instance(ctx, id, reason="Test"),
    "release": lambda office, ctx, id: instances.release_wait(ctx, id, element_id="call"),
    "set variables": lambda office, ctx, id: instances.set_variables(ctx, id, {"a": 1}),
    "modify": lambda office, ctx, id: moving.modify_instance(
        ctx, id, cancel=["call"], start_before=["offer"], reason="Test"
    ),
    "rewind": lambda office, ctx, id: moving.rewind_instance(ctx, id, element_id="call", reason="Test"),
}


@pytest.mark.parametrize("verb", OPERATING)
@pytest.mark.parametrize("who", ["manager", "head", "stranger", "marketer", "designer"])
def test_running_processes_are_repaired_by_supervisors_only(office: Office, who: str, verb: str) -> None:
    office.start()
    with pytest.raises(PermissionDenied):
        OPERATING[verb](office, office.by(who), office.instance.id)


@pytest.mark.parametrize("who", ["manager", "head", "supervisor", "administrator"])
def test_an_instance_is_seen_with_its_deal(office: Office, who: str) -> None:
    office.start()
    assert instances.get_instance(office.by(who), office.instance.id).id == office.instance.id


@pytest.mark.parametrize("look", [
    instances.get_instance, instances.list_waits, instances.list_history, instances.get_variables,
    instances.list_operator_actions, instances.flows_taken, instances.list_family,
])  # fmt: skip
@pytest.mark.parametrize("who", ["colleague", "stranger", "marketer", "designer"])
def test_an_instance_of_a_hidden_deal_does_not_exist(office: Office, who: str, look: Any) -> None:
    office.start()
    with pytest.raises(NotFound):
        look(office.by(who), office.instance.id)


def test_a_process_is_seen_by_whoever_sees_its_lead_contact_or_account(office: Office) -> None:
    office.shared()
    seers = {"manager", "head", "supervisor", "administrator"}
    for kind, record in (("lead", office.lead()), ("contact", office.contact()), ("account", office.account())):
        running = instances.start_instance(
            office.supervisor, definition_key="shared_work", subject={"type": kind, "id": record.id}
        )
        found = {
            who for who in ON_THE_MANAGERS_TASK
            if running.id in [i.id for i in instances.list_instances(office.by(who), InstanceFilter(), Page()).items]
        }  # fmt: skip
        assert found == seers | ({"marketer"} if kind == "lead" else set()), kind


def test_who_handed_a_deal_on_no_longer_sees_its_process(office: Office) -> None:
    task = office.start()
    tasks.complete_task(office.manager, task.id, result="interested")
    sales.update_deal(office.head, office.the_deal.id, {"owner_id": office.colleague_user.id})
    with pytest.raises(NotFound):
        instances.get_variables(office.manager, office.instance.id)
    assert instances.list_instances(office.manager, InstanceFilter(), Page()).items == []
    assert instances.get_instance(office.colleague, office.instance.id).id == office.instance.id


def test_who_started_a_process_about_no_record_goes_on_seeing_it(office: Office) -> None:
    office.shared()
    own = instances.start_instance(office.manager, definition_key="shared_work")
    assert instances.get_instance(office.manager, own.id).id == own.id
    with pytest.raises(NotFound):
        instances.get_instance(office.colleague, own.id)
