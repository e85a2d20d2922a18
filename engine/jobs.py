"""Jobs: timers, asynchronous operations, deliveries and background work, claimed with a lease and done in a transaction each."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update

from engine import background, messages, start_timers
from engine import state as kinds
from engine.behaviours import events, tasks
from engine.errors import BpmnError
from engine.execution import Execution
from engine.live import Live
from engine.ports import Ports
from engine.state import Token
from engine.tables import ACTIVE, IncidentRow, JobRow
from kernel.context import SYSTEM, Clock, Context
from kernel.db import Database
from kernel.errors import AppError

LEASE = timedelta(minutes=5)
BACK_OFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
log = logging.getLogger(__name__)

CLAIM = text(
    "UPDATE job SET locked_by = :worker, locked_until = :until WHERE id IN ("
    " SELECT id FROM job WHERE state = 'ready' AND due <= :now AND (locked_until IS NULL OR locked_until < :now)"
    " ORDER BY due, id LIMIT :limit FOR UPDATE SKIP LOCKED)"
    " RETURNING id, kind, instance_id, token, event, element_id, payload, retries"
)


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    kind: str
    instance_id: int | None
    token: int | None
    event: int
    element_id: str | None
    payload: dict[str, Any] | None
    retries: int


def run_batch(database: Database, ports: Ports, clock: Clock, worker_id: str, limit: int = 20) -> int:
    """Claims due jobs and does each in its own transaction; the number claimed."""
    now = clock()
    with database.transaction() as session:
        rows = session.execute(CLAIM, {"worker": worker_id, "until": now + LEASE, "now": now, "limit": limit}).all()
    jobs = [Job(*row) for row in rows]
    for job in jobs:
        try:
            with database.transaction() as session:
                _do(Execution(Context(session, SYSTEM, clock), ports), job, worker_id)
        except Exception as error:
            log.warning("job %s (%s) failed: %s", job.id, job.kind, error)
            with database.transaction() as session:
                _failed(Context(session, SYSTEM, clock), job, worker_id, error)
    return len(jobs)


def next_due(database: Database) -> datetime | None:
    """When the next job is due, for a worker that wants to sleep until then."""
    with database.read_only() as session:
        return session.scalar(select(func.min(JobRow.due)).where(JobRow.state == "ready"))


def _do(execution: Execution, job: Job, worker_id: str) -> None:
    session = execution.context.session
    live: Live | None = None
    if job.instance_id is not None:
        live = execution.lock(job.instance_id)
    still_ours = session.scalar(
        select(JobRow.id)
        .where(JobRow.id == job.id, JobRow.locked_by == worker_id, JobRow.state == "ready")
        .with_for_update()
    )
    if still_ours is None:
        return
    if job.kind == "deliver":
        _deliver(execution, job)
    elif job.kind == start_timers.START:
        start_timers.fire(execution, job.payload or {})
    elif job.kind == background.KIND:
        background.run(execution.context, job.element_id or "", job.payload or {})
    elif live is None or live.status != ACTIVE or (token := live.state.tokens.get(job.token or 0)) is None:
        pass
    elif job.kind == "timer":
        events.trigger(live.run, token, job.event)
    elif job.kind == "operation":
        _operate(execution, live, token)
    execution.write()
    session.execute(text("DELETE FROM job WHERE id = :id"), {"id": job.id})


def _deliver(execution: Execution, job: Job) -> None:
    payload = dict(job.payload or {})
    kind = payload.pop("kind")
    if kind == messages.KEPT:
        messages.give_kept(execution, payload["inbox_id"])
        return
    message = messages.Message(**payload)
    if kind == "signal":
        live = execution.lock(message.instance_id or 0)
        if live is not None and live.status == ACTIVE:
            for token in list(live.state.tokens.values()):
                for index, awaited, name in messages.awaits(live, token):
                    if awaited == "signal" and name == message.name and token.id in live.state.tokens:
                        messages.receive(live, token, index, message.variables)
    else:
        messages.correlate_or_keep(execution, message, messages.KEEP_THROWN)


def _operate(execution: Execution, live: Live, token: Token) -> None:
    if token.kind != kinds.JOB:
        return
    node = live.graph.node(token.node)
    try:
        answer = live.host.operate(live.run, token, token.data["operation"], token.data["parameters"])
    except BpmnError as error:
        tasks.operation_error(live.run, token, node, error)
        return
    tasks.operation_done(live.run, token, node, answer)


def _failed(context: Context, job: Job, worker_id: str, error: Exception) -> None:
    """Tries again later; when the tries are used up, an incident waits for a person. What another worker has taken over
    meanwhile is its affair."""
    now = context.now()
    session = context.session
    left = job.retries - 1
    message, params = f"{type(error).__name__}: {error}"[:2000], {}
    if isinstance(error, AppError):
        message, params = error.message, {name: str(value) for name, value in error.params.items()}
    back_off = BACK_OFF[max(0, min(len(BACK_OFF) - 1, len(BACK_OFF) - 1 - left))]
    ours = session.execute(
        update(JobRow)
        .where(JobRow.id == job.id, JobRow.locked_by == worker_id)
        .values(
            retries=max(left, 0),
            state="ready" if left > 0 else "failed",
            due=now + back_off if left > 0 else JobRow.due,
            locked_by=None,
            locked_until=None,
            error=str(error)[:2000],
        )
        .returning(JobRow.id)
    ).first()
    if ours is not None and left <= 0 and job.instance_id is not None:
        session.add(
            IncidentRow(
                instance_id=job.instance_id,
                token=job.token,
                element_id=getattr(error, "element_id", None) or job.element_id or "",
                job_id=job.id,
                kind="job",
                message=message,
                params=params,
                created_at=now,
            )
        )


def retry(context: Context, job_id: int) -> None:
    """Gives a failed job its tries back, from now."""
    context.session.execute(
        update(JobRow)
        .where(JobRow.id == job_id)
        .values(state="ready", retries=3, due=context.now(), locked_by=None, locked_until=None, error=None)
    )
    notify(context)


def notify(context: Context) -> None:
    """Wakes the workers when this transaction commits."""
    context.session.execute(text("SELECT pg_notify('procession_jobs', '')"))
