"""What administrators set up between the product and the world: mail server, mailbox, telephony. Passwords go in and never
come out."""

from typing import Any

from flask import g
from marshmallow import validate

from api.records import blueprint
from api.resources.telephony import CallAnswer, CallBody
from api.schemas import Answer, Body, Flag, Text, Time, Whole
from crm_model import mail_settings, mailboxes, telephony
from kernel.errors import NotFound
from processes import connections
from processes import telephony as calling

bp = blueprint("connections", "Mail server, mailbox and telephony; for administrators")
SECURITY = validate.OneOf(mail_settings.SECURITIES)
WRITE_ONLY = {"description": "Never answered; left out, it stays as it is.", "writeOnly": True}


class MailServerBody(Body):
    host = Text(required=True)
    port = Whole(required=True)
    security = Text(validate=SECURITY)
    username = Text(allow_none=True)
    password = Text(allow_none=True, load_only=True, metadata=WRITE_ONLY)
    from_address = Text(required=True)
    from_name = Text(allow_none=True)
    per_minute = Whole()
    public_url = Text(allow_none=True)
    version = Whole()


class MailServerAnswer(Answer):
    host = Text(required=True)
    port = Whole(required=True)
    security = Text(required=True, validate=SECURITY)
    username = Text(required=True, allow_none=True)
    has_password = Flag(required=True)
    from_address = Text(required=True)
    from_name = Text(required=True, allow_none=True)
    per_minute = Whole(required=True)
    public_url = Text(required=True, allow_none=True)
    version = Whole(required=True)


class MailboxBody(Body):
    host = Text(required=True)
    port = Whole(required=True)
    security = Text(validate=SECURITY)
    username = Text(required=True)
    password = Text(load_only=True, metadata=WRITE_ONLY)
    folder = Text()
    poll_minutes = Whole()
    active = Flag()


class MailboxAnswer(Answer):
    host = Text(required=True)
    port = Whole(required=True)
    security = Text(required=True, validate=SECURITY)
    username = Text(required=True)
    folder = Text(required=True)
    poll_minutes = Whole(required=True)
    active = Flag(required=True)
    check_at = Time(required=True)
    checked_at = Time(required=True, allow_none=True)
    trouble = Text(required=True, allow_none=True)


class TelephonyBody(Body):
    active = Flag()
    missed_makes_lead = Flag()


class TelephonyAnswer(Answer):
    active = Flag(required=True)
    missed_makes_lead = Flag(required=True)


class SecretAnswer(Answer):
    secret = Text(required=True)


class TrialAnswer(Answer):
    works = Flag(required=True)
    trouble = Text(required=True, allow_none=True)


@bp.route("/mail-server", methods=["GET"])
@bp.response(200, MailServerAnswer)
def get_mail_server() -> Any:
    """The mail server that letters leave by; 404 until one is saved."""
    return _there(mail_settings.get_mail_settings(g.context))


@bp.route("/mail-server", methods=["PUT"])
@bp.arguments(MailServerBody)
@bp.response(200, MailServerAnswer)
def save_mail_server(values: dict[str, Any]) -> Any:
    """Sets the mail server; a password that is left out stays as it is."""
    return mail_settings.save_mail_settings(g.context, values)


@bp.route("/mail-server/test", methods=["POST"])
@bp.response(200, TrialAnswer)
def test_mail_server() -> Any:
    """Greets the saved mail server and signs in there; sends nothing."""
    return connections.try_mail_server(g.context)


@bp.route("/mailbox", methods=["GET"])
@bp.response(200, MailboxAnswer)
def get_mailbox() -> Any:
    """The mailbox that is read for letters of clients; 404 until one is saved."""
    return _there(mailboxes.get_mailbox(g.context))


@bp.route("/mailbox", methods=["PUT"])
@bp.arguments(MailboxBody)
@bp.response(200, MailboxAnswer)
def save_mailbox(values: dict[str, Any]) -> Any:
    """Sets the mailbox; a password that is left out stays as it is. It is looked into at once."""
    return mailboxes.save_mailbox(g.context, values)


@bp.route("/mailbox/test", methods=["POST"])
@bp.response(200, TrialAnswer)
def test_mailbox() -> Any:
    """Signs in to the saved mailbox and opens its folder; reads nothing."""
    return connections.try_mailbox(g.context)


@bp.route("/telephony", methods=["GET"])
@bp.response(200, TelephonyAnswer)
def get_telephony() -> Any:
    """The settings of telephony; 404 until a secret is made."""
    return _there(telephony.get_settings(g.context))


@bp.route("/telephony", methods=["PATCH"])
@bp.arguments(TelephonyBody)
@bp.response(200, TelephonyAnswer)
def save_telephony(values: dict[str, Any]) -> Any:
    """Changes the settings of telephony."""
    return telephony.save_settings(g.context, values)


@bp.route("/telephony/secret", methods=["POST"])
@bp.response(201, SecretAnswer)
def make_telephony_secret() -> Any:
    """A new secret for the telephone exchange, told only now; the one before no longer fits."""
    return {"secret": telephony.make_secret(g.context)}


@bp.route("/telephony/test", methods=["POST"])
@bp.arguments(CallBody)
@bp.response(200, CallAnswer)
def test_telephony(values: dict[str, Any]) -> Any:
    """An event of a call as the telephone exchange would tell it, without its signature."""
    return calling.try_out(g.context, values)


def _there(found: Any) -> Any:
    if found is None:
        raise NotFound()
    return found
