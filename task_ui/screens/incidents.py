"""Incidents: where a process could not go on, tried again or set aside."""

from flask import Blueprint, request

from processes import incidents
from task_ui.web import View, _, back, ctx, go, page, paging

blueprint = Blueprint("incidents", __name__)


@blueprint.get("/incidents")
def index() -> View:
    state = request.args.get("state", "open")
    found = incidents.list_incidents(ctx(), paging(), state=None if state == "any" else state)
    return page("processes/incidents.html", incidents=found)


@blueprint.post("/incidents/<int:incident_id>/retry")
def retry(incident_id: int) -> View:
    incidents.retry_incident(ctx(), incident_id, reason=request.form.get("reason") or None)
    return go(back("/incidents"), _("Tried again."))


@blueprint.post("/incidents/<int:incident_id>/resolve")
def resolve(incident_id: int) -> View:
    incidents.resolve_incident(ctx(), incident_id, reason=request.form.get("reason") or None)
    return go(back("/incidents"), _("Set aside."))


@blueprint.post("/jobs/<int:job_id>/retry")
def retry_job(job_id: int) -> View:
    incidents.retry_job(ctx(), job_id)
    return go(back("/incidents"), _("Tried again."))
