"""Deals with what hangs on them, and their stage, which is asked of the process."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint, body_of, resource
from api.resources.clients import Kept
from api.schemas import (
    NAME,
    Answer,
    Body,
    Flag,
    IdArg,
    Money,
    Number,
    PageArgs,
    PersonRef,
    Span,
    Text,
    Time,
    Whole,
    list_of,
    page_of,
    path,
    shown,
)
from crm_model import competitors, deals, line_items, participants, stage_history, stages
from crm_model.deal_entities import CLOSE_REASONS, INFLUENCES, LOYALTIES, PARTICIPANT_ROLES, STATUSES
from processes import sales

bp = blueprint("deals", "Deals; their stage is a consequence of their process")


class DealAnswer(Kept):
    number = Text(required=True, allow_none=True)
    title = Text(required=True, validate=NAME)
    account_id = Number(required=True, allow_none=True)
    contact_id = Number(required=True, allow_none=True)
    owner_id = Number(required=True, allow_none=True)
    business_line_id = Number(required=True, allow_none=True)
    lead_id = Number(required=True, allow_none=True)
    stage = Text(required=True, validate=validate.OneOf(stages.DEAL_CODES))
    stage_entered_at = Time(required=True)
    status = Text(required=True, validate=validate.OneOf(STATUSES))
    close_reason = Text(required=True, allow_none=True, validate=validate.OneOf(CLOSE_REASONS))
    winner_competitor_id = Number(required=True, allow_none=True)
    rerouted_to = Text(required=True, allow_none=True)
    closed_at = Time(required=True, allow_none=True)
    amount = Money(required=True, allow_none=True)
    currency = Text(required=True)
    probability = Whole(required=True)
    expected_close_date = fields.Date(required=True, allow_none=True)
    decision_date = fields.Date(required=True, allow_none=True)
    need = Text(required=True, allow_none=True)
    tactics = Text(required=True, allow_none=True)
    product_ids = fields.List(Number(), required=True)


class DealArgs(PageArgs):
    q = Text()
    owner_id = IdArg()
    account_id = IdArg()
    contact_id = IdArg()
    lead_id = IdArg()
    business_line_id = IdArg()
    product_id = IdArg()
    stage = Text()
    status = Text()
    sort = Text()


DealChange = body_of("DealChange", DealAnswer, deals.FIELDS)
DealBody = body_of("DealBody", DealAnswer, deals.FIELDS, stage=Text(validate=validate.OneOf(stages.DEAL_CODES)))

resource(
    bp,
    "/deals",
    answer=DealAnswer,
    body=DealBody,
    args=DealArgs,
    list_=deals.list_deals,
    get=deals.get_deal,
    create=deals.create_deal,
    delete=deals.delete_deal,
)
resource(bp, "/deals", answer=DealAnswer, body=DealChange, update=sales.update_deal)


class ParticipantAnswer(Answer):
    id = Number(required=True)
    contact_id = Number(required=True)
    role = Text(required=True, validate=validate.OneOf(PARTICIPANT_ROLES))
    influence = Text(required=True, allow_none=True, validate=validate.OneOf(INFLUENCES))
    loyalty = Text(required=True, allow_none=True, validate=validate.OneOf(LOYALTIES))
    motives = Text(required=True, allow_none=True)
    attended_presentation = Flag(required=True)


resource(
    bp,
    path("/deals/{deal_id}/participants"),
    answer=ParticipantAnswer,
    body=body_of("ParticipantBody", ParticipantAnswer, participants.FIELDS),
    list_=participants.list_participants,
    get=participants.get_participant,
    create=participants.create_participant,
    update=participants.update_participant,
    delete=participants.delete_participant,
)


class CompetitorAnswer(Answer):
    id = Number(required=True)
    name = Text(required=True, validate=NAME)
    strengths = Text(required=True, allow_none=True)
    weaknesses = Text(required=True, allow_none=True)
    is_winner = Flag(required=True)


resource(
    bp,
    path("/deals/{deal_id}/competitors"),
    answer=CompetitorAnswer,
    body=body_of("CompetitorBody", CompetitorAnswer, competitors.FIELDS),
    list_=competitors.list_competitors,
    get=competitors.get_competitor,
    create=competitors.create_competitor,
    update=competitors.update_competitor,
    delete=competitors.delete_competitor,
)


class LineItemAnswer(Answer):
    id = Number(required=True)
    position = Whole(required=True)
    product_id = Number(required=True, allow_none=True)
    name = Text(required=True, validate=NAME)
    quantity = Money(required=True)
    price = Money(required=True)
    discount = Money(required=True)
    vat = Money(required=True)
    amount = Money(required=True)


resource(
    bp,
    path("/deals/{deal_id}/line-items"),
    answer=LineItemAnswer,
    body=body_of("LineItemBody", LineItemAnswer, line_items.FIELDS),
    list_=line_items.list_line_items,
    get=line_items.get_line_item,
    create=line_items.create_line_item,
    update=line_items.update_line_item,
    delete=line_items.delete_line_item,
)


class StageHistoryAnswer(Answer):
    from_ = Text(required=True, allow_none=True, data_key="from", attribute="from_stage")
    to = Text(required=True, attribute="to_stage")
    at = Time(required=True)
    by = fields.Nested(PersonRef, required=True, allow_none=True)
    cause = Text(required=True)
    reason = Text(required=True, allow_none=True)
    instance_id = Number(required=True, allow_none=True)
    element_id = Text(required=True, allow_none=True)
    visit = Whole(required=True)
    duration = Span(required=True, allow_none=True)


@bp.route(path("/deals/{deal_id}/stage-history"), methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(StageHistoryAnswer))
def list_stage_history(args: dict[str, Any], deal_id: int) -> Any:
    """Where the deal has been, in order."""
    return shown(stage_history.list_stage_history(g.context, deal_id, page_of(args)))


class StageBody(Body):
    stage = Text(required=True)
    reason = Text(allow_none=True, validate=validate.Length(max=2000))
    close_reason = Text(allow_none=True)
    winner_competitor_id = Number(allow_none=True)
    reroute_to = Text(allow_none=True)
    preview = Flag()


class CancelledAnswer(Answer):
    element_id = Text(required=True, allow_none=True)
    name = Text(required=True)
    task_id = Number()
    activity_id = Number()


class CreatedAnswer(Answer):
    element_id = Text(required=True, allow_none=True)
    name = Text(required=True)


class MissingAnswer(Answer):
    field = Text(required=True)
    message = Text(required=True)


class StageAnswer(DealAnswer):
    """The moved deal, or, for a preview, what the change would do."""

    cancels = fields.List(fields.Nested(CancelledAnswer))
    creates = fields.List(fields.Nested(CreatedAnswer))
    missing = fields.List(fields.Nested(MissingAnswer))

    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        field_obj.required = False


@bp.route(path("/deals/{deal_id}/stage"), methods=["POST"])
@bp.arguments(StageBody)
@bp.response(200, StageAnswer)
def change_stage(asked: dict[str, Any], deal_id: int) -> Any:
    """Asks the process for a stage; with `preview` only what that would cancel, create and still need."""
    if asked.pop("preview", False):
        return sales.preview_stage(g.context, deal_id, **asked)
    sales.change_stage(g.context, deal_id, **asked)
    return deals.get_deal(g.context, deal_id)


class ReopenBody(Body):
    stage = Text(required=True)
    reason = Text(required=True, validate=validate.Length(min=1, max=2000))


@bp.route(path("/deals/{deal_id}/reopen"), methods=["POST"])
@bp.arguments(ReopenBody)
@bp.response(200, DealAnswer)
def reopen(asked: dict[str, Any], deal_id: int) -> Any:
    """Opens a closed deal again at a stage, in a new instance of the process."""
    sales.reopen_deal(g.context, deal_id, **asked)
    return deals.get_deal(g.context, deal_id)
