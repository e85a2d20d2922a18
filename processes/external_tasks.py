"""What programs outside do for processes: they fetch work by its topic, and complete it, fail or refuse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine import external
from engine.errors import BpmnError
from engine.external import ExternalTask
from engine.tables import EXTERNAL, JobRow
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import engine_room, forms, presenting
from processes.views import InstanceView

NO_TOPIC = N_("Name at least one topic.")


@use_case("external_tasks.work")
def fetch_and_lock(
    context: Context, *, worker_id: str, topics: Mapping[str, timedelta], maximum: int
) -> list[ExternalTask]:
    """Work of these topics that nobody else has, locked for each topic's time, oldest first."""
    if not topics:
        raise ValidationFailed({"topics": [NO_TOPIC]})
    return external.fetch(context, worker_id, topics, maximum)


@use_case("external_tasks.work")
def complete_external_task(
    context: Context, job_id: int, *, worker_id: str, variables: Mapping[str, Any]
) -> InstanceView:
    """The work is done: its variables are taken over and the process goes on, in this transaction."""
    execution = engine_room.execution(context)
    live = external.complete(execution, job_id, worker_id, forms.json_values(variables))
    execution.write()
    return presenting.instance(context, live.id)


@use_case("external_tasks.work")
def refuse_external_task(
    context: Context, job_id: int, *, worker_id: str, code: str, message: str, variables: Mapping[str, Any]
) -> InstanceView:
    """The work came to a BPMN error with this code, which the diagram must catch."""
    execution = engine_room.execution(context)
    error = BpmnError(code, message, forms.json_values(variables))
    live = external.throw(execution, job_id, worker_id, error)
    execution.write()
    return presenting.instance(context, live.id)


@use_case("external_tasks.work")
def fail_external_task(
    context: Context, job_id: int, *, worker_id: str, reason: str, retries: int | None, again_after: timedelta
) -> None:
    """The work did not succeed: it is offered again later; without retries left it becomes an incident."""
    execution = engine_room.execution(context)
    external.fail(execution, job_id, worker_id, reason=reason, retries=retries, again_after=again_after)
    context.session.flush()


@use_case("external_tasks.work")
def extend_lock(context: Context, job_id: int, *, worker_id: str, time: timedelta) -> ExternalTask:
    """The lock lasts from now for that time."""
    external.extend(engine_room.execution(context), job_id, worker_id, time)
    context.session.flush()
    return external.of(context, [job_id])[0]


@use_case("external_tasks.work")
def unlock(context: Context, job_id: int, *, worker_id: str) -> None:
    """The work is given back at once."""
    external.unlock(engine_room.execution(context), job_id, worker_id)
    context.session.flush()


@use_case("instances.operate")
def list_external_tasks(context: Context, page: Page, *, topic: str | None = None) -> Slice[ExternalTask]:
    """All work that waits for programs outside, in the order of its ids."""
    query = select(JobRow.id).where(JobRow.kind == EXTERNAL)
    if topic is not None:
        query = query.where(JobRow.payload["topic"].astext == topic)
    if page.after is not None:
        query = query.where(JobRow.id > page.key(int)[0])
    ids = context.session.scalars(query.order_by(JobRow.id).limit(page.limit + 1)).all()
    found = slice_of(ids, page, lambda number: [number])
    seen = sorted(external.of(context, list(found.items)), key=lambda task: task.id)
    return Slice(seen, found.next)
