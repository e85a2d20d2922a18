"""Running instances go on in another version of their process, or are left with the reasons."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model.deal_entities import Deal, StageHistory
from engine import sweep
from engine.tables import InstanceRow, JobRow, UserTaskRow
from kernel.errors import ValidationFailed
from processes import designs, instances, migrations, stage_drift, tasks
from processes.migrations import MigrationView
from tests.processes.test_task_rights import Office
from tests.support.diagrams import diagram, message, node, timer

OWNER = '<extensionElements><procession:task assignee="deal.owner_id"/></extensionElements>'
numbers = count(1)


class Shop(Office):
    """A process in versions, and instances that run in the first."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.key = f"versioned{next(numbers)}"

    def version(self, nodes: str, flows: str, more: str = "") -> int:
        xml = diagram(nodes, flows, id=self.key, more=more)
        return designs.upload(self.administrator, [(f"{self.key}.bpmn", xml)], publish=True).definitions[0].id

    def begin(self, definition: int) -> int:
        deal = self.deal()
        return instances.start_instance(
            self.manager, definition_id=definition, subject={"type": "deal", "id": deal.id}
        ).id

    def move(self, old: int, new: int, **more: Any) -> MigrationView:
        done = migrations.run_migration(
            self.supervisor, from_definition_id=old, to_definition_id=new, reason="A better way", **more
        )
        assert [*sweep.stuck(self.session)] == []
        assert [*stage_drift.drifts(self.session)] == []
        return done

    def open_task(self, instance: int) -> UserTaskRow:
        query = select(UserTaskRow).where(UserTaskRow.instance_id == instance, UserTaskRow.state == "open")
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def stands(self, instance: int) -> list[str]:
        return [each.element_id for each in instances.get_instance(self.supervisor, instance).active_elements]


@pytest.fixture
def shop(session: Session) -> Shop:
    return Shop(session)


START = node("start", "s")
PLAIN = START + node("user", "call", OWNER) + node("user", "offer", OWNER) + node("end", "e")


def test_an_instance_goes_on_where_it_stands_and_takes_the_new_way(shop: Shop) -> None:
    old = shop.version(PLAIN, "s -> call; call -> offer; offer -> e")
    instance = shop.begin(old)
    new = shop.version(PLAIN + node("user", "check", OWNER), "s -> call; call -> check; check -> offer; offer -> e")
    done = shop.move(old, new)
    assert (done.state, done.total, done.moved, done.left) == ("done", 1, 1, 0)
    task = shop.open_task(instance)
    assert (task.element_id, task.definition_id) == ("call", new)
    tasks.complete_task(shop.manager, task.id)
    assert shop.stands(instance) == ["check"]
    assert instances.list_operator_actions(shop.supervisor, instance)[0].kind == "migrate"


def test_a_preview_tells_where_each_goes_and_changes_nothing(shop: Shop) -> None:
    old = shop.version(PLAIN, "s -> call; call -> offer; offer -> e")
    first, second = shop.begin(old), shop.begin(old)
    tasks.complete_task(shop.manager, shop.open_task(second).id)
    new = shop.version(START + node("user", "call", OWNER) + node("end", "e"), "s -> call; call -> e")
    seen = migrations.preview_migration(shop.supervisor, from_definition_id=old, to_definition_id=new)
    by_id = {item.instance_id: item for item in seen.instances}
    assert [step.to_element_id for step in by_id[first].goes] == ["call"]
    assert by_id[first].obstacles == ()
    (obstacle,) = by_id[second].obstacles
    assert obstacle.element_id == "offer"
    assert "«offer»" in obstacle.message
    assert (seen.id, seen.state, seen.total, seen.left) == (None, "preview", 2, 1)
    for instance in (first, second):
        assert instances.get_instance(shop.supervisor, instance).definition.id == old


def test_an_element_that_has_another_name_now_is_mapped_and_its_past_keeps_its_name(shop: Shop) -> None:
    old = shop.version(PLAIN, "s -> call; call -> offer; offer -> e")
    instance = shop.begin(old)
    tasks.complete_task(shop.manager, shop.open_task(instance).id)
    renamed = START + node("user", "phone", OWNER) + node("user", "proposal", OWNER) + node("end", "e")
    new = shop.version(renamed, "s -> phone; phone -> proposal; proposal -> e")
    assert shop.move(old, new).left == 1
    assert shop.move(old, new, mapping={"offer": "proposal"}).moved == 1
    assert shop.open_task(instance).element_id == "proposal"
    seen = instances.list_history(shop.supervisor, instance).items
    assert [row.element_id for row in seen] == ["s", "call", "proposal"]
    tasks.complete_task(shop.manager, shop.open_task(instance).id)
    assert instances.get_instance(shop.supervisor, instance).state == "completed"


def test_the_stage_follows_the_new_version_with_migration_as_its_cause(shop: Shop) -> None:
    old = shop.version(START + node("user", "call", OWNER, procession_stage="needs"), "s -> call")
    instance = shop.begin(old)
    new = shop.version(START + node("user", "call", OWNER, procession_stage="proposal"), "s -> call")
    shop.move(old, new)
    deal = shop.session.get_one(Deal, shop.session.get_one(InstanceRow, instance).subject_id)
    assert deal.stage == "proposal"
    last = shop.session.scalars(
        select(StageHistory).where(StageHistory.deal_id == deal.id).order_by(StageHistory.id.desc())
    ).first()
    assert last is not None
    assert (last.to_stage, last.cause, last.instance_id) == ("proposal", "migration", instance)


def test_timers_keep_their_time_new_boundaries_begin_and_those_that_are_gone_end(shop: Shop) -> None:
    late = node("boundary", "late", timer("duration", "P2D"), attachedToRef="call")
    asked = node("boundary", "asked", message("go"), attachedToRef="call")
    old = shop.version(PLAIN + late, "s -> call; call -> offer; offer -> e; late -> offer")
    kept = shop.version(PLAIN + late + asked, "s -> call; call -> offer; offer -> e; late -> offer; asked -> offer")
    gone = shop.version(PLAIN + asked, "s -> call; call -> offer; offer -> e; asked -> offer")
    instance = shop.begin(old)
    due = shop.session.scalars(select(JobRow.due).where(JobRow.instance_id == instance)).one()
    assert due - shop.manager.now() > timedelta(days=1)
    shop.move(old, kept)
    assert shop.session.scalars(select(JobRow.due).where(JobRow.instance_id == instance)).one() == due
    shop.move(kept, gone)
    assert shop.session.scalars(select(JobRow.id).where(JobRow.instance_id == instance)).all() == []
    waits = {wait.kind for wait in instances.list_waits(shop.supervisor, instance).items}
    assert waits == {"task", "message"}


def test_a_boundary_event_that_has_happened_does_not_begin_again(shop: Shop) -> None:
    reminded = node("boundary", "remind", message("remind"), attachedToRef="call", cancelActivity="false")
    flows = "s -> call; call -> offer; offer -> e; remind -> reminded"
    nodes = PLAIN + reminded + node("end", "reminded")
    old, new = (
        shop.version(nodes, flows),
        shop.version(nodes + node("user", "x", OWNER), flows + "; x -> e"),
    )
    instance = shop.begin(old)
    before = len(instances.list_waits(shop.supervisor, instance).items)
    shop.move(old, new)
    assert len(instances.list_waits(shop.supervisor, instance).items) == before


def test_suspended_instances_other_processes_and_unknown_elements_are_refused_where_they_are(shop: Shop) -> None:
    old = shop.version(PLAIN, "s -> call; call -> offer; offer -> e")
    new = shop.version(PLAIN, "s -> call; call -> offer; offer -> e")
    instance = shop.begin(old)
    instances.suspend_instance(shop.supervisor, instance)
    for given, field in (
        ({"to_definition_id": old}, "to_definition_id"),
        ({"to_definition_id": new, "mapping": {"call": "nothing"}}, "mapping.call"),
        ({"to_definition_id": new, "instance_ids": [instance]}, "instance_ids.0"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            migrations.run_migration(shop.supervisor, from_definition_id=old, **given)  # type: ignore[arg-type]
        assert list(refused.value.fields) == [field]
    assert shop.move(old, new).total == 0
