"""Tokens for programs."""

from datetime import timedelta
from typing import Any

from flask import current_app, g, request
from marshmallow import validate

from api.records import blueprint
from api.schemas import NAME, Answer, Body, Number, PageArgs, Text, Time, Whole, list_of, page_of, path, shown
from crm_model import auth
from crm_model.users import actor_of
from kernel.context import Context

bp = blueprint("auth", "Signing in by token")
tokens = blueprint("tokens", "One's own tokens")


class Credentials(Body):
    username = Text(required=True, validate=validate.Length(max=255))
    password = Text(required=True, validate=validate.Length(max=1000))


class TokenAnswer(Answer):
    token = Text(required=True)
    expires_at = Time(required=True)


@bp.route("/auth/token", methods=["POST"])
@bp.arguments(Credentials)
@bp.response(200, TokenAnswer)
def issue_token(given: dict[str, str]) -> Any:
    """A bearer token for a user name and a password."""
    database = current_app.extensions["database"]
    with database.transaction() as session:
        attempt = auth.sign_in(session, given["username"], given["password"], request.remote_addr)
    user = attempt.user()
    token, expires_at = auth.issue_token(Context(g.session, actor_of(user)), name="auth/token")
    return {"token": token, "expires_at": expires_at}


class TokenRow(Answer):
    id = Number(required=True)
    name = Text(required=True)
    created_at = Time(required=True)
    expires_at = Time(required=True)
    last_used_at = Time(required=True, allow_none=True)


class NewToken(Body):
    name = Text(required=True, validate=NAME)
    days = Whole(validate=validate.Range(min=1, max=3650))


@tokens.route("/tokens", methods=["GET"])
@tokens.arguments(PageArgs, location="query")
@tokens.response(200, list_of(TokenRow))
def list_tokens(args: dict[str, Any]) -> Any:
    """One's own tokens; what they are is told only once."""
    return shown(auth.list_tokens(g.context, page_of(args)))


@tokens.route("/tokens", methods=["POST"])
@tokens.arguments(NewToken)
@tokens.response(201, TokenAnswer)
def create_token(given: dict[str, Any]) -> Any:
    """A new token of one's own."""
    lasts = timedelta(days=given.get("days", auth.TOKEN_LASTS.days))
    token, expires_at = auth.issue_token(g.context, name=given["name"], lasts=lasts)
    return {"token": token, "expires_at": expires_at}


@tokens.route(path("/tokens/{token_id}"), methods=["DELETE"])
@tokens.response(204)
def revoke_token(token_id: int) -> None:
    """Ends a token at once."""
    auth.revoke_token(g.context, token_id)
