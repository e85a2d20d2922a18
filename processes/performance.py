"""A performance: a process played on made-up records by a list of steps, inside a savepoint that is undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from crm_model import accounts, contacts, deals, leads
from engine import definitions
from engine import instances as engine_instances
from engine.tables import InstanceRow, UserTaskRow
from kernel.context import HEAD, MANAGER, SYSTEM, Context
from kernel.errors import AppError, Conflict, Message, ValidationFailed
from kernel.i18n import N_
from processes import engine_room, instances, messages, presenting, tasks, waits
from processes.views import HistoryRow, InstanceView, TaskView, Wait

MOST_STEPS = 200
SAMPLE = N_("Rehearsal")
ABOUT = ("nothing", "deal", "account", "contact", "lead")
NOT_THERE = N_("Nothing waits at “%(element)s” any more.")
CANNOT_BE_LET_GO = N_("What stands at “%(element)s” cannot be let go in a rehearsal.")
TOO_LONG = N_("A rehearsal has at most %(count)s steps.")
UNREADABLE = N_("The steps of this rehearsal cannot be read. Begin it anew.")
KINDS = ("complete", "release", "message")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: a task at `element` is completed, what waits there is let go (a timer goes ahead to its
    time), or the message `element` is sent."""

    kind: str
    element: str
    result: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    choose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A rehearsal whole: what it is about (`ABOUT`), when it began, and its steps. The same script goes the same way.

    A value `$account`, `$deal`, `$contact` or `$lead` is the number of the record that is made up for it."""

    about: str = "nothing"
    began: datetime | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    start_event_id: str | None = None
    steps: tuple[Step, ...] = ()


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
        self.made: dict[str, int] = {}

    def acting(self) -> Context:
        actor = self.outer.actor
        return Context(self.outer.session, replace(actor, roles=actor.roles | {MANAGER, HEAD}), lambda: self.time)

    def reading(self) -> Context:
        """For what only concerns the rehearsal's own instances, whoever its made-up deal belongs to by now."""
        actor = replace(SYSTEM, language=self.outer.actor.language)
        return Context(self.outer.session, actor, lambda: self.time)

    def play(self, definition_id: int) -> RehearsalView:
        for _ in self.steps(definition_id):
            pass
        return self._view()

    def stand_by_stand(self, definition_id: int) -> Iterator[Standing]:
        """Where it stands after the start and after each step."""
        return (self._standing() for _ in self.steps(definition_id))

    def steps(self, definition_id: int) -> Iterator[None]:
        """Plays on whenever the next is asked for; the first is the start."""
        if len(self.script.steps) > MOST_STEPS:
            raise ValidationFailed({"steps": [Message(TOO_LONG, count=str(MOST_STEPS))]})
        self.root = instances.start_instance(
            self.acting(),
            definition_id=definition_id,
            subject=self._subject(),
            variables=self._filled(self.script.variables),
            start_event_id=self.script.start_event_id,
        ).id
        yield
        for number, step in enumerate(self.script.steps):
            self.time += timedelta(minutes=1)
            try:
                self._do(step)
            except ValidationFailed as error:
                raise error.prefixed(f"steps.{number}") from error
            except AppError as error:
                raise ValidationFailed({f"steps.{number}": [error.message]}) from error
            yield

    def _subject(self) -> dict[str, Any] | None:
        if self.script.about == "nothing":
            return None
        context = self.acting()
        name = {"name": SAMPLE}
        account = accounts.create_account(context, name)
        self.made["account"] = account.id
        made: Any = account
        if self.script.about == "deal":
            made = deals.create_deal(context, {"title": SAMPLE, "account_id": account.id})
        elif self.script.about == "contact":
            made = contacts.create_contact(context, {**name, "account_id": account.id})
        elif self.script.about == "lead":
            made = leads.create_lead(context, {**name, "source": "manual", "owner_id": context.actor.user_id})
        self.made[self.script.about] = made.id
        return {"type": self.script.about, "id": made.id}

    def _filled(self, value: Any) -> Any:
        """The value with the numbers of the made-up records in the place of their names."""
        if isinstance(value, Mapping):
            return {key: self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        known = value[1:] if isinstance(value, str) and value.startswith("$") else None
        return self.made.get(known, value) if known else value

    # What may happen

    def _do(self, step: Step) -> None:
        if step.kind == "message":
            messages.send_message(
                self.acting(),
                name=step.element,
                instance_id=self._receiver(step.element),
                variables=self._filled(step.variables),
            )
        elif step.kind == "complete":
            self._complete(step)
        else:
            self._release(step)

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
        found = next((wait for _, wait in self._waits() if wait.task_id and wait.element_id == step.element), None)
        if found is None or found.task_id is None:
            raise ValidationFailed({"element": [Message(NOT_THERE, element=step.element)]})
        acting = self.acting()
        self.outer.session.execute(
            update(UserTaskRow)
            .where(UserTaskRow.id == found.task_id)
            .values(assignee_id=acting.actor.user_id)
            .execution_options(synchronize_session=False)
        )
        chosen: dict[str, Any] = {"choose": list(step.choose)} if step.choose else {}
        variables = self._filled(step.variables)
        tasks.complete_task(acting, found.task_id, result=step.result, variables=variables, **chosen)

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
        history = instances.list_history(reading, self.root).items
        done = [row.stage for row in history if row.stage]
        return RehearsalView(
            instance=instances.get_instance(reading, self.root),
            began=self.began,
            now=self.time,
            waits=tuple(found),
            tasks=tuple(presenting.task(reading, id) for id in sorted(wanted)),
            history=tuple(history),
            flows=tuple(sorted(instances.flows_taken(reading, self.root))),
            variables=instances.get_variables(reading, self.root),
            operations=tuple(self._operations(history)),
            stage=done[-1] if done else None,
            made=self.made,
        )

    def _standing(self) -> Standing:
        reading = self.reading()
        root = instances.get_instance(reading, self.root)
        members = [root, *(presenting.instance(reading, row.id) for row in self._family() if row.id != self.root)]
        standing = [
            element.element_id
            for member in members
            for element in member.active_elements
            if not element.scope
            for _ in range(element.count)
        ]
        stages = [row.stage for row in instances.list_history(reading, self.root).items if row.stage]
        stuck = [wait.element_id for _, wait in self._waits() if wait.kind == "incident"]
        return Standing(
            elements=tuple(sorted(standing)),
            incidents=tuple(sorted(stuck)),
            stage=stages[-1] if stages else None,
            state=root.state,
            end_event=root.end_event,
        )

    def _operations(self, history: Sequence[HistoryRow]) -> list[OperationDone]:
        row = self.outer.session.get_one(InstanceRow, self.root)
        graph = definitions.load(self.outer.session, row.definition_id).graph
        found = []
        for entry in history:
            extension = graph.node(entry.element_id).extension
            name = extension.operation or extension.on_complete
            if name is not None and entry.left_at is not None:
                found.append(OperationDone(entry.element_id, entry.element_name, name, entry.outcome))
        return found
