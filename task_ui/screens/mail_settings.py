"""The mail server that letters leave by."""

from typing import Any

from flask import Blueprint, current_app, request

from crm_model import mail_settings
from crm_model.mail_settings import MailSettings
from kernel.i18n import N_
from processes import connections, letter_desk
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, attempt, ctx, form_answer, go, page

blueprint = Blueprint("mail_settings", __name__, url_prefix="/settings/mail")

INPUTS = (
    Input("host", N_("Mail server (SMTP)"), required=True),
    Input("port", N_("Port"), "integer", required=True),
    Input("security", N_("Encryption"), "select", required=True, group="mail_security"),
    Input("per_minute", N_("Letters a minute, at most"), "integer", required=True),
    Input("username", N_("User name")),
    Input("password", N_("Password"), "password", autocomplete="off", hint=N_("Empty: stays as it is.")),
    Input("from_address", N_("Letters come from"), "email", required=True),
    Input("from_name", N_("Name of the sender")),
    Input(
        "public_url",
        N_("Address of this site for links in letters"),
        wide=True,
        hint=N_("As clients reach it from outside, like https://crm.example.com."),
    ),
)
TEST_LETTER = (Input("to", N_("Send it to"), "email", required=True, wide=True),)


@blueprint.route("", methods=["GET", "POST"])
def show() -> View:
    known = mail_settings.get_mail_settings(ctx())
    usual = {"port": 587, "security": mail_settings.STARTTLS, "per_minute": mail_settings.USUAL_RATE}
    values: dict[str, Any] = forms.filled(known, INPUTS) if known else usual
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        version = request.form.get("version", type=int)
        given = {key: value for key, value in values.items() if value is not None or key != "password"}
        saved, errors = attempt(lambda: mail_settings.save_mail_settings(ctx(), {**given, "version": version}))
        if saved:
            return go("/settings/mail", _("Saved. Letters that wait leave now."))
    return form_answer(_page(known, values, errors), errors)


@blueprint.post("/try")
def try_out() -> View:
    """Sends a test letter, or only signs in, with the settings that are saved; says what failed and what to do."""
    known = mail_settings.get_mail_settings(ctx())
    letter = forms.read(TEST_LETTER, request.form)
    if request.form.get("do") == "letter":
        trial, errors = attempt(lambda: connections.send_test_letter(ctx(), to=letter["to"]))
    else:
        letter, (trial, errors) = {}, attempt(lambda: connections.try_mail_server(ctx()))
    answer = _page(known, forms.filled(known, INPUTS), {}, trial=trial, letter=letter, letter_errors=errors)
    return form_answer(answer, errors)


def _page(known: MailSettings | None, values: dict[str, Any], errors: dict[str, list[str]], **tried: Any) -> str:
    letter = tried.pop("letter", None) or {}
    return page(
        "settings/mail.html",
        inputs=INPUTS,
        values=values,
        errors=errors,
        version=known.version if known else None,
        mail=current_app.config["MAIL"],
        state=letter_desk.post_state(ctx()),
        letter_inputs=TEST_LETTER,
        letter=letter,
        **{"trial": None, "letter_errors": {}, **tried},
    )
