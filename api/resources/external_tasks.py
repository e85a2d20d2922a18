"""Work for programs outside: fetching it, and telling what came of it."""

from datetime import timedelta
from typing import Any

from flask import g
from marshmallow import Schema, fields, validate

from api.records import blueprint
from api.resources.shapes import InstanceAnswer
from api.schemas import Anything, Body, PageArgs, Text, Whole, list_of, page_of, path, shown
from processes import external_tasks

bp = blueprint("external-tasks", "External tasks")

LONGEST = 24 * 3600
WORKER = validate.Length(min=1, max=200)


def seconds(**kwargs: Any) -> Whole:
    return Whole(validate=validate.Range(min=1, max=LONGEST), **kwargs)


class ExternalTaskAnswer(Schema):
    id = fields.Integer(required=True)
    topic = fields.String(required=True)
    instance_id = fields.Integer(required=True)
    definition_key = fields.String(required=True)
    business_key = fields.String(required=True, allow_none=True)
    element_id = fields.String(required=True)
    variables = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    retries = fields.Integer(required=True)
    worker_id = fields.String(required=True, allow_none=True)
    locked_until = fields.AwareDateTime(required=True, allow_none=True)


class ExternalTasksAnswer(Schema):
    items = fields.List(fields.Nested(ExternalTaskAnswer), required=True)


class TopicBody(Body):
    name = Text(required=True, validate=WORKER)
    lock_seconds = seconds(load_default=300)


class FetchBody(Body):
    worker_id = Text(required=True, validate=WORKER)
    topics = fields.List(fields.Nested(TopicBody), required=True, validate=validate.Length(min=1, max=100))
    maximum = Whole(load_default=10, validate=validate.Range(min=1, max=100))


class WorkerBody(Body):
    worker_id = Text(required=True, validate=WORKER)


class DoneBody(WorkerBody):
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), load_default=dict)


class ErrorBody(DoneBody):
    code = Text(required=True, validate=WORKER)
    message = Text(load_default="", validate=validate.Length(max=2000))


class FailureBody(WorkerBody):
    reason = Text(required=True, validate=validate.Length(min=1, max=2000))
    retries = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0, max=100))
    retry_seconds = Whole(load_default=60, validate=validate.Range(min=0, max=30 * LONGEST))


class ExtendBody(WorkerBody):
    lock_seconds = seconds(required=True)


class ExternalTaskArgs(PageArgs):
    topic = Text()


@bp.route("/external-tasks", methods=["GET"])
@bp.arguments(ExternalTaskArgs, location="query")
@bp.response(200, list_of(ExternalTaskAnswer))
def list_external_tasks(args: dict[str, Any]) -> Any:
    """All work that waits for programs outside, for whoever watches over processes."""
    page = page_of(args)
    return shown(external_tasks.list_external_tasks(g.context, page, **args))


@bp.route("/external-tasks/fetch-and-lock", methods=["POST"])
@bp.arguments(FetchBody)
@bp.response(200, ExternalTasksAnswer)
def fetch_and_lock(given: dict[str, Any]) -> Any:
    """Work of these topics, locked for the worker; nobody else gets it until the lock is over."""
    topics = {topic["name"]: timedelta(seconds=topic["lock_seconds"]) for topic in given["topics"]}
    found = external_tasks.fetch_and_lock(
        g.context, worker_id=given["worker_id"], topics=topics, maximum=given["maximum"]
    )
    return {"items": found}


@bp.route(path("/external-tasks/{job_id}/complete"), methods=["POST"])
@bp.arguments(DoneBody)
@bp.response(200, InstanceAnswer)
def complete(given: dict[str, Any], job_id: int) -> Any:
    """The work is done, and the process goes on with its variables."""
    return external_tasks.complete_external_task(g.context, job_id, **given)


@bp.route(path("/external-tasks/{job_id}/bpmn-error"), methods=["POST"])
@bp.arguments(ErrorBody)
@bp.response(200, InstanceAnswer)
def bpmn_error(given: dict[str, Any], job_id: int) -> Any:
    """The work came to a business refusal, which the diagram catches by its code."""
    return external_tasks.refuse_external_task(g.context, job_id, **given)


@bp.route(path("/external-tasks/{job_id}/failure"), methods=["POST"])
@bp.arguments(FailureBody)
@bp.response(204)
def failure(given: dict[str, Any], job_id: int) -> None:
    """The work did not succeed: it is offered again after a while; without retries left a person is told."""
    again_after = timedelta(seconds=given.pop("retry_seconds"))
    external_tasks.fail_external_task(g.context, job_id, again_after=again_after, **given)


@bp.route(path("/external-tasks/{job_id}/extend-lock"), methods=["POST"])
@bp.arguments(ExtendBody)
@bp.response(200, ExternalTaskAnswer)
def extend_lock(given: dict[str, Any], job_id: int) -> Any:
    """The worker needs longer."""
    time = timedelta(seconds=given["lock_seconds"])
    return external_tasks.extend_lock(g.context, job_id, worker_id=given["worker_id"], time=time)


@bp.route(path("/external-tasks/{job_id}/unlock"), methods=["POST"])
@bp.arguments(WorkerBody)
@bp.response(204)
def unlock(given: dict[str, Any], job_id: int) -> None:
    """The worker gives the work back."""
    external_tasks.unlock(g.context, job_id, worker_id=given["worker_id"])
