"""What is done with a lead besides reading and changing it: back to the first step, out, and who it may be already."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.resources.clients import LeadAnswer
from api.schemas import Answer, Body, Number, PageArgs, Text, list_of, path
from crm_model.leads import REASONS
from processes import lead_views, leads

bp = blueprint("lead-work", "Qualifying leads")


class DisqualifyBody(Body):
    reason = Text(required=True, validate=validate.OneOf(REASONS))


class DuplicateAnswer(Answer):
    type = Text(required=True)
    id = Number(required=True, attribute="record.id")
    name = Text(required=True, attribute="record.name")
    reasons = fields.List(Text(), required=True)


@bp.route(path("/leads/{lead_id}/requalify"), methods=["POST"])
@bp.response(200, LeadAnswer)
def requalify(lead_id: int) -> Any:
    """Ends what runs for the lead and begins its qualification anew."""
    return leads.requalify(g.context, lead_id)


@bp.route(path("/leads/{lead_id}/disqualify"), methods=["POST"])
@bp.arguments(DisqualifyBody)
@bp.response(200, LeadAnswer)
def disqualify(given: dict[str, Any], lead_id: int) -> Any:
    """Disqualifies the lead by hand; what runs for it ends."""
    return leads.disqualify(g.context, lead_id, **given)


@bp.route(path("/leads/{lead_id}/duplicates"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(DuplicateAnswer))
def duplicates(_: dict[str, Any], lead_id: int) -> Any:
    """Records that may be the same person or company, exact ones first, with the reasons."""
    return {"items": lead_views.list_duplicates(g.context, lead_id), "next": None}
