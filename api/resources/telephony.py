"""The webhook of the telephone exchange, known by its signature."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request
from marshmallow import validate

from api.records import blueprint
from api.schemas import Answer, Body, Flag, Number, Text, Time, Whole
from crm_model import telephony as calls
from kernel.context import SYSTEM, Context
from processes import telephony

bp = blueprint("telephony", "Calls, as the telephone exchange tells of them")
SIGNATURE = "X-Signature"


def signed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Looks at nothing of a body whose signature does not fit."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        calls.verify(Context(g.session, SYSTEM), request.get_data(), request.headers.get(SIGNATURE, ""))
        return view(*args, **kwargs)

    return checked


class CallBody(Body):
    event = Text(required=True, validate=validate.OneOf(("incoming", "ended")))
    call_id = Text(required=True)
    number = Text(required=True)
    direction = Text(validate=validate.OneOf(calls.DIRECTIONS))
    user = Text(allow_none=True)
    started_at = Time(allow_none=True)
    answered = Flag(allow_none=True)
    seconds = Whole(allow_none=True)
    recording_url = Text(allow_none=True)


class CallAnswer(Answer):
    id = Number(required=True)
    call_id = Text(required=True)
    owner_id = Number(required=True, allow_none=True)
    lead_id = Number(required=True, allow_none=True)
    contact_id = Number(required=True, allow_none=True)
    account_id = Number(required=True, allow_none=True)
    deal_id = Number(required=True, allow_none=True)
    activity_id = Number(required=True, allow_none=True)


@bp.route("/telephony/calls", methods=["POST"])
@signed
@bp.arguments(CallBody)
@bp.response(200, CallAnswer)
def tell_of_call(given: dict[str, Any]) -> Any:
    """A call rings (`incoming`) or is over (`ended`); the same event again changes nothing. The header `X-Signature` is
    `sha256=` and the HMAC of the body by the secret of the settings, in hexadecimal."""
    return telephony.receive(Context(g.session, SYSTEM), given)
