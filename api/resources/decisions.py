"""Decisions: what is deployed, its file, and trying it on sample input."""

from typing import Any

from flask import Response, g
from marshmallow import fields, validate

from api.records import blueprint
from api.resources.shapes import (
    DecisionAnswer,
    DecisionEvaluationAnswer,
    DecisionOutcomeAnswer,
)
from api.schemas import Anything, Body, PageArgs, Text, list_of, page_of, path, shown
from processes import decisions

bp = blueprint("decisions", "Decisions")


class DecisionArgs(PageArgs):
    key = Text()
    latest = fields.Boolean(load_default=False)


class PublishDecisionBody(Body):
    despite = Text(allow_none=True, validate=validate.Length(max=2000))


class EvaluateBody(Body):
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), load_default=dict)


@bp.route("/decisions", methods=["GET"])
@bp.arguments(DecisionArgs, location="query")
@bp.response(200, list_of(DecisionAnswer))
def list_decisions(args: dict[str, Any]) -> Any:
    """Versions of decisions."""
    page = page_of(args)
    return shown(decisions.list_decisions(g.context, page, **args))


@bp.route(path("/decisions/{decision_id}"), methods=["GET"])
@bp.response(200, DecisionAnswer)
def get_decision(decision_id: int) -> Any:
    """A version of a decision."""
    return decisions.get_decision(g.context, decision_id)


@bp.route(path("/decisions/{decision_id}/xml"), methods=["GET"])
@bp.doc(responses={200: {"description": "The file as uploaded", "content": {"application/xml": {}}}})
def get_xml(decision_id: int) -> Response:
    """The file as it was uploaded, byte for byte."""
    return Response(decisions.get_xml(g.context, decision_id), mimetype="application/xml")


@bp.route(path("/decisions/{decision_id}/evaluate"), methods=["POST"])
@bp.arguments(EvaluateBody)
@bp.response(200, DecisionOutcomeAnswer)
def evaluate(given: dict[str, Any], decision_id: int) -> Any:
    """Tries a decision on sample input and tells which rules matched; nothing is kept."""
    return decisions.evaluate(g.context, decision_id, variables=given["variables"])


@bp.route(path("/decisions/{decision_id}/publish"), methods=["POST"])
@bp.arguments(PublishDecisionBody)
@bp.response(200, DecisionAnswer)
def publish(given: dict[str, Any], decision_id: int) -> Any:
    """Publishes a version that was uploaded as a draft, with the decisions of the same upload, unless a scenario of a
    process that uses them goes differently and no reason is given."""
    return decisions.publish(g.context, decision_id, **given)


@bp.route(path("/process-instances/{instance_id}/decisions"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(DecisionEvaluationAnswer))
def list_evaluations(args: dict[str, Any], instance_id: int) -> Any:
    """Why an instance decided as it did: inputs, matched rules and results, in order."""
    return shown(decisions.list_evaluations(g.context, instance_id, page_of(args)))
