"""Process definitions, what they may call, and messages to what runs."""

from typing import Any

from flask import Response, g, jsonify, request
from marshmallow import fields, validate
from werkzeug.exceptions import RequestEntityTooLarge

from api.records import blueprint, gives_object
from api.resources.shapes import (
    DefinitionAnswer,
    DeploymentAnswer,
    OperationAnswer,
    ReachedAnswer,
    RehearsalAnswer,
    VersionEventAnswer,
)
from api.schemas import Anything, Body, Flag, Nothing, Number, PageArgs, Text, Time, list_of, page_of, path, shown
from bpmn.durations import TimeError, parse_duration
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import designs, made_up, messages, performance, rehearsal, version_events, versioning

bp = blueprint("process-definitions", "Process definitions")
messages_blueprint = blueprint("messages", "Messages and signals")
operations_blueprint = blueprint("operations", "What a service task may call")
LARGEST_DIAGRAM = 5 * 1024 * 1024
BAD_SPAN = N_("Write an ISO 8601 duration, for example PT1H.")


class UploadArgs(Body):
    publish = fields.Boolean(load_default=False)
    repairs = Text(load_default=None, validate=validate.OneOf(("accept",)))
    comment = Text(load_default=None, validate=validate.Length(max=2000))
    despite = Text(load_default=None, validate=validate.Length(max=2000))


class PublishBody(Body):
    comment = Text(allow_none=True, validate=validate.Length(max=2000))
    despite = Text(allow_none=True, validate=validate.Length(max=2000))


class UploadForm(Body):
    file = fields.List(fields.Raw(metadata={"type": "string", "format": "binary"}), required=True)


class DefinitionArgs(PageArgs):
    key = Text()
    state = Text(validate=validate.OneOf(("draft", "published", "retired")))
    latest = fields.Boolean(load_default=False)


@bp.route("/process-definitions", methods=["POST"])
@bp.arguments(UploadArgs, location="query")
@bp.doc(requestBody={"content": {"multipart/form-data": {"schema": UploadForm}}, "required": True})
@bp.response(201, DeploymentAnswer)
def upload(args: dict[str, Any]) -> Any:
    """Keeps diagrams and forms as a new version; what is wrong is named with its element and line."""
    files = [(file.filename or "", file.stream.read()) for file in request.files.getlist("file")]
    if any(len(content) > LARGEST_DIAGRAM for _name, content in files):
        raise RequestEntityTooLarge
    accept = args["repairs"] == "accept"
    return designs.upload(
        g.context,
        files,
        publish=args["publish"],
        accept_repairs=accept,
        comment=args["comment"],
        despite=args["despite"],
    )


@bp.route("/process-definitions", methods=["GET"])
@bp.arguments(DefinitionArgs, location="query")
@bp.response(200, list_of(DefinitionAnswer))
def list_definitions(args: dict[str, Any]) -> Any:
    """Versions of processes."""
    page = page_of(args)
    return shown(designs.list_definitions(g.context, page, **args))


@bp.route(path("/process-definitions/{definition_id}"), methods=["GET"])
@bp.response(200, DefinitionAnswer)
def get_definition(definition_id: int) -> Any:
    """A version of a process."""
    return designs.get_definition(g.context, definition_id)


@bp.route(path("/process-definitions/{definition_id}/xml"), methods=["GET"])
@bp.doc(responses={200: {"description": "The file as uploaded", "content": {"application/xml": {}}}})
def get_xml(definition_id: int) -> Response:
    """The file as it was uploaded, byte for byte."""
    return Response(designs.get_xml(g.context, definition_id), mimetype="application/xml")


@bp.route(path("/process-definitions/{definition_id}/compare/{other_id}"), methods=["GET"])
@gives_object(bp, "Elements added, removed and changed")
def compare(definition_id: int, other_id: int) -> Response:
    """What another version added, removed and changed."""
    return jsonify(designs.compare(g.context, definition_id, other_id))


@bp.route(path("/process-definitions/{definition_id}/publish"), methods=["POST"])
@bp.arguments(PublishBody)
@bp.response(200, DefinitionAnswer)
def publish(given: dict[str, Any], definition_id: int) -> Any:
    """Lets new instances start in a version, unless a scenario goes differently on it and no reason is given."""
    return designs.publish(g.context, definition_id, **given)


@bp.route(path("/process-definitions/{definition_id}/retire"), methods=["POST"])
@bp.arguments(Nothing)
@bp.response(200, DefinitionAnswer)
def retire(given: dict[str, Any], definition_id: int) -> Any:
    """No new instances start in a version; those that run go on."""
    return designs.retire(g.context, definition_id)


class TagBody(Body):
    version_tag = Text(required=True, allow_none=True)


class RestoreBody(Body):
    comment = Text(allow_none=True, validate=validate.Length(max=2000))


@bp.route(path("/process-definitions/{definition_id}"), methods=["PATCH"])
@bp.arguments(TagBody)
@bp.response(200, DefinitionAnswer)
def retag(given: dict[str, Any], definition_id: int) -> Any:
    """Gives a version another tag, or none."""
    return versioning.retag_definition(g.context, definition_id, **given)


@bp.route(path("/process-definitions/{definition_id}/restore"), methods=["POST"])
@bp.arguments(RestoreBody)
@bp.response(201, DefinitionAnswer)
def restore(given: dict[str, Any], definition_id: int) -> Any:
    """Makes an old version the newest one, as a draft."""
    return versioning.restore_definition(g.context, definition_id, **given)


@bp.route(path("/process-definitions/{definition_id}/history"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(VersionEventAnswer))
def list_history(args: dict[str, Any], definition_id: int) -> Any:
    """What was done to the versions and scenarios of a process: who, when, what and why, the newest first."""
    return shown(version_events.list_history(g.context, definition_id, page_of(args)))


class StepBody(Body):
    kind = Text(required=True, validate=validate.OneOf(performance.KINDS))
    element = Text(required=True, validate=validate.Length(min=1, max=255))
    result = Text(allow_none=True)
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))
    choose = fields.List(Text())


class RehearsalBody(Body):
    about = Text(load_default="nothing", validate=validate.OneOf(made_up.ABOUT))
    began = Time(allow_none=True)
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))
    start_event_id = Text(allow_none=True)
    given = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))
    steps = fields.List(fields.Nested(StepBody), validate=validate.Length(max=performance.MOST_STEPS))


@bp.route(path("/process-definitions/{definition_id}/rehearse"), methods=["POST"])
@bp.arguments(RehearsalBody)
@bp.response(200, RehearsalAnswer)
def rehearse(given: dict[str, Any], definition_id: int) -> Any:
    """Plays a version on a made-up record by a list of steps, and keeps nothing of it."""
    return rehearsal.rehearse(g.context, definition_id=definition_id, script=performance.read_script(given))


@operations_blueprint.route("/operations", methods=["GET"])
@operations_blueprint.arguments(PageArgs, location="query")
@operations_blueprint.response(200, list_of(OperationAnswer))
def list_operations(args: dict[str, Any]) -> Any:
    """What a service task may call."""
    page_of(args)
    return {"items": designs.list_operations(g.context), "next": None}


class MessageBody(Body):
    name = Text(required=True, validate=validate.Length(min=1, max=255))
    business_key = Text(allow_none=True)
    instance_id = Number(allow_none=True)
    correlation_keys = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))
    all = Flag()
    keep_for = Text(allow_none=True)


class SignalBody(Body):
    name = Text(required=True, validate=validate.Length(min=1, max=255))
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))


@messages_blueprint.route("/messages", methods=["POST"])
@messages_blueprint.arguments(MessageBody)
@messages_blueprint.response(200, ReachedAnswer)
@messages_blueprint.alt_response(202, schema=ReachedAnswer, description="Kept until somebody waits for it")
def send_message(given: dict[str, Any]) -> Any:
    """Hands a message to whoever waits for it, and says whom it reached."""
    keep_for = given.pop("keep_for", None)
    span = _span(keep_for) if keep_for is not None else None
    reached = messages.send_message(g.context, keep_for=span, **given)
    return ({"reached": reached}, 200) if reached else ({"reached": []}, 202)


def _span(text: str) -> Any:
    try:
        return parse_duration(text).as_timedelta()
    except (TimeError, ValueError, OverflowError) as error:
        raise ValidationFailed({"keep_for": [BAD_SPAN]}) from error


@messages_blueprint.route("/signals", methods=["POST"])
@messages_blueprint.arguments(SignalBody)
@messages_blueprint.response(200, ReachedAnswer)
def send_signal(given: dict[str, Any]) -> Any:
    """Tells everyone who listens."""
    return {"reached": messages.send_signal(g.context, **given)}
