"""Segments: saved questions about leads or contacts, lists by hand, and what a question would find."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint, body_of, resource
from api.resources.clients import Kept
from api.schemas import NAME, Answer, Anything, Body, Flag, Number, PageArgs, Text, Whole, list_of, page_of, path, shown
from crm_model import segments
from crm_model.segment_fields import SUBJECTS

bp = blueprint("segments", "Saved questions about leads and contacts, and lists")


class ConditionAnswer(Answer):
    field = Text(required=True)
    operator = Text()
    value = Anything(required=True)


class SegmentAnswer(Kept):
    name = Text(required=True, validate=NAME)
    subject = Text(required=True, validate=validate.OneOf(tuple(SUBJECTS)))
    is_list = Flag(required=True)
    shared = Flag(required=True)
    conditions = fields.List(fields.Nested(ConditionAnswer), required=True)
    owner_id = Number(required=True, allow_none=True)


class SegmentArgs(PageArgs):
    q = Text()
    subject = Text()


resource(
    bp,
    "/segments",
    answer=SegmentAnswer,
    body=body_of("SegmentBody", SegmentAnswer, segments.TEXTS),
    args=SegmentArgs,
    list_=segments.list_segments,
    get=segments.get_segment,
    create=segments.create_segment,
    update=segments.update_segment,
    delete=segments.delete_segment,
)


class PersonInSegment(Answer):
    id = Number(required=True)
    name = Text(required=True)


class PreviewBody(Body):
    subject = Text(load_default="leads")
    conditions = fields.List(fields.Nested(ConditionAnswer), required=True)


class PreviewAnswer(Answer):
    count = Whole(required=True)
    rows = fields.List(fields.Nested(PersonInSegment), required=True)


class PeopleBody(Body):
    ids = fields.List(Number(), required=True, validate=validate.Length(min=1, max=1000))


class CountAnswer(Answer):
    count = Whole(required=True)


class FreezeBody(Body):
    name = Text(required=True, validate=NAME)


class InviteBody(Body):
    segment_id = Number(required=True)


@bp.route("/segments/preview", methods=["POST"])
@bp.arguments(PreviewBody)
@bp.response(200, PreviewAnswer)
def preview(given: dict[str, Any]) -> Any:
    """How many people a question finds now, and the latest of them."""
    return segments.preview(g.context, given["subject"], given["conditions"])


@bp.route(path("/segments/{segment_id}/members"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(PersonInSegment))
def members(args: dict[str, Any], segment_id: int) -> Any:
    """The leads or contacts that are in the segment now."""
    return shown(segments.list_segment_members(g.context, segment_id, page_of(args)))


@bp.route(path("/segments/{segment_id}/members"), methods=["POST"])
@bp.arguments(PeopleBody)
@bp.response(200, CountAnswer)
def put_in(given: dict[str, Any], segment_id: int) -> Any:
    """Puts leads or contacts into a list."""
    return {"count": segments.put_in(g.context, segment_id, given["ids"])}


@bp.route(path("/segments/{segment_id}/members/{person_id}"), methods=["DELETE"])
@bp.response(204)
def take_out(segment_id: int, person_id: int) -> None:
    """Takes somebody out of a list."""
    segments.take_out(g.context, segment_id, person_id)


@bp.route(path("/segments/{segment_id}/freeze"), methods=["POST"])
@bp.arguments(FreezeBody)
@bp.response(201, SegmentAnswer)
def freeze(given: dict[str, Any], segment_id: int) -> Any:
    """Makes a list of those who are in the segment now."""
    return segments.freeze(g.context, segment_id, name=given["name"])


@bp.route(path("/campaigns/{campaign_id}/invite"), methods=["POST"])
@bp.arguments(InviteBody)
@bp.response(200, CountAnswer)
def invite(given: dict[str, Any], campaign_id: int) -> Any:
    """Makes everybody in a segment a member of the campaign."""
    return {"count": segments.invite(g.context, campaign_id, given["segment_id"])}
