"""The ledger of consents of leads and contacts."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.schemas import Answer, Anything, Body, Number, PageArgs, Text, Time, list_of, page_of, path, shown
from crm_model.consents import BASES, CHANNELS, PURPOSES
from processes import consents

bp = blueprint("consents", "What people allow, and when they take it back")


class WithdrawBody(Body):
    purpose = Text(required=True, validate=validate.OneOf(PURPOSES))
    channel = Text(required=True, validate=validate.OneOf(CHANNELS))
    reason = Text(required=True)


class ConsentBody(WithdrawBody):
    basis = Text(required=True, validate=validate.OneOf(BASES))
    given_at = Time()
    proof = fields.Dict(keys=fields.String(), values=Anything(allow_none=True))


class ConsentAnswer(Answer):
    id = Number(required=True)
    purpose = Text(required=True)
    channel = Text(required=True)
    basis = Text(required=True)
    given_at = Time(required=True, allow_none=True)
    given_by_id = Number(required=True, allow_none=True)
    source = Text(required=True)
    proof = fields.Dict(keys=fields.String(), required=True)
    withdrawn_at = Time(required=True, allow_none=True)
    withdrawn_by_id = Number(required=True, allow_none=True)
    withdrawn_source = Text(required=True, allow_none=True)
    withdrawn_reason = Text(required=True, allow_none=True)


def _serve(kind: str) -> None:
    """The same three operations for leads and for contacts."""
    address = path(f"/{kind}s/{{{kind}_id}}/consents")

    @bp.route(address, endpoint=f"list_{kind}_consents", methods=["GET"])
    @bp.arguments(PageArgs, location="query")
    @bp.response(200, list_of(ConsentAnswer))
    def list_consents(args: dict[str, Any], **person: int) -> Any:
        """What the person has allowed and taken back, newest first."""
        return shown(consents.list_consents(g.context, kind, person[f"{kind}_id"], page_of(args)))

    @bp.route(address, endpoint=f"give_{kind}_consent", methods=["POST"])
    @bp.arguments(ConsentBody)
    @bp.response(201, ConsentAnswer)
    def give(given: dict[str, Any], **person: int) -> Any:
        """Writes down what the person allows; `reason` says how that came about."""
        return consents.give_consent(g.context, kind, person[f"{kind}_id"], given)

    @bp.route(f"{address}/withdraw", endpoint=f"withdraw_{kind}_consent", methods=["POST"])
    @bp.arguments(WithdrawBody)
    @bp.response(204)
    def withdraw(given: dict[str, Any], **person: int) -> None:
        """Takes consent back; for letters by e-mail this is the person's refusal of them."""
        consents.withdraw_consent(g.context, kind, person[f"{kind}_id"], given)


for _kind in consents.PEOPLE:
    _serve(_kind)
