"""What a scenario may expect of an instance and its deal, and what has to hold after every step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model.activities import Activity
from crm_model.deal_entities import Deal, DealParticipant, StageHistory
from crm_model.documents import Document
from crm_model.leads import Lead
from crm_model.letter_templates import LetterTemplate
from crm_model.letters import Letter
from crm_model.notifications import Notification
from engine.state import decode
from engine.tables import IncidentRow, InstanceRow, UserTaskRow
from processes import stage_drift
from tests.support.scenario_world import Cast


class Facts:
    """Read anew from the database; `family` is the instances played with those they called."""

    def __init__(self, session: Session, world: Cast, roots: list[int]) -> None:
        self.session = session
        self.world = world
        self.family = self._family(roots)
        self.instance = next(row for row in self.family if row.id == roots[-1])
        ids = [row.id for row in self.family]
        mine = select(UserTaskRow).where(UserTaskRow.instance_id.in_(ids)).order_by(UserTaskRow.id)
        self.tasks = list(session.scalars(mine))
        made = select(Activity).where(Activity.instance_id.in_(ids)).order_by(Activity.id)
        self.activities = list(session.scalars(made))
        kind, number = self.instance.subject_type, self.instance.subject_id
        self.deal = session.get(Deal, number) if kind == "deal" else None
        if self.deal is not None:
            world.ids["deal"] = self.deal.id

    def _family(self, roots: list[int]) -> list[InstanceRow]:
        found = list(
            self.session.scalars(select(InstanceRow).where(InstanceRow.id.in_(roots)).order_by(InstanceRow.id))
        )
        young = [row.id for row in found]
        while young:
            children = select(InstanceRow).where(InstanceRow.parent_id.in_(young)).order_by(InstanceRow.id)
            rows = list(self.session.scalars(children))
            found += rows
            young = [row.id for row in rows]
        return found

    def running_for(self, business_key: str) -> int:
        query = select(InstanceRow.id).where(InstanceRow.business_key == business_key, InstanceRow.state == "active")
        return self.session.scalars(query.where(InstanceRow.parent_id.is_(None))).one()

    @property
    def open_tasks(self) -> list[UserTaskRow]:
        return [row for row in self.tasks if row.state == "open"]

    @property
    def open(self) -> list[str]:
        return sorted(row.element_id for row in self.open_tasks)

    def activity(self, element: str) -> Activity:
        """The newest that the process made at an element."""
        return next(row for row in reversed(self.activities) if row.element_id == element)

    @property
    def variables(self) -> dict[str, Any]:
        return decode(self.instance.content).variables

    def everything(self) -> Any:
        """To tell whether a step has changed anything."""
        return (
            [(row.id, row.state, row.version, bytes(row.content)) for row in self.family],
            [(row.id, row.state, row.follow_up, row.assignee_id) for row in self.tasks],
            [(row.id, row.status, row.start) for row in self.activities],
            (self.deal.stage, self.deal.status, self.deal.owner_id) if self.deal else None,
        )

    def check(self, expected: Mapping[str, Any]) -> None:
        """Compares each fact that a scenario names with what is."""
        for name, value in expected.items():
            found, wanted = getattr(self, f"fact_{name}")(value), self.world.filled(value)
            assert found == wanted, f"{name} is {found}, not {wanted}"

    def fact_open(self, _: Any) -> list[str]:
        return self.open

    def fact_state(self, _: Any) -> str:
        return self.instance.state

    def fact_end_event(self, _: Any) -> str | None:
        return self.instance.end_event

    def fact_stage(self, _: Any) -> str | None:
        return self.deal.stage if self.deal else None

    def fact_no_deal(self, _: Any) -> bool:
        return self.deal is None

    def fact_status(self, _: Any) -> str | None:
        return self.deal.status if self.deal else None

    def fact_owner(self, _: Any) -> str | None:
        return self.world.name_of(self.deal.owner_id) if self.deal else None

    def fact_assignees(self, _: Any) -> list[str]:
        return sorted(self.world.name_of(row.assignee_id) or "nobody" for row in self.open_tasks)

    def fact_due(self, wanted: Any) -> Any:
        """When the one open task is due."""
        (task,) = self.open_tasks
        return wanted.isoformat() if task.due == wanted else task.due

    def fact_postponed(self, _: Any) -> list[str]:
        return sorted(row.element_id for row in self.open_tasks if row.follow_up is not None)

    def fact_stages(self, _: Any) -> list[str]:
        """Every stage the deal has entered, in order."""
        return [row.to_stage for row in self._stage_history()]

    def fact_causes(self, _: Any) -> list[str]:
        return [row.cause for row in self._stage_history()]

    def _stage_history(self) -> list[StageHistory]:
        mine = select(StageHistory).where(StageHistory.deal_id == self.world.ids["deal"]).order_by(StageHistory.id)
        return list(self.session.scalars(mine))

    def fact_activities(self, _: Any) -> list[str]:
        """Of the deal, those that are no task of the process: what and how it stands."""
        mine = select(Activity).where(Activity.deal_id == self.world.ids["deal"], Activity.task_id.is_(None))
        return [
            f"{row.element_id or row.subject}: {row.status}" for row in self.session.scalars(mine.order_by(Activity.id))
        ]

    def fact_presentation_at(self, wanted: Any) -> Any:
        start = self.activity("give_presentation").start
        return wanted.isoformat() if start == wanted else start

    def fact_deal(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _plain(getattr(self.deal, name)) for name in wanted}

    def fact_participants(self, _: Any) -> list[str]:
        mine = select(DealParticipant).where(DealParticipant.deal_id == self.world.ids["deal"])
        rows = self.session.scalars(mine.order_by(DealParticipant.id))
        return [f"{row.contact.name}: {row.role or 'no role'}" for row in rows]

    def fact_variables(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.variables.get(name) for name in wanted}

    def fact_document(self, _: Any) -> str | None:
        found = self.session.get(Document, self.world.ids["document"])
        return found.approval if found else None

    def fact_notified(self, wanted: Mapping[str, Any]) -> dict[str, list[str]]:
        """The kinds of what each person was told."""
        return {name: self._told(name) for name in wanted}

    def _told(self, name: str) -> list[str]:
        links = [f"/tasks/{row.id}" for row in self.tasks]
        mine = select(Notification.kind).where(
            Notification.user_id == self.world.ids[name], Notification.link.in_(links), Notification.kind != "task"
        )
        return list(self.session.scalars(mine.order_by(Notification.id)))

    def fact_lead(self, _: Any) -> str:
        lead = self.session.get(Lead, self.world.ids["lead"])
        assert lead is not None
        return lead.status

    def fact_lead_reason(self, _: Any) -> str | None:
        return self._lead().disqualify_reason

    def fact_lead_owner(self, _: Any) -> str | None:
        return self.world.name_of(self._lead().owner_id)

    def fact_lead_values(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {name: getattr(self._lead(), name) for name in wanted}

    def _lead(self) -> Lead:
        lead = self.session.get(Lead, self.world.ids["lead"])
        assert lead is not None
        return lead

    def fact_running_on_lead(self, _: Any) -> list[str]:
        """The processes that run for the lead, with the tasks they have opened."""
        mine = select(InstanceRow).where(InstanceRow.business_key == f"lead:{self.world.ids['lead']}")
        found = []
        for row in self.session.scalars(mine.where(InstanceRow.state == "active").order_by(InstanceRow.id)):
            open_tasks = select(UserTaskRow).where(UserTaskRow.instance_id == row.id, UserTaskRow.state == "open")
            tasks = [
                f"{task.element_id} of {self.world.name_of(task.assignee_id)}"
                for task in self.session.scalars(open_tasks)
            ]
            found.append(" ".join([row.definition_key, *tasks]))
        return found

    def fact_letters(self, _: Any) -> list[str]:
        query = select(LetterTemplate.code, Letter.status).join(Letter, Letter.template_id == LetterTemplate.id)
        found = self.session.execute(query.where(Letter.lead_id == self._lead().id).order_by(Letter.id))
        return [f"{code} {status}" for code, status in found]

    def fact_subject(self, _: Any) -> str | None:
        return self.instance.subject_type

    def fact_business_key(self, wanted: str) -> str:
        return "deal" if self.instance.business_key == f"deal:{self.world.ids['deal']}" else str(wanted)

    def fact_running_on_account(self, _: Any) -> int:
        mine = select(InstanceRow.id).where(InstanceRow.business_key == f"account:{self.world.ids['account']}")
        return len(list(self.session.scalars(mine.where(InstanceRow.state == "active"))))


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, type(None))) else str(value)


def check_invariants(facts: Facts) -> None:
    """Nothing is stuck, tasks and activities say the same, and the deal stands where its process does."""
    ids = [row.id for row in facts.family]
    stuck = select(IncidentRow.message).where(IncidentRow.instance_id.in_(ids), IncidentRow.resolved_at.is_(None))
    assert not list(facts.session.scalars(stuck)), "there is an incident"
    over = {row.id for row in facts.family if row.state not in ("active", "suspended")}
    assert not [row.element_id for row in facts.open_tasks if row.instance_id in over], "a task outlived its instance"
    waiting = {row.id: row for row in facts.open_tasks}
    for activity in facts.activities:
        assert not (activity.is_open and activity.instance_id in over), f"{activity.element_id} outlived its instance"
        if activity.task_id is not None:
            assert activity.is_open == (activity.task_id in waiting), f"{activity.element_id}: {activity.status}"
        _check_activity(facts, activity)
    drifted = [drift for drift in stage_drift.drifts(facts.session) if drift.instance_id in ids]
    assert not drifted, drifted


def _check_activity(facts: Facts, activity: Activity) -> None:
    assert activity.subject
    assert activity.element_id
    assert activity.start is not None
    assert activity.due is not None
    assert activity.deal_id or activity.account_id or activity.contact_id or activity.lead_id
    task = next((row for row in facts.open_tasks if row.id == activity.task_id), None)
    if task is not None:
        assert activity.owner_id == task.assignee_id, f"{activity.element_id} belongs to {activity.owner_id}"
