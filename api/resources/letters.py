"""Letters: what was sent to whom and what became of it, the templates they are written by, and addresses that get none."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint, body_of, resource
from api.resources.clients import Kept
from api.schemas import Answer, Flag, IdArg, Number, PageArgs, Text, Time, Whole, path
from crm_model import letter_templates, letters, suppressions

bp = blueprint("letters", "Letters to clients")
templates_blueprint = blueprint("letter-templates", "What letters are written by")
suppressions_blueprint = blueprint("suppressions", "Addresses that get no letters")


class LetterAnswer(Answer):
    id = Number(required=True)
    purpose = Text(required=True, validate=validate.OneOf(letters.PURPOSES))
    status = Text(required=True, validate=validate.OneOf(letters.STATUSES))
    reason = Text(required=True, allow_none=True, validate=validate.OneOf(letters.REASONS))
    error = Text(required=True, allow_none=True)
    to = Text(required=True, attribute="to_address")
    subject = Text(required=True)
    message_id = Text(required=True)
    attempts = Whole(required=True)
    due = Time(required=True)
    created_at = Time(required=True)
    sent_at = Time(required=True, allow_none=True)
    opened_at = Time(required=True, allow_none=True)
    clicked_at = Time(required=True, allow_none=True)
    lead_id = Number(required=True, allow_none=True)
    contact_id = Number(required=True, allow_none=True)
    campaign_id = Number(required=True, allow_none=True)
    template_id = Number(required=True, allow_none=True)
    sender_id = Number(required=True, allow_none=True)


class WholeLetterAnswer(LetterAnswer):
    html = Text(required=True)
    text = Text(required=True)


class LetterArgs(PageArgs):
    q = Text()
    status = Text(validate=validate.OneOf(letters.STATUSES))
    purpose = Text(validate=validate.OneOf(letters.PURPOSES))
    lead_id = IdArg()
    contact_id = IdArg()
    campaign_id = IdArg()
    template_id = IdArg()


class LetterTemplateAnswer(Kept):
    name = Text(required=True)
    code = Text(required=True, allow_none=True)
    language = Text(required=True)
    subject = Text(required=True)
    html = Text(required=True)
    text = Text(required=True)
    active = Flag(required=True)


class LetterTemplateArgs(PageArgs):
    q = Text()
    active = fields.Boolean()


class SuppressionAnswer(Answer):
    id = Number(required=True)
    address = Text(required=True)
    reason = Text(required=True, validate=validate.OneOf(suppressions.REASONS))
    note = Text(required=True, allow_none=True)
    created_at = Time(required=True)
    created_by_id = Number(required=True, allow_none=True)


class SuppressionArgs(PageArgs):
    q = Text()
    reason = Text(validate=validate.OneOf(suppressions.REASONS))


@bp.route(path("/letters/{letter_id}/resend"), methods=["POST"])
@bp.response(200, LetterAnswer)
def resend(letter_id: int) -> Any:
    """Queues a letter again that failed, or of which nobody knows whether it left."""
    return letters.resend_letter(g.context, letter_id)


resource(bp, "/letters", answer=LetterAnswer, args=LetterArgs, list_=letters.list_letters)
resource(bp, "/letters", answer=WholeLetterAnswer, get=letters.get_letter)
resource(
    templates_blueprint,
    "/letter-templates",
    answer=LetterTemplateAnswer,
    body=body_of("LetterTemplateBody", LetterTemplateAnswer, letter_templates.FIELDS),
    args=LetterTemplateArgs,
    list_=letter_templates.list_templates,
    get=letter_templates.get_template,
    create=letter_templates.create_template,
    update=letter_templates.update_template,
    delete=letter_templates.delete_template,
)
resource(
    suppressions_blueprint,
    "/suppressions",
    answer=SuppressionAnswer,
    body=body_of("SuppressionBody", SuppressionAnswer, suppressions.FIELDS),
    args=SuppressionArgs,
    list_=suppressions.list_suppressions,
    get=suppressions.get_suppression,
    create=suppressions.create_suppression,
    delete=suppressions.delete_suppression,
)
