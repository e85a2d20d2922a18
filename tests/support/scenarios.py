"""Plays a scenario of a shipped process through the use cases: a transaction a step, nothing kept in between."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definitions, jobs
from engine.tables import JobRow, UserTaskRow
from kernel.context import Context
from kernel.errors import AppError, ValidationFailed
from processes import activities, instances, messages, sales, tasks
from processes.catalogue import FOLDER
from processes.engine_room import PORTS
from tests.support.scenario_facts import Facts, check_invariants
from tests.support.scenario_world import MONDAY, Cast, World


@dataclass(frozen=True, slots=True)
class Scenario:
    """A file of `processes/catalogue/<process>/scenarios`."""

    process: str
    name: str
    content: dict[str, Any] = field(compare=False)

    def __str__(self) -> str:
        return f"{self.process}-{self.name}"


def scenarios_of(process: str) -> list[Scenario]:
    """In the order of their files' names."""
    paths = sorted((FOLDER / process / "scenarios").glob("*.toml"))
    return [Scenario(process, path.stem, tomllib.loads(path.read_text("utf-8"))) for path in paths]


def play(world: World, scenario: Scenario) -> set[str]:
    """Plays it to its end and checks what it expects; the (process:flow) that tokens went along."""
    definitions.forget()
    show = Show(world, scenario)
    show.start(dict(scenario.content["start"]))
    for number, step in enumerate(scenario.content.get("step", []), 1):
        try:
            show.step(dict(step))
        except AssertionError as error:
            raise AssertionError(f"step {number} {step}: {error}") from None
        except AppError as error:
            fields = error.fields_in("en") if isinstance(error, ValidationFailed) else ""
            raise AssertionError(f"step {number} {step}: {error.code}: {error} {fields}") from error
    show.check(dict(scenario.content.get("end", {})))
    return show.flows


class Show:
    """One performance: the instance, who acts, and the clock."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self.database = world.database
        self.process = scenario.process
        self.time = MONDAY
        self.world = Cast(world, self.clock)
        self.roots: list[int] = []
        self.flows: set[str] = set()
        self.verbs = {
            "task": self._task, "activity": self._activity, "timer": self._timer, "change_stage": self._change_stage,
            "release": self._release, "start_again": self._start_again, "reopen": self._reopen, "postpone": self._postpone,
            "document": self._document, "competitor": self._competitor, "own_activity": self._own_activity,
            "update": self._update, "message": self._message,
        }  # fmt: skip

    def clock(self) -> datetime:
        return self.time

    def acting(self, session: Session, name: str = "manager") -> Context:
        return self.world.acting(session, name)

    def start(self, told: dict[str, Any]) -> None:
        kind = told.get("subject")
        with self.database.transaction() as session:
            context = self.acting(session, told.get("by", "manager"))
            if kind in ("deal", "document"):
                self.world.make_deal(context, told.get("stage", "needs"), told.get("line"), told.get("deal", {}))
            if kind == "document":
                self.world.make_document(context, "contract")
        if "lead" in told:
            self.world.make_lead(told["lead"], told.get("lead_by", "manager"))
        if "in_work" in told:
            self.world.make_work(told["in_work"])
        self._start(kind, told)

    def _start(self, kind: str | None, told: Mapping[str, Any]) -> None:
        with self.database.transaction() as session:
            view = instances.start_instance(
                self.acting(session, told.get("by", "manager")),
                definition_key=self.process,
                subject={"type": kind, "id": self.world.ids[kind]} if kind else None,
                variables=self.world.filled(told.get("variables", {})),
            )
        self.roots.append(view.id)
        self._look(told.get("expect", {}))

    def step(self, step: dict[str, Any]) -> None:
        """Does one step in a transaction of its own, which reads the instance anew."""
        self.time += timedelta(minutes=1)
        (verb,) = self.verbs.keys() & step.keys()
        refusal = step.get("expect_error")
        if refusal is None:
            self.verbs[verb](step)
        else:
            self._refused(verb, step, refusal)
        self._look(step.get("expect", {}))

    def _look(self, expected: Mapping[str, Any]) -> None:
        with self.database.read_only() as session:
            facts = Facts(session, self.world, self.roots)
            check_invariants(facts)
            facts.check(expected)
            for root in facts.family:
                key, taken = root.definition_key, instances.flows_taken(self.acting(session, "supervisor"), root.id)
                self.flows |= {f"{key}:{flow}" for flow in taken}

    def check(self, expected: Mapping[str, Any]) -> None:
        with self.database.read_only() as session:
            Facts(session, self.world, self.roots).check(expected)

    def _refused(self, verb: str, step: dict[str, Any], refusal: Mapping[str, str]) -> None:
        """The step is answered with this error and leaves everything as it was."""
        before = self._print()
        try:
            self.verbs[verb](step)
        except AppError as error:
            assert error.code == refusal.get("code", error.code), f"{error.code}: {error}"
            fields = list(error.fields) if isinstance(error, ValidationFailed) else []
            assert "field" not in refusal or fields == [refusal["field"]], fields
        else:
            raise AssertionError("it was not refused")
        assert self._print() == before, "the refused step has changed something"

    def _print(self) -> Any:
        with self.database.read_only() as session:
            return Facts(session, self.world, self.roots).everything()

    def _open_task(self, session: Session, element: str, person: str | None) -> UserTaskRow:
        facts = Facts(session, self.world, self.roots)
        found = [row for row in facts.open_tasks if row.element_id == element]
        mine = [row for row in found if person and row.assignee_id == self.world.ids[person]]
        assert len(mine or found) == 1, f"{len(mine or found)} tasks {element}; open: {facts.open}"
        return (mine or found)[0]

    def _task(self, step: dict[str, Any]) -> None:
        """As the one who has the task, unless the step says who tries."""
        with self.database.transaction() as session:
            row = self._open_task(session, step["task"], step.get("of") or step.get("by"))
            person = self.world.ids[step["by"]] if "by" in step else row.assignee_id or self.world.ids["manager"]
            tasks.complete_task(
                self.world.acting_as(session, person),
                row.id,
                result=step.get("result"),
                variables=self.world.filled(step.get("variables", {})),
            )

    def _message(self, step: dict[str, Any]) -> None:
        """Somebody sends a message about the lead, or `about` another record."""
        about = step.get("about", "lead")
        with self.database.transaction() as session:
            reached = messages.send_message(
                self.acting(session, step.get("by", "manager")),
                name=step["message"],
                business_key=f"{about}:{self.world.ids[about]}",
                variables=self.world.filled(step.get("variables", {})),
            )
        self.roots += [one["instance_id"] for one in reached if one["started"]]

    def _postpone(self, step: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            row = self._open_task(session, step["postpone"], None)
            context = self.world.acting_as(session, row.assignee_id or 0)
            tasks.postpone_task(context, row.id, until=step["until"], reason=step.get("reason"))

    def _activity(self, step: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            number = Facts(session, self.world, self.roots).activity(step["activity"]).id
            context = self.acting(session, step.get("by", "manager"))
            activities.complete_activity(
                context, number, result=step.get("result", "completed"), start=step.get("start")
            )

    def _update(self, step: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            number = Facts(session, self.world, self.roots).activity(step["update"]).id
            activities.update_activity(self.acting(session), number, self.world.filled(step["values"]))

    def _own_activity(self, step: dict[str, Any]) -> None:
        values = {"kind": "call", "subject": step["own_activity"], "deal_id": self.world.ids["deal"]}
        with self.database.transaction() as session:
            activities.create_activity(self.acting(session), values)

    def _timer(self, step: dict[str, Any]) -> None:
        """The worker does what has become due at the time of a waiting timer, no earlier."""
        with self.database.read_only() as session:
            members = [row.id for row in Facts(session, self.world, self.roots).family]
            waiting = select(JobRow.due).where(JobRow.instance_id.in_(members), JobRow.element_id == step["timer"])
            due = session.scalar(waiting.order_by(JobRow.due).limit(1))
        assert due is not None, "this timer does not wait"
        self.time = max(self.time, due)
        while jobs.run_batch(self.database, PORTS, self.clock, "scenario"):
            pass

    def _change_stage(self, step: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            context = self.acting(session, step.get("by", "manager"))
            asked = {"stage": step["change_stage"], **self.world.filled(step.get("variables", {}))}
            deal = self.world.ids["deal"]
            if "preview" in step:
                told = sales.preview_stage(context, deal, **asked)
                found = {
                    "cancels": [row["element_id"] for row in told.cancels],
                    "creates": [row["element_id"] for row in told.creates],
                    "missing": [row["field"] for row in told.missing],
                }
                assert found == step["preview"], found
            else:
                sales.change_stage(context, deal, **asked)

    def _release(self, step: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            instances.release_wait(self.acting(session, "supervisor"), self.roots[-1], element_id=step["release"])

    def _start_again(self, step: dict[str, Any]) -> None:
        self._start(step["start_again"], step)

    def _reopen(self, step: dict[str, Any]) -> None:
        deal = self.world.ids["deal"]
        with self.database.transaction() as session:
            sales.reopen_deal(self.acting(session, "supervisor"), deal, stage=step["reopen"], reason="A mistake")
        with self.database.read_only() as session:
            self.roots.append(Facts(session, self.world, self.roots).running_for(f"deal:{deal}"))

    def _document(self, step: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            self.world.make_document(self.acting(session), step["document"])

    def _competitor(self, step: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            self.world.make_competitor(self.acting(session), step["competitor"])
