"""How a campaign writes to a segment: planned, looked at, tried, started, paused, stopped."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint, body_of, change_of
from api.resources.clients import Kept
from api.schemas import Answer, Flag, Number, Text, Time, Whole, path
from crm_model import mailings
from processes import mailings as mailing_work

bp = blueprint("mailings", "Letters of a campaign to a segment")


class MailingAnswer(Kept):
    id = Number(required=True, allow_none=True)
    campaign_id = Number(required=True)
    segment_id = Number(required=True, allow_none=True)
    template_id = Number(required=True, allow_none=True)
    sender_id = Number(required=True, allow_none=True)
    starts_at = Time(required=True, allow_none=True)
    working_hours = Flag(required=True)
    state = Text(required=True, validate=validate.OneOf(mailings.STATES))
    total = Whole(required=True)
    done = Whole(required=True)
    started_at = Time(required=True, allow_none=True)
    finished_at = Time(required=True, allow_none=True)


class AudienceAnswer(Answer):
    gets = Whole(required=True)
    repeated = Whole(required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)


class TestLetterAnswer(Answer):
    id = Number(required=True)
    to_address = Text(required=True)


MailingBody = body_of("MailingBody", MailingAnswer, mailings.FIELDS)
ONE = path("/campaigns/{campaign_id}/mailing")


@bp.route(ONE, methods=["GET"])
@bp.response(200, MailingAnswer)
def get_mailing(campaign_id: int) -> Any:
    """What is planned for the campaign, and how far it is."""
    return mailings.get_mailing(g.context, campaign_id)


@bp.route(ONE, methods=["PATCH"])
@bp.arguments(change_of(MailingBody))
@bp.response(200, MailingAnswer)
def plan_mailing(values: dict[str, Any], campaign_id: int) -> Any:
    """Chooses segment, letter, sender and time."""
    return mailings.plan_mailing(g.context, campaign_id, values)


@bp.route(f"{ONE}/audience", methods=["GET"])
@bp.response(200, AudienceAnswer)
def audience(campaign_id: int) -> Any:
    """How many of the segment get the letter now, and the others by the reason why not."""
    return mailings.audience_of(g.context, campaign_id)


@bp.route(f"{ONE}/test", methods=["POST"])
@bp.response(201, TestLetterAnswer)
def send_test(campaign_id: int) -> Any:
    """Sends the letter to oneself."""
    return mailing_work.send_test(g.context, campaign_id)


@bp.route(f"{ONE}/start", methods=["POST"])
@bp.response(200, MailingAnswer)
def start(campaign_id: int) -> Any:
    """Begins, now or at the chosen time, or goes on after a pause."""
    return mailing_work.start_mailing(g.context, campaign_id)


@bp.route(f"{ONE}/pause", methods=["POST"])
@bp.response(200, MailingAnswer)
def pause(campaign_id: int) -> Any:
    """Nothing more leaves until it is started again."""
    return mailing_work.pause_mailing(g.context, campaign_id)


@bp.route(f"{ONE}/stop", methods=["POST"])
@bp.response(200, MailingAnswer)
def stop(campaign_id: int) -> Any:
    """Ends the mailing for good."""
    return mailing_work.stop_mailing(g.context, campaign_id)
