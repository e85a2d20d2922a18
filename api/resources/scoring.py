"""Score cards, their rules, versions and counts, and why a lead has its points."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint, body_of, resource
from api.resources.clients import Kept
from api.schemas import (
    NAME,
    Answer,
    Anything,
    Body,
    Flag,
    IdArg,
    Number,
    PageArgs,
    Text,
    Time,
    Whole,
    list_of,
    page_of,
    path,
    shown,
)  # fmt: skip
from crm_model.scoring import cards, preview, reading
from crm_model.scoring.kinds import KINDS
from processes import scoring

bp = blueprint("scoring", "How ripe leads are: score cards, rules and points")


class ScoreCardAnswer(Kept):
    name = Text(required=True, validate=NAME)
    product_id = Number(required=True, allow_none=True)
    active = Flag(required=True)
    sql_from = Whole(required=True)
    high_mql_from = Whole(required=True)
    cold_up_to = Whole(required=True)


class ScoreRuleAnswer(Kept):
    kind = Text(required=True, validate=validate.OneOf(tuple(KINDS)))
    condition = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)
    points = Whole(required=True)
    valid_days = Whole(required=True, allow_none=True)
    active = Flag(required=True)
    summary = fields.Function(
        lambda rule: reading.say(rule, g.context.actor.language), required=True, metadata={"type": "string"}
    )


resource(
    bp,
    "/score-cards",
    answer=ScoreCardAnswer,
    body=body_of("ScoreCardBody", ScoreCardAnswer, cards.CARD),
    list_=cards.list_cards,
    get=cards.get_card,
    create=scoring.create_card,
    update=scoring.update_card,
    delete=scoring.delete_card,
)
RuleBody = body_of("ScoreRuleBody", ScoreRuleAnswer, cards.RULE)
resource(
    bp,
    path("/score-cards/{score_card_id}/rules"),
    answer=ScoreRuleAnswer,
    body=RuleBody,
    list_=cards.list_rules,
    get=cards.get_rule,
    create=scoring.create_rule,
    update=scoring.update_rule,
    delete=scoring.delete_rule,
)


class RuleEffectAnswer(Answer):
    leads = Whole(required=True)
    fit = Whole(required=True)
    changed = Whole(required=True)
    become_sql = Whole(required=True)
    cease_sql = Whole(required=True)


@bp.route(path("/score-cards/{score_card_id}/rules/preview"), methods=["POST"])
@bp.arguments(RuleBody)
@bp.response(200, RuleEffectAnswer)
def preview_rule(values: dict[str, Any], score_card_id: int) -> Any:
    """What a new rule would do to the leads that are worked on; nothing is changed."""
    return preview.preview_rule(g.context, score_card_id, values)


class ScoreRunAnswer(Answer):
    id = Number(required=True)
    state = Text(required=True, validate=validate.OneOf(("running", "done", "replaced")))
    total = Whole(required=True)
    done = Whole(required=True)
    progress = Whole(required=True)
    changed = Whole(required=True)
    became_sql = Whole(required=True)
    started_at = Time(required=True)
    finished_at = Time(required=True, allow_none=True)


@bp.route(path("/score-cards/{score_card_id}/rescoring"), methods=["GET"])
@bp.response(200, ScoreRunAnswer)
def latest_run(score_card_id: int) -> Any:
    """How far the newest count of a card's leads is."""
    return scoring.latest_run(g.context, score_card_id)


@bp.route(path("/score-cards/{score_card_id}/rescoring"), methods=["POST"])
@bp.response(202, ScoreRunAnswer)
def rescore(score_card_id: int) -> Any:
    """Counts the leads of a card anew in the background; a changed rule does so by itself."""
    return scoring.rescore_card(g.context, score_card_id)


class ScoreCardVersionAnswer(Answer):
    id = Number(required=True)
    at = Time(required=True)
    by = Text(required=True, allow_none=True)
    is_current = Flag(required=True)
    added = fields.List(Anything(), required=True)
    changed = fields.List(fields.List(Anything()), required=True)
    removed = fields.List(Anything(), required=True)
    values = fields.Dict(keys=fields.String(), values=fields.List(Anything(allow_none=True)), required=True)


@bp.route(path("/score-cards/{score_card_id}/versions"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(ScoreCardVersionAnswer))
def list_versions(args: dict[str, Any], score_card_id: int) -> Any:
    """What was changed of a card, the newest first."""
    return shown(scoring.list_versions(g.context, score_card_id, page_of(args)))


@bp.route(path("/score-cards/{score_card_id}/versions/{version_id}/restore"), methods=["POST"])
@bp.response(200, ScoreCardAnswer)
def restore_version(score_card_id: int, version_id: int) -> Any:
    """The card and its rules become what they were."""
    return scoring.restore_version(g.context, score_card_id, version_id)


class GivenAnswer(Answer):
    rule_id = Number(required=True)
    summary = Text(required=True)
    points = Whole(required=True)
    cause_type = Text(required=True)
    cause_id = Number(required=True)
    cause_text = Text(required=True, allow_none=True)
    given_at = Time(required=True)
    valid_until = Time(required=True, allow_none=True)
    expired = Flag(required=True)


class MissingPointsAnswer(Answer):
    rule_id = Number(required=True)
    summary = Text(required=True)
    points = Whole(required=True)
    is_enough = Flag(required=True)


class LeadScoreAnswer(Answer):
    lead_id = Number(required=True)
    card = fields.Nested(ScoreCardAnswer, required=True)
    is_own = Flag(required=True)
    score = Whole(required=True)
    stars = Whole(required=True)
    to_sql = Whole(required=True)
    entries = fields.List(fields.Nested(GivenAnswer), required=True)
    missing = fields.List(fields.Nested(MissingPointsAnswer), required=True)


class LeadScoreArgs(Body):
    card_id = IdArg(load_default=None)


@bp.route(path("/leads/{lead_id}/score"), methods=["GET"])
@bp.arguments(LeadScoreArgs, location="query")
@bp.response(200, LeadScoreAnswer)
def lead_score(args: dict[str, Any], lead_id: int) -> Any:
    """Every point with its rule, cause and end, and what is lacking for an SQL; `card_id`: as if by another card."""
    return reading.lead_score(g.context, lead_id, **args)
