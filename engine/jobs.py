"""Jobs: timers, asynchronous operations, deliveries and background work, claimed with a lease and done in a transaction each."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from engine import background, messages, start_timers
from engine import state as kinds
from engine.behaviours import events, tasks
from engine.errors import BpmnError, WorkersEnded
from engine.execution import Execution
from engine.live import Live
from engine.ports import Ports
from engine.tables import ACTIVE, EXTERNAL, IncidentRow, JobRow
from kernel import statements
from kernel.context import SYSTEM, Clock, Context
from kernel.db import Database
from kernel.errors import AppError
from kernel.i18n import N_, kept

LEASE = timedelta(minutes=5)
BACK_OFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
log = logging.getLogger(__name__)

TIMERS = 100
"""Timers that are fired in one transaction: one of them costs little, and a person waits for all of them at most."""
CLAIM = (
    "UPDATE job SET locked_by = %(worker)s, locked_until = %(until)s FROM ("
    " SELECT id AS chosen, locked_until IS NOT NULL AS orphan FROM job WHERE state = 'ready' AND kind <> 'external'"
    " AND due <= %(now)s AND (locked_until IS NULL OR locked_until < %(now)s) AND (kind = 'timer') = %(timers)s"
    " ORDER BY due, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS claimed WHERE id = chosen"
    " RETURNING id, kind, instance_id, token, event, element_id, payload, retries, due, orphan"
)
COUNT_TRY = text(
    "UPDATE job SET retries = retries - 1 WHERE id = :id AND locked_by = :worker AND state = 'ready' RETURNING retries"
)
STILL_OURS = (
    "SELECT id FROM job WHERE id = ANY(%(ids)s) AND locked_by = %(worker)s AND state = 'ready' ORDER BY id FOR UPDATE"
)
DONE = "DELETE FROM job WHERE id = ANY(%(ids)s)"


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
    due: datetime
    orphan: bool = False
    """Whoever had it before let the lease run out: this job may be what ended that worker."""


def run_batch(database: Database, ports: Ports, clock: Clock, worker_id: str, limit: int = 20) -> int:
    """Claims due jobs and does them: timers together, all others each in its own transaction; the number claimed."""
    timers = claim(database, clock, worker_id, TIMERS, timers=True)
    others = claim(database, clock, worker_id, limit, timers=False)
    alone = _left_of(database, ports, clock, worker_id, [job for job in timers if not job.orphan])
    for job in (*alone, *(job for job in others if not job.orphan)):
        _do_alone(database, ports, clock, worker_id, job)
    for job in (*timers, *others):
        if job.orphan:
            _do_alone(database, ports, clock, worker_id, _counted(database, job, worker_id))
    return len(timers) + len(others)


def claim(database: Database, clock: Clock, worker_id: str, limit: int, *, timers: bool) -> list[Job]:
    """Due jobs that nobody else works on, timers or all others, for as long as the lease lasts."""
    now = clock()
    values = {"worker": worker_id, "until": now + LEASE, "now": now, "limit": limit, "timers": timers}
    with database.transaction() as session:
        claimed = [Job(*row) for row in statements.rows(session, CLAIM, values)]
    return sorted(claimed, key=lambda job: (job.due, job.id))


def _left_of(database: Database, ports: Ports, clock: Clock, worker_id: str, timers: list[Job]) -> list[Job]:
    """Fires timers of different instances in one transaction; answers those that must be fired alone, because their
    instance was busy or had another one due, or all of them, if any of them fails."""
    if len(timers) < 2:
        return timers
    try:
        with database.transaction() as session:
            fired = _fire_together(Execution(Context(session, SYSTEM, clock), ports), timers, worker_id)
    except Exception as error:
        log.info("%s timers are fired one by one: %s", len(timers), error)
        return timers
    return [job for job in timers if job.id not in fired]


def _fire_together(execution: Execution, timers: list[Job], worker_id: str) -> set[int]:
    session = execution.context.session
    execution.lock_free({job.instance_id for job in timers if job.instance_id is not None})
    ours = _still_ours(session, timers, worker_id)
    fired: set[int] = set()
    busy: set[int] = set()
    for job in timers:
        live = execution.lives.get(job.instance_id or 0)
        if job.id not in ours or live is None or (live.root_id or live.id) in busy:
            continue
        busy.add(live.root_id or live.id)
        fired.add(job.id)
        _fire(live, job)
    execution.write()
    statements.rows(session, DONE, {"ids": list(fired)})
    return fired


def _still_ours(session: Session, claimed: list[Job], worker_id: str) -> set[int]:
    """The ids of those that nobody else has taken since, locked."""
    values = {"ids": [job.id for job in claimed], "worker": worker_id}
    return {row.id for row in statements.rows(session, STILL_OURS, values)}


def _fire(live: Live, job: Job) -> None:
    token = live.state.tokens.get(job.token or 0)
    if live.status == ACTIVE and token is not None:
        events.trigger(live.run, token, job.event)


def _counted(database: Database, job: Job, worker_id: str) -> Job:
    """Counts a try before it begins, so that a job which ends its workers is given up in the end; the first of them may
    have been stopped for another reason."""
    with database.transaction() as session:
        left = session.scalar(COUNT_TRY, {"id": job.id, "worker": worker_id})
    return job if left is None else replace(job, retries=left)


def _do_alone(database: Database, ports: Ports, clock: Clock, worker_id: str, job: Job) -> None:
    try:
        if job.retries < 0:
            raise WorkersEnded()
        with database.transaction() as session:
            _do(Execution(Context(session, SYSTEM, clock), ports), job, worker_id)
    except Exception as error:
        log.warning("job %s (%s) failed: %s", job.id, job.kind, error)
        with database.transaction() as session:
            _failed(Context(session, SYSTEM, clock), job, worker_id, error)


def next_due(database: Database) -> datetime | None:
    """When the next job is due, for a worker that wants to sleep until then."""
    with database.read_only() as session:
        waiting = select(func.min(JobRow.due)).where(JobRow.state == "ready", JobRow.kind != EXTERNAL)
        return session.scalar(waiting)


def _do(execution: Execution, job: Job, worker_id: str) -> None:
    session = execution.context.session
    live: Live | None = None
    if job.instance_id is not None:
        live = execution.lock(job.instance_id)
    if not _still_ours(session, [job], worker_id):
        return
    if job.kind == "deliver":
        _deliver(execution, job)
    elif job.kind == start_timers.START:
        start_timers.fire(execution, job.payload or {})
    elif job.kind == background.KIND:
        background.run(execution.context, job.element_id or "", job.payload or {})
    elif live is None:
        pass
    elif job.kind == "timer":
        _fire(live, job)
    elif job.kind == "operation":
        _operate(live, job)
    execution.write()
    statements.rows(session, DONE, {"ids": [job.id]})


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


def _operate(live: Live, job: Job) -> None:
    token = live.state.tokens.get(job.token or 0)
    if live.status != ACTIVE or token is None or token.kind != kinds.JOB:
        return
    node = live.graph.node(token.node)
    try:
        answer = live.host.operate(live.run, token, token.data["operation"], token.data["parameters"])
    except BpmnError as error:
        tasks.operation_error(live.run, token, node, error)
        return
    tasks.operation_done(live.run, token, node, answer)


UNEXPECTED = N_(
    "The program failed in the middle of this step: %(error)s. The step was undone. Try again; if it fails again, show "
    "this to whoever looks after the server."
)


def _failed(context: Context, job: Job, worker_id: str, error: Exception) -> None:
    """Tries again later; when the tries are used up, an incident waits for a person. What another worker has taken over
    meanwhile is its affair."""
    now = context.now()
    session = context.session
    left = job.retries - 1
    message, params = UNEXPECTED, {"error": f"{type(error).__name__}: {error}"[:2000]}
    if isinstance(error, AppError):
        message, params = error.message, kept(error.params)
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
