"""A performance: a process played on made-up records by a list of steps, inside a savepoint that is undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update

from crm_model import users
from crm_model.activities import OPEN_STATUSES, Activity
from engine import definitions, history
from engine import instances as engine_instances
from engine.state import decode
from engine.tables import IncidentRow, InstanceRow, UserTaskRow
from kernel.context import DESIGNER, HEAD, MANAGER, SYSTEM, Actor, Context
from kernel.db import savepoint
from kernel.errors import AppError, Conflict, Message, ValidationFailed
from kernel.i18n import N_
from processes import activities, engine_room, instances, messages, presenting, tasks, waits
from processes.made_up import SAMPLE, MadeUp
from processes.views import HistoryRow, InstanceView, TaskView, Wait

MOST_STEPS = 200
NOT_THERE = N_("Nothing waits at “%(element)s” any more.")
CANNOT_BE_LET_GO = N_("What stands at “%(element)s” cannot be let go in a rehearsal.")
TOO_LONG = N_("A rehearsal has at most %(count)s steps.")
UNREADABLE = N_("The steps of this rehearsal cannot be read. Begin it anew.")
KINDS = ("complete", "release", "message", "activity", "document")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: a task at `element` is completed, what waits there is let go (a timer goes ahead to its
    time), the message `element` is sent, the activity that the process planned at `element` is done, or a document of
    the kind `element` appears on the deal."""

    kind: str
    element: str
    result: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    choose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A rehearsal whole: what it is about (`made_up.ABOUT`), when it began, and its steps. The same script goes the same
    way.

    A value `$account`, `$deal`, `$contact`, `$lead` and the like is the number of the record that is made up for it;
    `given` are values of the made-up record that it is about."""

    about: str = "nothing"
    began: datetime | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    start_event_id: str | None = None
    steps: tuple[Step, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)


def read_script(given: Mapping[str, Any]) -> Script:
    """A script from plain values, as `script_values` gives them."""
    began = given.get("began")
    steps = tuple(
        Step(
            step["kind"],
            step["element"],
            step.get("result") or None,
            dict(step.get("variables") or {}),
            tuple(step.get("choose") or ()),
        )
        for step in given.get("steps") or ()
    )
    return Script(
        given.get("about") or "nothing",
        datetime.fromisoformat(began) if isinstance(began, str) else began,
        dict(given.get("variables") or {}),
        given.get("start_event_id") or None,
        steps,
        dict(given.get("given") or {}),
    )


def script_values(script: Script) -> dict[str, Any]:
    """The script as JSON knows it."""
    return {**asdict(script), "began": script.began.isoformat() if script.began else None}


@dataclass(frozen=True, slots=True)
class OperationDone:
    """An operation that the process called; what it changed is undone."""

    element_id: str
    element_name: str
    operation: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class RehearsalView:
    """Where a rehearsal stands after its steps. `waits` are those of the process and of what it called."""

    instance: InstanceView
    began: datetime
    now: datetime
    waits: tuple[Wait, ...]
    tasks: tuple[TaskView, ...]
    history: tuple[HistoryRow, ...]
    flows: tuple[str, ...]
    variables: dict[str, Any]
    operations: tuple[OperationDone, ...]
    stage: str | None
    made: dict[str, int]
    """The made-up records by the names that steps have for them: `$account`, `$deal`, …"""
    planned: tuple[tuple[str, str], ...]
    """Element and subject of each activity that the process has planned and that is not done."""
    has_deal: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What a scenario expects of a moment: where tokens stand, where one is stuck, the stage, and how it ended."""

    elements: tuple[str, ...]
    incidents: tuple[str, ...]
    stage: str | None
    state: str
    end_event: str | None


class Performance:
    """One performance. The rehearsing person plays every role, but sees no more records than before."""

    def __init__(self, context: Context, script: Script) -> None:
        self.outer = context
        self.script = script
        self.began = script.began or context.now()
        self.time = self.began
        self.root = 0
        self.made = MadeUp(self.acting, script.given)
        self.performer = self._performer()

    def _performer(self) -> Actor:
        """What a process makes has to belong to somebody: the command line plays as a made-up person."""
        actor = self.outer.actor
        if actor.user_id is not None:
            return replace(actor, roles=actor.roles | {MANAGER, HEAD})
        person = users.add_user(
            self.outer.session, username=f"rehearsal-{uuid4()}", name=SAMPLE, roles=[DESIGNER, MANAGER, HEAD]
        )
        self.outer.session.flush()
        return replace(users.actor_of(person), language=actor.language)

    def acting(self) -> Context:
        return Context(self.outer.session, self.performer, lambda: self.time)

    def reading(self) -> Context:
        """For what only concerns the rehearsal's own instances, whoever its made-up deal belongs to by now."""
        actor = replace(SYSTEM, language=self.outer.actor.language)
        return Context(self.outer.session, actor, lambda: self.time)

    def play(self, definition_id: int) -> RehearsalView:
        """Where it stands after all steps, with all there is to see."""
        self.start(definition_id)
        for number, step in enumerate(self.script.steps):
            self.do(number, step)
        return self._view()

    def stand_by_stand(self, definition_id: int) -> Iterator[Standing]:
        """Where it stands after the start and after each step."""
        self.start(definition_id)
        yield self.standing()
        for number, step in enumerate(self.script.steps):
            self.do(number, step)
            yield self.standing()

    def start(self, definition_id: int) -> None:
        if len(self.script.steps) > MOST_STEPS:
            raise ValidationFailed({"steps": [Message(TOO_LONG, count=str(MOST_STEPS))]})
        self.root = instances.start_instance(
            self.acting(),
            definition_id=definition_id,
            subject=self._subject(),
            variables=self.made.filled(self.script.variables),
            start_event_id=self.script.start_event_id,
        ).id

    def do(self, number: int, step: Step) -> None:
        """Does the step with this number, from 0. Raises ValidationFailed at `steps.N` where it cannot be done."""
        self.time += timedelta(minutes=1)
        try:
            self._do(step)
        except ValidationFailed as error:
            raise error.prefixed(f"steps.{number}") from error
        except AppError as error:
            raise ValidationFailed({f"steps.{number}": [error.message]}) from error

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside has not happened afterwards, so that another way can be gone from here."""
        time, made = self.time, dict(self.made.ids)
        with savepoint(self.outer.session, keep=False):
            yield
        self.time, self.made.ids = time, made

    def _subject(self) -> dict[str, Any] | None:
        about = self.script.about
        if about == "nothing":
            return None
        self.made.number("account")
        return {"type": about, "id": self.made.number(about)}

    # What may happen

    def _do(self, step: Step) -> None:
        if step.kind == "message":
            messages.send_message(
                self.acting(),
                name=step.element,
                instance_id=self._receiver(step.element),
                variables=self.made.filled(step.variables),
            )
        elif step.kind == "complete":
            self._complete(step)
        elif step.kind == "activity":
            self._done(step)
        elif step.kind == "document":
            self._know_the_deal()
            self.made.document(step.element)
        else:
            self._release(step)

    def _know_the_deal(self) -> None:
        """The deal may have been made by the process on its way."""
        row = self.root_row()
        if row.subject_type == "deal" and row.subject_id is not None:
            self.made.ids["deal"] = row.subject_id

    def root_row(self) -> InstanceRow:
        return self.outer.session.get_one(InstanceRow, self.root)

    def planned(self) -> list[Activity]:
        """The activities without a task that the process has planned and that are not done."""
        mine = select(Activity).where(Activity.instance_id.in_([row.id for row in self._family()]))
        mine = mine.where(Activity.task_id.is_(None), Activity.status.in_(OPEN_STATUSES))
        return list(self.outer.session.scalars(mine.order_by(Activity.id)))

    def _done(self, step: Step) -> None:
        found = next((row for row in reversed(self.planned()) if row.element_id == step.element), None)
        if found is None:
            raise ValidationFailed({"element": [Message(NOT_THERE, element=step.element)]})
        activities.complete_activity(self.reading(), found.id, result=step.result or "completed")

    def _family(self) -> list[InstanceRow]:
        query = select(InstanceRow).where((InstanceRow.id == self.root) | (InstanceRow.root_id == self.root))
        ordered = query.order_by(InstanceRow.id).execution_options(populate_existing=True)
        return list(self.outer.session.scalars(ordered))

    def _waits(self) -> list[tuple[int, Wait]]:
        reading = self.reading()
        return [(row.id, wait) for row in self._family() for wait in waits.of(reading, row)]

    def _receiver(self, name: str) -> int:
        return next((number for number, wait in self._waits() if wait.message == name), self.root)

    def _complete(self, step: Step) -> None:
        mine = select(UserTaskRow.id).where(
            UserTaskRow.instance_id.in_([row.id for row in self._family()]),
            UserTaskRow.element_id == step.element,
            UserTaskRow.state == "open",
        )
        found = self.outer.session.scalar(mine.order_by(UserTaskRow.instance_id, UserTaskRow.token).limit(1))
        if found is None:
            raise ValidationFailed({"element": [Message(NOT_THERE, element=step.element)]})
        acting = self.acting()
        self.outer.session.execute(
            update(UserTaskRow)
            .where(UserTaskRow.id == found)
            .values(assignee_id=acting.actor.user_id)
            .execution_options(synchronize_session=False)
        )
        chosen: dict[str, Any] = {"choose": list(step.choose)} if step.choose else {}
        variables = self.made.filled(step.variables)
        tasks.complete_task(acting, found, result=step.result, variables=variables, **chosen)

    def _release(self, step: Step) -> None:
        """Moves the clock to a timer's time; other events happen where they stand."""
        number, wait = next(((n, w) for n, w in self._waits() if w.element_id == step.element), (0, None))
        if wait is None:
            raise ValidationFailed({"element": [Message(NOT_THERE, element=step.element)]})
        if wait.due is not None and wait.due > self.time:
            self.time = wait.due
        execution = engine_room.execution(self.acting())
        try:
            engine_instances.release(execution, number, step.element)
        except Conflict as error:
            raise ValidationFailed({"element": [Message(CANNOT_BE_LET_GO, element=step.element)]}) from error
        execution.write()

    # What is seen

    def _view(self) -> RehearsalView:
        reading = self.reading()
        found = [wait for _, wait in self._waits()]
        wanted = [wait.task_id for wait in found if wait.task_id is not None]
        passed = instances.list_history(reading, self.root).items
        done = [row.stage for row in passed if row.stage]
        return RehearsalView(
            instance=instances.get_instance(reading, self.root),
            began=self.began,
            now=self.time,
            waits=tuple(found),
            tasks=tuple(presenting.task(reading, id) for id in sorted(wanted)),
            history=tuple(passed),
            flows=tuple(sorted(instances.flows_taken(reading, self.root))),
            variables=instances.get_variables(reading, self.root),
            operations=tuple(self._operations(passed)),
            stage=done[-1] if done else None,
            made=self.made.ids,
            planned=tuple((row.element_id or "", row.subject) for row in self.planned()),
            has_deal=self.root_row().subject_type == "deal" or "deal" in self.made.ids,
        )

    def standing(self) -> Standing:
        """What a scenario compares."""
        family = self._family()
        root = next(row for row in family if row.id == self.root)
        standing = [
            element.element_id
            for row in family
            for element in presenting.active_elements(self.reading(), self._definition(row), row.content)
            if not element.scope
            for _ in range(element.count)
        ]
        stuck = select(IncidentRow.element_id).where(
            IncidentRow.instance_id.in_([row.id for row in family]), IncidentRow.resolved_at.is_(None)
        )
        graph = self._definition(root).graph
        passed = [entry.element_id for entry in history.entries(self.outer.session, root.id, decode(root.content))]
        stages = [stage for id in passed if graph.knows(id) and (stage := graph.node(id).extension.stage)]
        return Standing(
            elements=tuple(sorted(standing)),
            incidents=tuple(sorted(self.outer.session.scalars(stuck))),
            stage=stages[-1] if stages else None,
            state=root.state,
            end_event=root.end_event,
        )

    def ways(self) -> set[tuple[str, str]]:
        """The flows that tokens have gone along so far, each with the key of its process."""
        reading = self.reading()
        return {(row.definition_key, flow) for row in self._family() for flow in instances.flows_taken(reading, row.id)}

    def _definition(self, row: InstanceRow) -> definitions.Definition:
        return definitions.load(self.outer.session, row.definition_id)

    def _operations(self, passed: Sequence[HistoryRow]) -> list[OperationDone]:
        graph = self._definition(self.root_row()).graph
        found = []
        for entry in passed:
            extension = graph.node(entry.element_id).extension
            name = extension.operation or extension.on_complete
            if name is not None and entry.left_at is not None:
                found.append(OperationDone(entry.element_id, entry.element_name, name, entry.outcome))
        return found
