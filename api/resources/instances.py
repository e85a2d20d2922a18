"""Running processes: started, watched, repaired and stopped."""

from typing import Any

from flask import Response, g, jsonify, request
from marshmallow import fields, validate

from api.records import blueprint, gives_object
from api.resources.shapes import (
    INSTANCE_STATES,
    HistoryAnswer,
    IncidentAnswer,
    InstanceAnswer,
    JobAnswer,
    MovedInstanceAnswer,
    OperatorActionAnswer,
    RewoundInstanceAnswer,
    WaitAnswer,
)
from api.schemas import (
    Anything,
    Body,
    Flag,
    IdArg,
    Number,
    PageArgs,
    Text,
    Whole,
    list_of,
    page_of,
    path,
    shown,
    unreadable,
)
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import incidents, instances, moving
from processes.facts import SUBJECT_TYPES
from processes.views import InstanceFilter

bp = blueprint("process-instances", "Running processes")
incidents_blueprint = blueprint("incidents", "What got stuck, and work in the background")
REASON = validate.Length(max=2000)
MANY = validate.Length(max=100)
NO_OBJECT = N_("This must be an object.")
NO_DEFINITION = N_("Say which process: definition_key or definition_id.")


class SubjectBody(Body):
    type = Text(required=True, validate=validate.OneOf(SUBJECT_TYPES))
    id = Number(required=True)


class StartBody(Body):
    definition_key = Text(allow_none=True)
    definition_id = Number(allow_none=True)
    subject = fields.Nested(SubjectBody, allow_none=True)
    business_key = Text(allow_none=True, validate=validate.Length(max=255))
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))
    start_event_id = Text(allow_none=True)


class InstanceArgs(PageArgs):
    definition_key = Text()
    definition_id = IdArg()
    state = Text(validate=validate.OneOf(INSTANCE_STATES))
    business_key = Text()
    element_id = Text()
    has_incident = fields.Boolean()
    goes_round = fields.Boolean()
    owner_id = IdArg()
    q = Text()


@bp.route("/process-instances", methods=["POST"])
@bp.arguments(StartBody)
@bp.response(201, InstanceAnswer)
def start_instance(given: dict[str, Any]) -> Any:
    """Starts a process, on a record if one is given."""
    if given.get("definition_key") is None and given.get("definition_id") is None:
        raise ValidationFailed({"definition_key": [NO_DEFINITION]})
    return instances.start_instance(g.context, **given)


@bp.route("/process-instances", methods=["GET"])
@bp.arguments(InstanceArgs, location="query")
@bp.response(200, list_of(InstanceAnswer))
def list_instances(args: dict[str, Any]) -> Any:
    """Instances, newest first."""
    page = page_of(args)
    return shown(instances.list_instances(g.context, InstanceFilter(text=args.pop("q", None), **args), page))


@bp.route(path("/process-instances/{instance_id}"), methods=["GET"])
@bp.response(200, InstanceAnswer)
def get_instance(instance_id: int) -> Any:
    """An instance and where it stands."""
    return instances.get_instance(g.context, instance_id)


@bp.route(path("/process-instances/{instance_id}/waits"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(WaitAnswer))
def list_waits(args: dict[str, Any], instance_id: int) -> Any:
    """Why it is waiting: one entry for each thing that could happen next."""
    return shown(instances.list_waits(g.context, instance_id, page_of(args)))


@bp.route(path("/process-instances/{instance_id}/history"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(HistoryAnswer))
def list_history(args: dict[str, Any], instance_id: int) -> Any:
    """One entry for each run of an element, in the order in which they were entered."""
    return shown(instances.list_history(g.context, instance_id, page_of(args)))


@bp.route(path("/process-instances/{instance_id}/actions"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(OperatorActionAnswer))
def list_actions(args: dict[str, Any], instance_id: int) -> Any:
    """What people did to an instance besides its tasks."""
    page_of(args)
    return {"items": instances.list_operator_actions(g.context, instance_id), "next": None}


@bp.route(path("/process-instances/{instance_id}/variables"), methods=["GET"])
@gives_object(bp, "Names and values")
def get_variables(instance_id: int) -> Response:
    """The variables of an instance, flat."""
    return jsonify(instances.get_variables(g.context, instance_id))


@bp.route(path("/process-instances/{instance_id}/variables"), methods=["PATCH"])
@bp.doc(requestBody={"content": {"application/json": {"schema": {"type": "object"}}}, "required": True})
@gives_object(bp, "Names and values")
def set_variables(instance_id: int) -> Response:
    """Changes some variables; what is not named stays."""
    values = request.get_json()
    if not isinstance(values, dict):
        raise ValidationFailed({"": [NO_OBJECT]})
    if wrong := dict(unreadable(values)):
        raise ValidationFailed({path: [told] for path, told in wrong.items()})
    return jsonify(instances.set_variables(g.context, instance_id, values))


class ReasonBody(Body):
    reason = Text(allow_none=True, validate=REASON)


class RequiredReasonBody(Body):
    reason = Text(required=True, validate=validate.Length(min=1, max=2000))


class ReleaseBody(Body):
    element_id = Text(required=True)


class ModifyBody(RequiredReasonBody):
    cancel = fields.List(Text(), load_default=list, validate=MANY)
    cancel_runs = fields.List(Whole(), load_default=list, validate=MANY)
    start_before = fields.List(Text(), load_default=list, validate=MANY)
    start_after = fields.List(Text(), load_default=list, validate=MANY)
    within = Whole(allow_none=True)
    preview = Flag(load_default=False)


@bp.route(path("/process-instances/{instance_id}/release"), methods=["POST"])
@bp.arguments(ReleaseBody)
@bp.response(200, InstanceAnswer)
def release(given: dict[str, Any], instance_id: int) -> Any:
    """Lets a waiting event go by hand."""
    return instances.release_wait(g.context, instance_id, **given)


@bp.route(path("/process-instances/{instance_id}/suspend"), methods=["POST"])
@bp.arguments(ReasonBody)
@bp.response(200, InstanceAnswer)
def suspend(given: dict[str, Any], instance_id: int) -> Any:
    """Holds an instance where it is."""
    return instances.suspend_instance(g.context, instance_id, **given)


@bp.route(path("/process-instances/{instance_id}/resume"), methods=["POST"])
@bp.arguments(ReasonBody)
@bp.response(200, InstanceAnswer)
def resume(given: dict[str, Any], instance_id: int) -> Any:
    """Lets a suspended instance go on."""
    return instances.resume_instance(g.context, instance_id)


@bp.route(path("/process-instances/{instance_id}/cancel"), methods=["POST"])
@bp.arguments(RequiredReasonBody)
@bp.response(200, InstanceAnswer)
def cancel(given: dict[str, Any], instance_id: int) -> Any:
    """Ends an instance, with the reason."""
    return instances.cancel_instance(g.context, instance_id, **given)


@bp.route(path("/process-instances/{instance_id}/modify"), methods=["POST"])
@bp.arguments(ModifyBody)
@bp.response(200, MovedInstanceAnswer)
def modify(given: dict[str, Any], instance_id: int) -> Any:
    """Moves an instance by hand: cancels where it stands, starts before or after other elements; says what that ends
    and begins, with `preview` without doing it."""
    return moving.modify_instance(g.context, instance_id, **given)


class RewindBody(RequiredReasonBody):
    run = Whole(allow_none=True)
    element_id = Text(allow_none=True)
    preview = Flag(load_default=False)


@bp.route(path("/process-instances/{instance_id}/rewind"), methods=["POST"])
@bp.arguments(RewindBody)
@bp.response(200, RewoundInstanceAnswer)
def rewind(given: dict[str, Any], instance_id: int) -> Any:
    """Puts an instance back to where a run of its history, or the last one of an element, was entered, with the
    variables of that time; `gone_out` stays done. With `preview` nothing is changed."""
    return moving.rewind_instance(g.context, instance_id, **given)


class IncidentArgs(PageArgs):
    instance_id = IdArg()
    state = Text(load_default="open", validate=validate.OneOf(("open", "resolved", "all")))


@incidents_blueprint.route("/incidents", methods=["GET"])
@incidents_blueprint.arguments(IncidentArgs, location="query")
@incidents_blueprint.response(200, list_of(IncidentAnswer))
def list_incidents(args: dict[str, Any]) -> Any:
    """What got stuck, newest first."""
    page = page_of(args)
    state = None if args["state"] == "all" else args["state"]
    return shown(incidents.list_incidents(g.context, page, instance_id=args.get("instance_id"), state=state))


@incidents_blueprint.route(path("/incidents/{incident_id}/retry"), methods=["POST"])
@incidents_blueprint.arguments(ReasonBody)
@incidents_blueprint.response(200, IncidentAnswer)
def retry_incident(given: dict[str, Any], incident_id: int) -> Any:
    """Tries again what got stuck."""
    return incidents.retry_incident(g.context, incident_id, **given)


@incidents_blueprint.route(path("/incidents/{incident_id}/resolve"), methods=["POST"])
@incidents_blueprint.arguments(ReasonBody)
@incidents_blueprint.response(200, IncidentAnswer)
def resolve_incident(given: dict[str, Any], incident_id: int) -> Any:
    """Marks an incident as dealt with."""
    return incidents.resolve_incident(g.context, incident_id, **given)


class JobArgs(PageArgs):
    instance_id = IdArg()
    state = Text(validate=validate.OneOf(("ready", "failed", "suspended")))


@incidents_blueprint.route("/jobs", methods=["GET"])
@incidents_blueprint.arguments(JobArgs, location="query")
@incidents_blueprint.response(200, list_of(JobAnswer))
def list_jobs(args: dict[str, Any]) -> Any:
    """Timers and other work for later."""
    page = page_of(args)
    return shown(incidents.list_jobs(g.context, page, **args))


@incidents_blueprint.route(path("/jobs/{job_id}/retry"), methods=["POST"])
@incidents_blueprint.arguments(ReasonBody)
@incidents_blueprint.response(200, JobAnswer)
def retry_job(given: dict[str, Any], job_id: int) -> Any:
    """Makes a job due now."""
    return incidents.retry_job(g.context, job_id, **given)
