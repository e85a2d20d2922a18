"""Campaigns: what marketing does, who takes part, what came of it."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint, body_of, resource
from api.resources.clients import Kept, LeadAnswer
from api.schemas import NAME, Answer, Body, IdArg, Money, Number, PageArgs, Text, Time, Whole, path
from crm_model import campaign_members, campaign_results, campaigns
from processes import campaigns as campaign_work

bp = blueprint("campaigns", "Mailings, exhibitions, webinars: members and results")


class CampaignAnswer(Kept):
    name = Text(required=True, validate=NAME)
    kind = Text(required=True, validate=validate.OneOf(campaigns.KINDS))
    status = Text(required=True, validate=validate.OneOf(campaigns.STATUSES))
    product_id = Number(required=True, allow_none=True)
    owner_id = Number(required=True, allow_none=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    place = Text(required=True, allow_none=True, validate=NAME)
    budget = Money(required=True, allow_none=True)
    cost = Money(required=True, allow_none=True)
    currency = Text(required=True)
    note = Text(required=True, allow_none=True)


class CampaignArgs(PageArgs):
    q = Text()
    kind = Text()
    status = Text()
    owner_id = IdArg()
    product_id = IdArg()


resource(
    bp,
    "/campaigns",
    answer=CampaignAnswer,
    body=body_of("CampaignBody", CampaignAnswer, campaigns.FIELDS),
    args=CampaignArgs,
    list_=campaigns.list_campaigns,
    get=campaigns.get_campaign,
    create=campaigns.create_campaign,
    update=campaigns.update_campaign,
    delete=campaigns.delete_campaign,
)


class MemberAnswer(Kept):
    campaign_id = Number(required=True)
    lead_id = Number(required=True, allow_none=True)
    contact_id = Number(required=True, allow_none=True)
    state = Text(required=True, validate=validate.OneOf(campaigns.MEMBER_STATES))
    registered_at = Time(required=True, allow_none=True)
    attended_at = Time(required=True, allow_none=True)


class MemberArgs(PageArgs):
    q = Text()
    state = Text()


resource(
    bp,
    path("/campaigns/{campaign_id}/members"),
    answer=MemberAnswer,
    body=body_of("MemberBody", MemberAnswer, campaign_members.FIELDS),
    args=MemberArgs,
    list_=campaign_members.list_members,
    get=campaign_members.get_member,
    create=campaign_members.add_member,
    update=campaign_members.update_member,
    delete=campaign_members.remove_member,
)


class RegisterBody(Body):
    line = Text(required=True, validate=validate.Length(min=1, max=1000))
    state = Text(validate=validate.OneOf(campaigns.MEMBER_STATES))


@bp.route(path("/campaigns/{campaign_id}/register"), methods=["POST"])
@bp.arguments(RegisterBody)
@bp.response(201, LeadAnswer)
def register(given: dict[str, Any], campaign_id: int) -> Any:
    """Registers somebody by one line of text: the lead that is known by the number or address, else a new one."""
    return campaign_work.register(g.context, campaign_id, given.pop("line"), **given)


class ResultsAnswer(Answer):
    members = Whole(required=True)
    reached = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    leads = Whole(required=True)
    ready = Whole(required=True)
    deals = Whole(required=True)
    won = Whole(required=True)
    won_amount = Money(required=True)
    cost = Money(required=True, allow_none=True)
    roi = Money(required=True, allow_none=True)


@bp.route(path("/campaigns/{campaign_id}/results"), methods=["GET"])
@bp.response(200, ResultsAnswer)
def results(campaign_id: int) -> Any:
    """People reached, leads, those ready for sales, deals, money and the return on the cost in per cent."""
    return campaign_results.results_of(g.context, campaign_id)
