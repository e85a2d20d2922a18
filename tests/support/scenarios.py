"""Scenarios stored beside a diagram, played through the use cases: every step is saved, and the next one reloads all."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import accounts, business_lines, contacts, deals, products, stage_history, teams, users
from crm_model import competitors as rivals
from crm_model.activities import OPEN_STATUSES, Activity
from crm_model.deal_entities import Deal
from engine import definitions, jobs
from engine.tables import HistoryEntryRow, InstanceRow, JobRow, UserTaskRow
from kernel.context import HEAD, MANAGER, SUPERVISOR, SYSTEM, Context
from kernel.db import Database
from kernel.errors import AppError, ValidationFailed
from kernel.paging import Page
from processes import activities, catalogue, instances, sales, tasks
from processes.engine_room import PORTS

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+03:00")
PEOPLE = {"manager": MANAGER, "manager2": MANAGER, "head": HEAD, "director": HEAD, "supervisor": SUPERVISOR}


@dataclass
class Company:
    """Ids by the names that scenarios use after a dollar sign."""

    database: Database
    ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.database.transaction() as session:
            system = Context(session, SYSTEM, lambda: MONDAY)
            for name, role in PEOPLE.items():
                user = users.add_user(session, username=name, name=name.title(), password="x" * 12, roles=[role])
                session.flush()
                self.ids[name] = user.id
            directors = teams.create_team(system, {"name": "Directors", "head_id": self.ids["director"]})
            team = teams.create_team(system, {"name": "Sales", "head_id": self.ids["head"]})
            for name in ("manager", "manager2"):
                users.update_user(system, self.ids[name], {"team_id": team.id})
            users.update_user(system, self.ids["head"], {"team_id": directors.id})
            line = business_lines.create_business_line(system, {"name": "Machines", "head_id": self.ids["head"]})
            other = business_lines.create_business_line(system, {"name": "Spare parts"})
            self.ids |= {"line": line.id, "line_without_head": other.id}
            self.ids["product"] = products.create_product(system, {"name": "Press", "price": "100.00"}).id
            catalogue.deploy_shipped(system)


def scenarios_of(key: str) -> list[Path]:
    return sorted((catalogue.FOLDER / key / "scenarios").glob("*.toml"))


class Player:
    """Plays one scenario; each step in a transaction of its own, with the definitions read anew."""

    def __init__(self, company: Company, path: Path) -> None:
        self.company = company
        self.path = path
        self.key = path.parent.parent.name
        self.plan = tomllib.loads(path.read_text())
        self.now = MONDAY
        self.ids = dict(company.ids)
        self.instance = 0

    def play(self) -> set[str]:
        """The ids of the flows taken, in this instance and in those it called."""
        self._start(self.plan.get("start", {}))
        for number, step in enumerate(self.plan.get("step", []), 1):
            with self._told(f"step {number} {step}"):
                self._step(step)
                self._check(step.get("expect", {}))
        with self._told("the end"):
            self._check(self.plan.get("end", {}))
        return self._flows()

    @contextmanager
    def _told(self, where: str) -> Iterator[None]:
        try:
            yield
        except (AppError, AssertionError, KeyError) as error:
            fields = getattr(error, "fields", "")
            raise AssertionError(f"{self.path.stem}, {where}: {error} {fields}; open: {self._open()}") from error

    @contextmanager
    def _as(self, name: str | int) -> Iterator[Context]:
        definitions.forget()
        self.now += timedelta(minutes=1)
        with self.company.database.transaction() as session:
            number = name if isinstance(name, int) else self.ids[name]
            actor = users.actor_of(users.get_user(Context(session, SYSTEM), number))
            moment = self.now
            yield Context(session, actor, lambda: moment)

    def _start(self, start: dict[str, Any]) -> None:
        subject = start.get("subject", "account")
        with self._as(start.get("by", "manager")) as context:
            account = accounts.create_account(context, {"name": f"Account of {self.path.stem}"})
            contact = contacts.create_contact(context, {"name": "Anna", "account_id": account.id})
            self.ids |= {"account": account.id, "contact": contact.id}
            if subject == "deal":
                line = {"with_head": "line", "without_head": "line_without_head"}.get(start.get("line", ""))
                values = {"title": self.path.stem, "account_id": account.id, "stage": start.get("stage", "needs")}
                deal = deals.create_deal(context, values | ({"business_line_id": self.ids[line]} if line else {}))
                rival = rivals.create_competitor(context, deal.id, {"name": "Rival"})
                self.ids |= {"deal": deal.id, "competitor": rival.id}
        with self._as(start.get("by", "manager")) as context:
            self.instance = instances.start_instance(
                context,
                definition_key=self.key,
                subject={"type": subject, "id": self.ids[subject]},
                variables=self._values(start.get("variables", {})),
            ).id

    def _values(self, given: Any) -> Any:
        if isinstance(given, dict):
            return {key: self._values(value) for key, value in given.items()}
        if isinstance(given, list):
            return [self._values(value) for value in given]
        if isinstance(given, str) and given.startswith("$"):
            return self.ids[given[1:]]
        return given.isoformat() if isinstance(given, datetime) else given

    def _step(self, step: dict[str, Any]) -> None:
        wrong = step.get("refused")
        if wrong is None:
            self._do(step)
            return
        before = self._open()
        try:
            self._do(step)
        except ValidationFailed as error:
            assert list(error.fields) == [wrong], f"refused at {list(error.fields)}"
            assert self._open() == before, "a refused step changed something"
        else:
            raise AssertionError(f"was not refused at {wrong}")

    def _do(self, step: dict[str, Any]) -> None:
        values = self._values(step.get("variables", {}))
        if "task" in step:
            task, doer = self._task(step["task"], step.get("by"))
            with self._as(doer) as context:
                tasks.complete_task(context, task, result=step.get("result"), variables=values)
        elif "activity" in step:
            self._activity(step)
        elif "timer" in step:
            self._timer(step["timer"])
        elif "change_stage" in step:
            with self._as(step.get("by", "manager")) as context:
                sales.change_stage(context, self._deal(context.session), stage=step["change_stage"], **values)
        else:
            with self._as("supervisor") as context:
                instances.release_wait(context, self.instance, element_id=step["release"])

    def _family(self, session: Session) -> list[int]:
        """The instance and all it called, and theirs."""
        family = [self.instance]
        for number in family:
            family += session.scalars(
                select(InstanceRow.id).where(InstanceRow.parent_id == number).order_by(InstanceRow.id)
            )
        return family

    def _task(self, element: str, by: str | None) -> tuple[int, int]:
        with self.company.database.read_only() as session:
            rows = session.execute(
                select(UserTaskRow.id, UserTaskRow.assignee_id)
                .where(UserTaskRow.instance_id.in_(self._family(session)), UserTaskRow.state == "open")
                .where(UserTaskRow.element_id == element)
                .order_by(UserTaskRow.id)
            ).all()
        mine = [row for row in rows if by is None or row.assignee_id == self.ids[by]]
        assert mine, f"{element} is not open"
        return mine[0].id, mine[0].assignee_id or self.ids[by or "manager"]

    def _activity(self, step: dict[str, Any]) -> None:
        with self._as(step.get("by", "manager")) as context:
            found = context.session.scalars(
                select(Activity)
                .where(Activity.deal_id == self._deal(context.session), Activity.element_id == step["activity"])
                .where(Activity.status.in_(OPEN_STATUSES))
            ).one()
            activities.complete_activity(context, found.id, result=step.get("result", "completed"))

    def _timer(self, element: str) -> None:
        with self.company.database.read_only() as session:
            due = session.scalars(
                select(JobRow.due)
                .where(JobRow.instance_id.in_(self._family(session)), JobRow.element_id == element)
                .order_by(JobRow.due)
            ).first()
        assert due is not None, f"no timer waits at {element}"
        self.now = max(self.now, due) + timedelta(minutes=1)
        definitions.forget()
        while jobs.run_batch(self.company.database, PORTS, lambda: self.now, "scenario", 1):
            definitions.forget()

    def _deal(self, session: Session) -> int:
        row = session.get(InstanceRow, self.instance)
        assert row is not None
        assert row.subject_type == "deal", "there is no deal yet"
        assert row.subject_id is not None
        return row.subject_id

    def _open(self) -> list[str]:
        with self.company.database.read_only() as session:
            query = select(UserTaskRow.element_id).where(UserTaskRow.instance_id.in_(self._family(session)))
            return sorted(session.scalars(query.where(UserTaskRow.state == "open")))

    def _check(self, expected: dict[str, Any]) -> None:
        found: dict[str, Any] = {}
        with self.company.database.read_only() as session:
            row = session.get(InstanceRow, self.instance)
            assert row is not None
            found = {"state": row.state, "end_event": row.end_event, "open": self._open()}
            if row.subject_type == "deal":
                deal = session.get(Deal, row.subject_id)
                assert deal is not None
                history = stage_history.list_stage_history(Context(session, SYSTEM), deal.id, Page(200)).items
                found |= {"stage": deal.stage, "status": deal.status, "stages": [row.to_stage for row in history]}
                found |= {"owner": next((name for name, number in self.ids.items() if number == deal.owner_id), None)}
        for name, value in expected.items():
            wanted = sorted(value) if name == "open" else value
            assert found.get(name) == wanted, f"{name} is {found.get(name)!r}, not {wanted!r}"

    def _flows(self) -> set[str]:
        with self.company.database.read_only() as session:
            query = select(HistoryEntryRow.flows).where(HistoryEntryRow.instance_id.in_(self._family(session)))
            return {flow for flows in session.scalars(query) for flow in flows or ()}
