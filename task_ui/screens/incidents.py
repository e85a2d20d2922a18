"""Incidents and background work: where a process could not go on, tried again or set aside, one or many at once."""

from collections.abc import Iterable

from flask import Blueprint, request

from kernel.i18n import N_
from kernel.paging import Page
from processes import incidents, instances
from processes.views import InstanceFilter, InstanceView
from task_ui.web import View, _, act, attempt, back, ctx, go, page, paging, plural

blueprint = Blueprint("incidents", __name__)

JOB_STATES = (
    ("failed", N_("Given up")),
    ("ready", N_("Waiting for their time")),
    ("suspended", N_("Suspended")),
)


@blueprint.get("/incidents")
def index() -> View:
    state = request.args.get("state", "open")
    found = incidents.list_incidents(ctx(), paging(), state=None if state == "any" else state)
    return page(
        "processes/incidents.html",
        incidents=found,
        state=state,
        stood=_instances(row.instance_id for row in found.items),
    )


def _instances(ids: Iterable[int | None]) -> dict[int, InstanceView]:
    wanted = tuple({number for number in ids if number is not None})
    if not wanted:
        return {}
    return {row.id: row for row in instances.list_instances(ctx(), InstanceFilter(ids=wanted), Page(200)).items}


@blueprint.get("/jobs")
def jobs() -> View:
    state = request.args.get("state") or None
    found = incidents.list_jobs(ctx(), paging(), state=state)
    return page(
        "processes/jobs.html",
        jobs=found,
        states=JOB_STATES,
        stood=_instances(row.instance_id for row in found.items),
    )


@blueprint.post("/incidents/<int:incident_id>/retry")
def retry(incident_id: int) -> View:
    reason = request.form.get("reason") or None
    return act(
        back("/incidents"),
        lambda: incidents.retry_incident(ctx(), incident_id, reason=reason),
        lambda after: _("It has gone on.") if after.resolved_at else _("Tried again; it still fails."),
    )


@blueprint.post("/incidents/retry")
def retry_many() -> View:
    """Each on its own: one that fails again does not hold the others up."""
    chosen = request.form.getlist("incident", type=int)
    gone_on = 0
    for incident_id in chosen:
        after, errors = attempt(lambda number=incident_id: incidents.retry_incident(ctx(), number))  # type: ignore[misc]
        gone_on += bool(after and after.resolved_at and not errors)
    if not chosen:
        return go(back("/incidents"), _("Tick the incidents first."))
    said = plural("%(count)s has gone on.", "%(count)s have gone on.", gone_on)
    left = len(chosen) - gone_on
    return go(
        back("/incidents"),
        said + (" " + plural("%(count)s still fails.", "%(count)s still fail.", left) if left else ""),
    )


@blueprint.post("/incidents/<int:incident_id>/resolve")
def resolve(incident_id: int) -> View:
    reason = request.form.get("reason") or None
    return act(
        back("/incidents"), lambda: incidents.resolve_incident(ctx(), incident_id, reason=reason), _("Set aside.")
    )


@blueprint.post("/jobs/<int:job_id>/retry")
def retry_job(job_id: int) -> View:
    return act(back("/jobs"), lambda: incidents.retry_job(ctx(), job_id), _("It will be tried again at once."))
