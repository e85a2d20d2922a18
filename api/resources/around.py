"""Search, notifications and the audit."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.schemas import (
    Answer,
    Anything,
    Body,
    IdArg,
    Number,
    PageArgs,
    PersonRef,
    Text,
    Time,
    Whole,
    list_of,
    page_of,
    shown,
)
from crm_model import audit, notifications, search

search_blueprint = blueprint("search", "Finding records")
notifications_blueprint = blueprint("notifications", "What the product tells one")
audit_blueprint = blueprint("audit", "Who changed what")


class SearchArgs(PageArgs):
    q = Text(required=True, validate=validate.Length(min=1, max=search.LONGEST))


class FoundAnswer(Answer):
    type = Text(required=True)
    id = Number(required=True)
    title = Text(required=True)
    snippet = Text(required=True)


@search_blueprint.route("/search", methods=["GET"])
@search_blueprint.arguments(SearchArgs, location="query")
@search_blueprint.response(200, list_of(FoundAnswer))
def find(args: dict[str, Any]) -> Any:
    """Records that contain a text; every character of it stands for itself."""
    page = page_of(args)
    return shown(search.search(g.context, args["q"], page))


class NotificationAnswer(Answer):
    id = Number(required=True)
    kind = Text(required=True)
    text = fields.Method("said", required=True)
    link = Text(required=True, allow_none=True)
    created_at = Time(required=True)
    read_at = Time(required=True, allow_none=True)

    def said(self, row: Any) -> str:
        return str(row.text_in(g.context.actor.language))


class NotificationArgs(PageArgs):
    unread = fields.Boolean(load_default=False)


@notifications_blueprint.route("/notifications", methods=["GET"])
@notifications_blueprint.arguments(NotificationArgs, location="query")
@notifications_blueprint.response(200, list_of(NotificationAnswer))
def list_notifications(args: dict[str, Any]) -> Any:
    """One's own, newest first."""
    return shown(notifications.list_notifications(g.context, page_of(args), unread=args["unread"]))


class ReadBody(Body):
    ids = fields.List(Number(), allow_none=True, validate=validate.Length(max=200))


class ReadAnswer(Answer):
    read = Whole(required=True)


@notifications_blueprint.route("/notifications/read", methods=["POST"])
@notifications_blueprint.arguments(ReadBody)
@notifications_blueprint.response(200, ReadAnswer)
def mark_read(given: dict[str, Any]) -> Any:
    """Marks some as read, or all where none are named."""
    return {"read": notifications.mark_read(g.context, given.get("ids"))}


class AuditArgs(PageArgs):
    entity = Text(required=True)
    id = IdArg(required=True)


class AuditAnswer(Answer):
    at = Time(required=True)
    actor = fields.Nested(PersonRef, required=True, allow_none=True)
    entity = Text(required=True)
    entity_id = Number(required=True)
    action = Text(required=True)
    changes = Anything(required=True)
    cause = Anything(required=True, allow_none=True)


@audit_blueprint.route("/audit", methods=["GET"])
@audit_blueprint.arguments(AuditArgs, location="query")
@audit_blueprint.response(200, list_of(AuditAnswer))
def list_audit(args: dict[str, Any]) -> Any:
    """Every change of a record: who, when, what it was, what it became."""
    page = page_of(args)
    return shown(audit.list_audit(g.context, args["entity"], args["id"], page))
