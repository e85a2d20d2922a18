"""How faithfully other people's diagrams run: each is uploaded, started and played by a tireless clerk, then undone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from engine import definitions
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import AppError, ValidationFailed
from kernel.paging import Page
from processes import designs, instances, messages, tasks
from processes.views import FormField, TaskView, Wait

ENDINGS = designs.DIAGRAM_ENDINGS
MOST_STEPS = 200
WHOLE = Page(200)
ENDED = frozenset({"completed", "failed", "cancelled"})
BY_HAND = ("timer", "manual_release", "condition", "message", "signal")
"""Kinds of waits in the order in which the clerk lets them go once there is no task."""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of one file. `outcome`: refused, not_startable, completed, failed, stuck (it waits for what the clerk
    cannot do) or endless (it still ran after the most steps). `reason` tells why it is not completed, `line` where."""

    file: str
    outcome: str
    repairs: int = 0
    steps: int = 0
    reason: str = ""
    element_id: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        said = f"{self.outcome:13} {self.repairs:3} repairs {self.steps:4} steps  {place}"
        return "  ".join(part for part in (said, self.element_id, self.reason) if part)


def score(context: Context, name: str, files: list[tuple[str, bytes]], seed: int = 0) -> Score:
    """Plays one upload; nothing of it is kept."""
    with savepoint(context.session, keep=False):
        try:
            deployed = designs.upload(context, files, publish=True, accept_repairs=True)
        except ValidationFailed as refused:
            found: dict[str, Any] = next(iter(refused.details.get("findings", [])), {})
            return Score(
                name, "refused", 0, 0, found.get("message", str(refused)), found.get("element_id"), found.get("line")
            )
        repairs = len(deployed.repairs)
        started = _started(context, [row.id for row in deployed.definitions])
        if isinstance(started, str):
            return Score(name, "not_startable", repairs, reason=started)
        return _play(context, name, started, repairs, random.Random(seed))


def _started(context: Context, deployed: Iterable[int]) -> int | str:
    """The first process of the upload that lets itself be started, or why the last did not."""
    reason = ""
    for definition_id in deployed:
        graph = definitions.load(context.session, definition_id).graph
        for start in (None, *(node.id for node in graph.beginnings)):
            try:
                with savepoint(context.session):
                    return instances.start_instance(context, definition_id=definition_id, start_event_id=start).id
            except AppError as error:
                reason = _words(error)
    return reason


def _play(context: Context, name: str, instance_id: int, repairs: int, dice: random.Random) -> Score:
    taken: dict[str, int] = {}
    reason = ""
    for step in range(MOST_STEPS):
        state = instances.get_instance(context, instance_id).state
        if state in ENDED:
            return Score(name, state, repairs, step)
        for act, element_id in _acts(context, instance_id, taken, dice):
            try:
                with savepoint(context.session):
                    act()
                taken[element_id] = taken.get(element_id, 0) + 1
                break
            except AppError as error:
                reason = _words(error)
        else:
            waits = instances.list_waits(context, instance_id, WHOLE).items
            wait = next((one for one in waits if one.kind == "incident"), waits[0] if waits else None)
            where = wait.element_id if wait else None
            return Score(name, "stuck", repairs, step, (wait.text if wait else None) or reason, where)
    return Score(name, "endless", repairs, MOST_STEPS)


def _acts(
    context: Context, instance_id: int, taken: dict[str, int], dice: random.Random
) -> Iterator[tuple[Callable[[], None], str]]:
    """What the clerk may do next and where, the best first: tasks, then events let go by hand, each where he has least
    often been."""
    waits = _waits(context, instance_id)
    dice.shuffle(waits)
    waits.sort(key=lambda wait: taken.get(wait.element_id, 0))
    with_tasks = [wait for wait in waits if wait.task_id is not None]
    for wait in with_tasks:
        assert wait.task_id is not None
        task = tasks.get_task(context, wait.task_id)
        yield partial(_complete, context, task, taken, dice), wait.element_id
    for kind in BY_HAND:
        for wait in waits:
            if wait.kind == kind:
                yield partial(_let_go, context, wait, instance_id), wait.element_id


def _waits(context: Context, instance_id: int) -> list[Wait]:
    """Those of the instance and of the instances it called."""
    found: list[Wait] = []
    for wait in instances.list_waits(context, instance_id, WHOLE).items:
        if wait.kind == "call" and wait.instance_id is not None:
            found += _waits(context, wait.instance_id)
        else:
            found.append(wait)
    return found


def _complete(context: Context, task: TaskView, taken: dict[str, int], dice: random.Random) -> None:
    if task.flows:
        flow = min(task.flows, key=lambda one: (taken.get(one.code, 0), dice.random()))
        taken[flow.code] = taken.get(flow.code, 0) + 1
        tasks.complete_task(context, task.id, choose=flow.code)
        return
    result = dice.choice(task.results).code if task.results else None
    wanted = [
        field for field in task.form.fields if not field.read_only and (not field.results or result in field.results)
    ]
    tasks.complete_task(
        context, task.id, result=result, variables={one.key: _value(context, one, dice) for one in wanted}
    )


def _value(context: Context, field: FormField, dice: random.Random) -> Any:
    if field.default is not None:
        return field.default
    if field.options:
        chosen = dice.choice(field.options).code
        return [chosen] if field.type == "multiselect" else chosen
    soon = context.now() + timedelta(days=1)
    values = {
        "number": 1, "integer": 1, "money": "1.00", "boolean": dice.random() < 0.5, "date": soon.date().isoformat(),
        "datetime": soon.isoformat(), "user": context.actor.user_id, "users": [context.actor.user_id],
    }  # fmt: skip
    return values.get(field.type, "text" if field.type in ("string", "text") else None)


def _let_go(context: Context, wait: Wait, instance_id: int) -> None:
    number = wait.instance_id or instance_id
    if wait.kind == "message" and wait.message:
        messages.send_message(context, name=wait.message, instance_id=number)
    else:
        instances.release_wait(context, number, element_id=wait.element_id)


def _words(error: AppError) -> str:
    fields = error.fields_in("en") if isinstance(error, ValidationFailed) else {}
    return "; ".join(f"{name}: {' '.join(said)}" for name, said in fields.items()) or str(error)
