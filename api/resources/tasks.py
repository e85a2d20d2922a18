"""Tasks: seen, taken, done, put off and handed on."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.resources.shapes import CompletionAnswer, TaskAnswer
from api.schemas import (
    Answer,
    Anything,
    Body,
    IdArg,
    Nothing,
    Number,
    PageArgs,
    PersonRef,
    Text,
    Time,
    list_of,
    page_of,
    path,
)
from api.schemas import shown as shown_page
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import tasks
from processes.views import TaskFilter

bp = blueprint("tasks", "What the processes ask people to do")
WHO = N_("Write a user's number, or me.")


class TaskArgs(PageArgs):
    assignee = Text()
    candidate = Text()
    due_before = Time()
    due_after = Time()
    subject = Text()
    instance_id = IdArg()
    element_id = Text()
    definition_key = Text()
    state = Text(validate=validate.OneOf(("open", "completed", "cancelled")))
    postponed = fields.Boolean()
    q = Text()
    sort = Text()


@bp.route("/tasks", methods=["GET"])
@bp.arguments(TaskArgs, location="query")
@bp.response(200, list_of(TaskAnswer))
def list_tasks(args: dict[str, Any]) -> Any:
    """Open tasks that are not postponed, unless asked for others."""
    page = page_of(args)
    for name in {"assignee", "candidate"} & args.keys():
        args[name] = _person(name, args[name])
    wanted = TaskFilter(text=args.pop("q", None), **args)
    return shown_page(tasks.list_tasks(g.context, wanted, page))


def _person(field: str, text: str) -> int | None:
    if text == "me":
        return g.context.actor.user_id  # type: ignore[no-any-return]
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise ValidationFailed({field: [WHO]})


@bp.route(path("/tasks/{task_id}"), methods=["GET"])
@bp.response(200, TaskAnswer)
def get_task(task_id: int) -> Any:
    """A task in whatever state, with its form, results and ways on."""
    return tasks.get_task(g.context, task_id)


CHOOSE = [{"type": "null"}, {"type": "string"}, {"type": "array", "items": {"type": "string"}}]


class CompleteBody(Body):
    result = Text(allow_none=True)
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))
    choose = Anything(allow_none=True, metadata={"oneOf": CHOOSE})


@bp.route(path("/tasks/{task_id}/complete"), methods=["POST"])
@bp.arguments(CompleteBody)
@bp.response(200, CompletionAnswer)
def complete_task(given: dict[str, Any], task_id: int) -> Any:
    """Does a task: the process goes on, the deal follows, and the answer says what came of it."""
    return tasks.complete_task(
        g.context,
        task_id,
        result=given.get("result"),
        variables=given.get("variables"),
        choose=_flows(given.get("choose")),
    )


def _flows(choose: Any) -> str | list[str] | None:
    if choose is None or isinstance(choose, str):
        return choose
    if isinstance(choose, list) and all(isinstance(flow, str) for flow in choose):
        return choose
    raise ValidationFailed({"choose": [tasks.UNKNOWN_CHOICE]})


@bp.route(path("/tasks/{task_id}/claim"), methods=["POST"])
@bp.arguments(Nothing)
@bp.response(200, TaskAnswer)
def claim_task(given: dict[str, Any], task_id: int) -> Any:
    """Takes a task that nobody has."""
    return tasks.claim_task(g.context, task_id)


@bp.route(path("/tasks/{task_id}/unclaim"), methods=["POST"])
@bp.arguments(Nothing)
@bp.response(200, TaskAnswer)
def unclaim_task(given: dict[str, Any], task_id: int) -> Any:
    """Gives a task back to those who may take it."""
    return tasks.unclaim_task(g.context, task_id)


class HandOverBody(Body):
    user_id = Number(required=True)


@bp.route(path("/tasks/{task_id}/assign"), methods=["POST"])
@bp.arguments(HandOverBody)
@bp.response(200, TaskAnswer)
def assign_task(given: dict[str, Any], task_id: int) -> Any:
    """Gives a task to another person."""
    return tasks.assign_task(g.context, task_id, **given)


@bp.route(path("/tasks/{task_id}/delegate"), methods=["POST"])
@bp.arguments(HandOverBody)
@bp.response(200, TaskAnswer)
def delegate_task(given: dict[str, Any], task_id: int) -> Any:
    """Asks another person to do the work; it comes back when it is resolved."""
    return tasks.delegate_task(g.context, task_id, **given)


class ResolveBody(Body):
    result = Text(allow_none=True)
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))


@bp.route(path("/tasks/{task_id}/resolve"), methods=["POST"])
@bp.arguments(ResolveBody)
@bp.response(200, TaskAnswer)
def resolve_task(given: dict[str, Any], task_id: int) -> Any:
    """Hands delegated work back to whoever asked for it."""
    return tasks.resolve_task(g.context, task_id, **given)


class PostponeBody(Body):
    until = Time(required=True)
    reason = Text(allow_none=True, validate=validate.Length(max=2000))


@bp.route(path("/tasks/{task_id}/postpone"), methods=["POST"])
@bp.arguments(PostponeBody)
@bp.response(200, TaskAnswer)
def postpone_task(given: dict[str, Any], task_id: int) -> Any:
    """Puts a task out of sight until a time; it comes back by itself."""
    return tasks.postpone_task(g.context, task_id, **given)


class CommentBody(Body):
    text = Text(required=True, validate=validate.Length(min=1, max=10_000))


class CommentAnswer(Answer):
    id = Number(required=True)
    author = fields.Nested(PersonRef, required=True, allow_none=True)
    at = Time(required=True)
    text = Text(required=True)


@bp.route(path("/tasks/{task_id}/comments"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(CommentAnswer))
def list_comments(args: dict[str, Any], task_id: int) -> Any:
    """What was said about a task, newest first."""
    page_of(args)
    return {"items": tasks.list_comments(g.context, task_id), "next": None}


@bp.route(path("/tasks/{task_id}/comments"), methods=["POST"])
@bp.arguments(CommentBody)
@bp.response(201, TaskAnswer)
def comment_task(given: dict[str, Any], task_id: int) -> Any:
    """Says something about a task."""
    return tasks.comment_task(g.context, task_id, **given)
