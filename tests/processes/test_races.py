"""Several people at once, each in a transaction of their own: one wins, the others are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from crm_model.activities import Activity
from crm_model.deal_entities import Deal, StageHistory
from crm_model.users import User
from engine import sweep
from engine.tables import UserTaskRow
from kernel.context import MANAGER, Context
from kernel.db import Database
from kernel.errors import Conflict, NotFound, PermissionDenied
from processes import activities, designs, instances, sales, stage_drift, tasks
from tests.crm_model.sales import acting, person
from tests.processes.test_task_rights import Office
from tests.support.diagrams import diagram, node

PEOPLE = 6


@pytest.fixture(scope="module")
def database(own_database: Database) -> Database:
    """The module's own, because other tests count what is there."""
    return own_database


@pytest.fixture
def running(database: Database) -> tuple[Office, int]:
    """The small sale, committed, and its first task."""
    with database.transaction() as session:
        office = Office(session)
        return office, office.start().id


def at_once(database: Database, user: User, act: Callable[[Context, int], Any]) -> list[str]:
    """What `PEOPLE` simultaneous tries come to."""
    start = Barrier(PEOPLE)

    def attempt(number: int) -> str:
        start.wait()
        try:
            with database.transaction() as session:
                act(acting(session, user), number)
        except Conflict as refused:
            return refused.code
        except NotFound:
            return "not there"
        except PermissionDenied:
            return "not permitted"
        return "done"

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(attempt, range(PEOPLE)))


def open_tasks(database: Database, office: Office) -> list[str]:
    with database.transaction() as session:
        found = select(UserTaskRow.element_id).where(
            UserTaskRow.instance_id == office.instance.id, UserTaskRow.state == "open"
        )
        return sorted(session.scalars(found))


def test_of_six_completions_one_counts(database: Database, running: tuple[Office, int]) -> None:
    office, task = running
    came = at_once(database, office.manager_user, lambda ctx, _: tasks.complete_task(ctx, task, result="interested"))
    assert Counter(came) == {"done": 1, "user_task_not_open": PEOPLE - 1}
    assert open_tasks(database, office) == ["offer"]
    with database.transaction() as session:
        moves = session.scalars(select(StageHistory.to_stage).where(StageHistory.deal_id == office.the_deal.id))
        assert list(moves).count("proposal") == 1


def test_the_task_and_its_activity_done_at_once_are_done_once(database: Database, running: tuple[Office, int]) -> None:
    office, task = running
    with database.transaction() as session:
        mirrored = session.scalars(select(Activity.id).where(Activity.deal_id == office.the_deal.id)).one()

    def either(ctx: Context, number: int) -> None:
        if number % 2:
            tasks.complete_task(ctx, task, result="interested")
        else:
            activities.complete_activity(ctx, mirrored, result="interested")

    came = Counter(at_once(database, office.manager_user, either))
    assert came["done"] == 1, came
    assert open_tasks(database, office) == ["offer"]


def test_of_six_people_one_takes_a_task_of_their_role(database: Database) -> None:
    with database.transaction() as session:
        office = Office(session)
        task = office.shared().id
        team = [person(session, MANAGER) for _ in range(PEOPLE)]

    def claim(ctx: Context, number: int) -> None:
        tasks.claim_task(acting(ctx.session, team[number]), task)

    came = Counter(at_once(database, office.manager_user, claim))
    assert came["done"] == 1, came
    assert set(came) <= {"done", "task_claimed", "not there"}, came


def test_a_task_is_done_or_handed_on_but_nobody_hangs(database: Database, running: tuple[Office, int]) -> None:
    office, task = running

    def act(ctx: Context, number: int) -> None:
        if number % 2:
            tasks.complete_task(ctx, task, result="interested")
        else:
            tasks.assign_task(acting(ctx.session, office.supervisor_user), task, user_id=office.manager_user.id)

    came = Counter(at_once(database, office.manager_user, act))
    assert set(came) <= {"done", "user_task_not_open"}, came
    assert open_tasks(database, office) == ["offer"]


def test_a_deal_handed_over_while_its_task_is_done_leaves_the_next_task_to_the_new_owner(
    database: Database, running: tuple[Office, int]
) -> None:
    office, task = running

    def act(ctx: Context, number: int) -> None:
        if number == 0:
            tasks.complete_task(ctx, task, result="interested")
        else:
            owner = {"owner_id": office.colleague_user.id if number % 2 else office.manager_user.id}
            sales.update_deal(acting(ctx.session, office.supervisor_user), office.the_deal.id, owner)

    came = Counter(at_once(database, office.supervisor_user, act))
    assert set(came) <= {"done", "not permitted"}, came
    with database.transaction() as session:
        owner = session.get_one(Deal, office.the_deal.id).owner_id
        left = select(UserTaskRow.assignee_id).where(
            UserTaskRow.instance_id == office.instance.id, UserTaskRow.state == "open"
        )
        assert session.scalars(left).all() == [owner]


def test_a_process_is_started_once_for_a_deal(database: Database) -> None:
    with database.transaction() as session:
        office = Office(session)
        office.start()
        instances.cancel_instance(office.supervisor, office.instance.id, reason="Again")
        deal = office.the_deal.id

    def start(ctx: Context, _: int) -> None:
        instances.start_instance(ctx, definition_key="small_sale", subject={"type": "deal", "id": deal})

    came = Counter(at_once(database, office.manager_user, start))
    assert came["done"] >= 1, came
    assert set(came) <= {"done", "already_running"}, came


def test_a_task_done_while_the_stage_is_changed_leaves_deal_and_process_at_one_stage(database: Database) -> None:
    """Whoever comes first wins: the task is done and the stage can no longer change, or it is cancelled."""
    for round in range(4):
        with database.transaction() as session:
            office = Office(session)
            task = _stage_by_message(office, round)
            deal = office.the_deal.id

        def act(ctx: Context, number: int, task: int = task, deal: int = deal) -> None:
            if number % 2:
                tasks.complete_task(ctx, task)
            else:
                sales.change_stage(ctx, deal, stage="negotiation", reason="They asked for it")

        came = Counter(at_once(database, office.manager_user, act))
        assert came["done"] == 1, came
        assert set(came) <= {"done", "user_task_not_open", "stage_cannot_change"}, came
        (left,) = open_tasks(database, office)
        with database.read_only() as session:
            stage = session.get_one(Deal, deal).stage
            assert (left, stage) in {("offer", "proposal"), ("bargain", "negotiation")}
            assert [*stage_drift.drifts(session)] == []
            assert [*sweep.stuck(session)] == []


def _stage_by_message(office: Office, round: int) -> int:
    id = f"staged{round}"
    owner = '<extensionElements><procession:task assignee="deal.owner_id"/></extensionElements>'
    nodes = (
        node("start", "begin")
        + node("user", "call", owner, procession_stage="needs")
        + node("boundary", "asked", '<messageEventDefinition messageRef="change"/>', attachedToRef="call")
        + node("user", "offer", owner, procession_stage="proposal")
        + node("user", "bargain", owner, procession_stage="negotiation")
    )
    flows = "begin -> call; call -> offer; asked -> bargain"
    xml = diagram(nodes, flows, id=id, more='<message id="change" name="deal.change_stage"/>')
    designs.upload(office.administrator, [(f"{id}.bpmn", xml)], publish=True)
    office.the_deal = office.deal()
    subject = {"type": "deal", "id": office.the_deal.id}
    office.instance = instances.start_instance(office.manager, definition_key=id, subject=subject)
    return office.task().id
