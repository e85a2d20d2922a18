"""External work: programs outside fetch what a service task leaves to them by its topic, and tell what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import select, text

from bpmn.model import Node
from engine import definitions
from engine.behaviours import tasks
from engine.errors import BpmnError
from engine.execution import Execution
from engine.live import Live
from engine.state import Token, decode
from engine.tables import EXTERNAL, IncidentRow, InstanceRow, JobRow
from kernel.context import Context
from kernel.errors import Conflict, NotFound
from kernel.i18n import N_

FETCH = text(
    "UPDATE job SET locked_by = :worker, locked_until = CAST(:now AS timestamptz)"
    " + make_interval(secs => CAST(CAST(:topics AS jsonb) ->> (payload ->> 'topic') AS double precision)) WHERE id IN ("
    " SELECT id FROM job WHERE kind = 'external' AND state = 'ready' AND due <= :now"
    " AND payload ->> 'topic' = ANY(:names) AND (locked_until IS NULL OR locked_until < :now)"
    " ORDER BY due, id LIMIT :limit FOR UPDATE SKIP LOCKED)"
    " RETURNING id"
)
NOT_YOURS = N_("Another worker has this work by now, or the lock was given back. Fetch again.")
GIVEN_UP = N_("This work has been given up and waits for a person.")
FAILED = N_("The program “%(worker)s” could not do it: %(reason)s")


@dataclass(frozen=True, slots=True)
class ExternalTask:
    """A piece of work as a program sees it. `variables` are the element's parameters where it names some, else all
    variables of the instance."""

    id: int
    topic: str
    instance_id: int
    definition_key: str
    business_key: str | None
    element_id: str
    variables: dict[str, Any]
    retries: int
    worker_id: str | None
    locked_until: datetime | None


def fetch(context: Context, worker: str, topics: Mapping[str, timedelta], limit: int) -> list[ExternalTask]:
    """Locks up to `limit` pieces of work of these topics, each for its topic's time, oldest first."""
    durations = {name: time.total_seconds() for name, time in topics.items()}
    values = {
        "worker": worker, "now": context.now(), "topics": Jsonb(durations), "names": list(durations), "limit": limit,
    }  # fmt: skip
    return of(context, list(context.session.scalars(FETCH, values)))


def of(context: Context, job_ids: list[int]) -> list[ExternalTask]:
    """These pieces of work, oldest first."""
    query = (
        select(JobRow, InstanceRow)
        .join(InstanceRow, InstanceRow.id == JobRow.instance_id)
        .where(JobRow.id.in_(job_ids))
        .order_by(JobRow.due, JobRow.id)
        .execution_options(populate_existing=True)
    )
    return [_seen(context, job, instance) for job, instance in context.session.execute(query)]


def _seen(context: Context, job: JobRow, instance: InstanceRow) -> ExternalTask:
    state = decode(instance.content)
    token = state.tokens.get(job.token or 0)
    node = definitions.load(context.session, instance.definition_id).graph.node(job.element_id or "")
    given = token.data.get("parameters", {}) if token is not None else {}
    return ExternalTask(
        id=job.id,
        topic=(job.payload or {}).get("topic", ""),
        instance_id=instance.id,
        definition_key=instance.definition_key,
        business_key=instance.business_key,
        element_id=node.id,
        variables=given if node.extension.parameters else state.variables,
        retries=job.retries,
        worker_id=job.locked_by,
        locked_until=job.locked_until,
    )


def complete(execution: Execution, job_id: int, worker: str, variables: dict[str, Any]) -> Live:
    """The work is done; what it gave becomes variables, and the process goes on."""
    _job, live, token, node = _held(execution, job_id, worker)
    tasks.operation_done(live.run, token, node, variables)
    return live


def throw(execution: Execution, job_id: int, worker: str, error: BpmnError) -> Live:
    """The work came to a business refusal that the diagram catches; ProcessError if it does not."""
    _job, live, token, node = _held(execution, job_id, worker)
    tasks.operation_error(live.run, token, node, error)
    return live


def fail(
    execution: Execution, job_id: int, worker: str, *, reason: str, retries: int | None, again_after: timedelta
) -> None:
    """The work did not succeed: it is offered again after a while, or waits for a person once no retries are left."""
    job, live, token, node = _held(execution, job_id, worker)
    now = execution.context.now()
    job.retries = max(0, job.retries - 1 if retries is None else retries)
    job.error, job.locked_by, job.locked_until = reason[:2000], None, None
    if job.retries:
        job.due = now + again_after
        return
    job.state = "failed"
    execution.context.session.add(
        IncidentRow(
            instance_id=live.id, token=token.id, element_id=node.id, job_id=job.id, kind="job", message=FAILED,
            params={"worker": worker, "reason": reason[:2000]}, created_at=now,
        )
    )  # fmt: skip


def extend(execution: Execution, job_id: int, worker: str, time: timedelta) -> JobRow:
    """The worker needs longer: its lock lasts from now for that time."""
    job, *_ = _held(execution, job_id, worker)
    job.locked_until = execution.context.now() + time
    return job


def unlock(execution: Execution, job_id: int, worker: str) -> None:
    """The worker gives the work back: others may fetch it at once."""
    job, *_ = _held(execution, job_id, worker)
    job.locked_by = job.locked_until = None


def _held(execution: Execution, job_id: int, worker: str) -> tuple[JobRow, Live, Token, Node]:
    """The worker's own work, its instance locked first. A lock that ran out still counts until somebody else fetches."""
    session = execution.context.session
    found = session.execute(select(JobRow.kind, JobRow.instance_id).where(JobRow.id == job_id)).one_or_none()
    if found is None or found.kind != EXTERNAL:
        raise NotFound()
    live = execution.active(found.instance_id)
    job = session.get(JobRow, job_id, with_for_update=True, populate_existing=True)
    if job is None:
        raise NotFound()
    if job.state == "failed":
        raise Conflict("external_task_given_up", GIVEN_UP)
    if job.locked_by != worker:
        raise Conflict("external_task_not_yours", NOT_YOURS)
    token = live.state.tokens[job.token or 0]
    return job, live, token, live.graph.node(token.node)
