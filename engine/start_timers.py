"""Processes that start by themselves: a job for each timer start event of the version that is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bpmn.cycles import parse_cycle
from bpmn.durations import TimeError, due_date
from bpmn.expressions import ExpressionError
from engine import timers
from engine.errors import ProcessError
from engine.tables import JobRow
from kernel import working_time

if TYPE_CHECKING:
    from engine.definitions import Definition
    from engine.execution import Execution

START = "start"
MOST_MISSED = 1000
"""Occurrences that are passed over at once after a time when nobody worked."""


def renew(session: Session, key: str, newest: Definition | None, now: datetime) -> None:
    """Takes back the starts that were planned for a process, and plans those of its newest published version."""
    session.execute(delete(JobRow).where(JobRow.kind == START, JobRow.payload["key"].astext == key))
    if newest is None:
        return
    for node in newest.graph.beginnings:
        for index, event in enumerate(node.events):
            if event.timer is not None:
                _plan(session, newest, node.id, index, now, began=now, fired=0)


def fire(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Starts an instance, and plans the next start of a cycle; what was missed is not made up for."""
    from engine import definitions

    session, now = execution.context.session, execution.context.now()
    definition = definitions.load(session, payload["definition_id"])
    execution.create(definition, variables={}, start_event=payload["element_id"], happened=payload["index"])
    began, fired = datetime.fromisoformat(payload["began"]), payload["fired"] + 1
    with working_time.using(lambda: execution.ports.calendar(execution, None)):
        _plan(session, definition, payload["element_id"], payload["index"], now, began=began, fired=fired)


def _plan(
    session: Session, definition: Definition, element_id: str, index: int, now: datetime, *, began: datetime, fired: int
) -> None:
    node = definition.graph.node(element_id)
    timer = node.events[index].timer
    assert timer is not None
    kind, text = timer
    try:
        value = timers.said(text, lambda expression: definition.graph.expression(expression).evaluate({"now": now}))
        if kind == "cycle":
            due, fired = _next(str(value), began, fired, now)
        else:
            due = due_date(value, now) if fired == 0 else None
    except (TimeError, ExpressionError) as error:
        raise ProcessError(node.id, node.title, error, code="timer_invalid") from error
    if due is None or due < now:
        return
    payload = {
        "key": definition.key,
        "definition_id": definition.id,
        "element_id": element_id,
        "index": index,
        "began": began.isoformat(),
        "fired": fired,
    }
    session.add(
        JobRow(kind=START, element_id=element_id, due=due, created_at=now, payload=payload, state="ready", retries=3)
    )


def _next(cycle: str, began: datetime, fired: int, now: datetime) -> tuple[datetime | None, int]:
    """The next time that is not past, and how many came before it."""
    zone = working_time.zone()
    read, began = parse_cycle(cycle, zone), began.astimezone(zone)
    due = read.next_time(began, fired, None if fired == 0 else now)
    for _ in range(MOST_MISSED):
        if due is None or due > now:
            break
        fired += 1
        due = read.next_time(began, fired, due)
    return due, fired
