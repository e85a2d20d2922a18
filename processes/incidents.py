"""Incidents and jobs: what stopped, why, and trying again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from engine import definitions, instances, jobs, start_timers
from engine.history import record_action
from engine.tables import IncidentRow, InstanceRow, JobRow
from kernel.context import Context
from kernel.errors import Conflict, NotFound
from kernel.i18n import N_, translate
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import engine_room
from processes.views import IncidentView, JobView

RESOLVED = N_("This incident has already been resolved.")


@use_case("instances.operate")
def list_incidents(
    context: Context, page: Page, *, instance_id: int | None = None, state: str | None = "open"
) -> Slice[IncidentView]:
    """Newest first; `state` open, resolved or None for all."""
    query = select(IncidentRow).order_by(IncidentRow.id.desc())
    if instance_id is not None:
        query = query.where(IncidentRow.instance_id == instance_id)
    if state is not None:
        query = query.where(IncidentRow.resolved_at.is_(None) == (state == "open"))
    if page.after is not None:
        query = query.where(IncidentRow.id < page.key(int)[0])
    found = slice_of(context.session.scalars(query.limit(page.limit + 1)).all(), page, lambda row: [row.id])
    return Slice(_views(context, found.items), found.next)


def _views(context: Context, rows: Sequence[IncidentRow]) -> list[IncidentView]:
    owners = _definitions_of(context, [row.instance_id for row in rows])
    language = context.actor.language
    return [
        IncidentView(
            id=row.id,
            instance_id=row.instance_id,
            element_id=row.element_id,
            element_name=_called(definitions.load(context.session, owners[row.instance_id]), row.element_id, language)
            or row.element_id,
            kind=row.kind,
            message=translate(row.message, language, **row.params),
            created_at=row.created_at,
            resolved_at=row.resolved_at,
            job_id=row.job_id,
            state="open" if row.resolved_at is None else "resolved",
        )
        for row in rows
    ]


def _definitions_of(context: Context, instance_ids: Sequence[int | None]) -> dict[int, int]:
    rows = select(InstanceRow.id, InstanceRow.definition_id).where(InstanceRow.id.in_({*instance_ids} - {None}))
    return dict(context.session.execute(rows).all())


def _open(context: Context, incident_id: int) -> IncidentRow:
    row = context.session.get(IncidentRow, incident_id, with_for_update=True)
    if row is None:
        raise NotFound()
    if row.resolved_at is not None:
        raise Conflict("incident_resolved", RESOLVED)
    return row


@use_case("instances.operate")
def retry_incident(context: Context, incident_id: int, *, reason: str | None = None) -> IncidentView:
    """Tries again what stopped: a failed job gets its tries back, an element is entered anew."""
    row = _open(context, incident_id)
    record_action(context, row.instance_id, "retry", was=row.element_id, reason=reason)
    if row.job_id is not None:
        jobs.retry(context, row.job_id)
        _resolve(context, row)
    else:
        context.session.flush()
        execution = engine_room.execution(context)
        instances.retry(execution, row.instance_id, row.token or 0)
        execution.write()
        context.session.refresh(row)
    return _views(context, [row])[0]


@use_case("instances.operate")
def resolve_incident(context: Context, incident_id: int, *, reason: str | None = None) -> IncidentView:
    """Marks an incident as dealt with, without trying again."""
    row = _open(context, incident_id)
    record_action(context, row.instance_id, "resolve_incident", was=row.element_id, reason=reason)
    _resolve(context, row)
    return _views(context, [row])[0]


def _resolve(context: Context, row: IncidentRow) -> None:
    row.resolved_at = context.now()
    row.resolved_by = context.actor.user_id
    context.session.flush()


@use_case("instances.operate")
def list_jobs(
    context: Context, page: Page, *, instance_id: int | None = None, state: str | None = None
) -> Slice[JobView]:
    query = select(JobRow).order_by(JobRow.id)
    if instance_id is not None:
        query = query.where(JobRow.instance_id == instance_id)
    if state is not None:
        query = query.where(JobRow.state == state)
    if page.after is not None:
        query = query.where(JobRow.id > page.key(int)[0])
    found = slice_of(context.session.scalars(query.limit(page.limit + 1)).all(), page, lambda row: [row.id])
    return Slice(_jobs(context, found.items), found.next)


def _jobs(context: Context, rows: Sequence[JobRow]) -> list[JobView]:
    language = context.actor.language
    owners = _definitions_of(context, [row.instance_id for row in rows])
    said = _told_of(context, [row.id for row in rows if row.state == "failed"])
    shown = []
    for row in rows:
        payload = row.payload or {}
        owner = owners.get(row.instance_id or 0) or (
            payload["definition_id"] if row.kind == start_timers.START else None
        )
        definition = definitions.load(context.session, owner) if owner else None
        shown.append(
            JobView(
                id=row.id,
                instance_id=row.instance_id,
                process=definition.title(language) if definition else None,
                element_id=row.element_id,
                element_name=_called(definition, row.element_id, language) if definition and row.element_id else None,
                kind=row.kind,
                due=row.due,
                retries=row.retries,
                state=row.state,
                error=said.get(row.id, row.error),
            )
        )
    return shown


def _called(definition: definitions.Definition, element_id: str, language: str) -> str | None:
    """An event on the border of a step often has no name of its own."""
    at: str | None = element_id
    while at is not None and definition.graph.knows(at):
        node = definition.graph.node(at)
        if (title := node.title(language)) != node.id:
            return title
        at = node.attached_to
    return None


def _told_of(context: Context, job_ids: Sequence[int]) -> dict[int, str]:
    """Why jobs were given up, in the reader's language: their incidents know."""
    query = select(IncidentRow).where(IncidentRow.job_id.in_(job_ids), IncidentRow.resolved_at.is_(None))
    rows = context.session.scalars(query) if job_ids else ()
    return {row.job_id: translate(row.message, context.actor.language, **row.params) for row in rows if row.job_id}


@use_case("instances.operate")
def retry_job(context: Context, job_id: int, *, reason: str | None = None) -> JobView:
    row = context.session.get(JobRow, job_id, with_for_update=True)
    if row is None:
        raise NotFound()
    record_action(context, row.instance_id, "retry_job", was=row.state, reason=reason)
    jobs.retry(context, job_id)
    for incident in context.session.scalars(
        select(IncidentRow).where(IncidentRow.job_id == job_id, IncidentRow.resolved_at.is_(None))
    ):
        _resolve(context, incident)
    context.session.refresh(row)
    return _jobs(context, [row])[0]
