"""Telephony: its settings with examples and a test, the card of a call, and what rings just now."""

import json
from datetime import timedelta

from flask import Blueprint, request

from crm_model import notifications, telephony
from kernel.context import system_clock
from kernel.i18n import N_
from processes import telephony as calling
from task_ui import forms, pickers
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, ctx, go, json_answer, page

blueprint = Blueprint("telephony", __name__)

RINGS_FOR = timedelta(seconds=45)
SETTINGS = (
    Input("active", N_("Calls are taken"), "boolean", wide=True),
    Input("missed_makes_lead", N_("A missed call from an unknown number becomes a lead"), "boolean", wide=True),
)
TRIAL = (
    Input("number", N_("Client's number"), "tel", required=True, hint=N_("Try the number of a client you know.")),
    Input("event", N_("What happened"), "select", required=True,
          options=(("incoming", N_("The call rings")), ("ended", N_("The call is over")))),
)  # fmt: skip
EXAMPLES = (
    (N_("A call rings"), {"event": "incoming", "call_id": "20261127-481", "number": "+79161234567", "user": "manager"}),
    (
        N_("The call is over"),
        {
            "event": "ended", "call_id": "20261127-481", "number": "+79161234567", "direction": "in", "answered": True,
            "seconds": 184, "recording_url": "https://ats.example/records/481.mp3",
        },
    ),
)  # fmt: skip


@blueprint.get("/settings/telephony")
def settings() -> View:
    return _settings({})


@blueprint.post("/settings/telephony")
def save() -> View:
    values = forms.read(SETTINGS, request.form)
    return act("/settings/telephony", lambda: telephony.save_settings(ctx(), values), _("Saved."))


@blueprint.post("/settings/telephony/secret")
def make_secret() -> View:
    return _settings({}, secret=telephony.make_secret(ctx()))


@blueprint.post("/settings/telephony/try")
def try_out() -> View:
    """An event as the exchange would send it, for a look at what comes of it."""
    values = forms.read(TRIAL, request.form)
    sent = {**values, "call_id": f"test-{system_clock():%Y%m%d%H%M%S%f}", "user": ctx().actor.username}
    call, errors = attempt(lambda: calling.try_out(ctx(), sent))
    if call:
        return go(f"/calls/{call.id}", _("This is what comes of such a call."))
    return _settings(errors)


def _settings(errors: dict[str, list[str]], *, secret: str | None = None) -> View:
    shown = page(
        "settings/telephony.html",
        found=telephony.get_settings(ctx()),
        secret=secret,
        errors=errors,
        inputs=SETTINGS,
        trial=TRIAL,
        values=request.form,
        address=f"{request.host_url}api/v1/telephony/calls",
        examples=[(title, json.dumps(body, ensure_ascii=False, indent=2)) for title, body in EXAMPLES],
    )
    return (shown, 422) if errors else shown


@blueprint.get("/calls/<int:call_id>")
def card(call_id: int) -> View:
    call = telephony.get_call(ctx(), call_id)
    ids = [(kind, getattr(call, f"{kind}_id")) for kind in ("deal", "lead", "contact", "account")]
    known = [(kind, key, name) for kind, key in ids if key and (name := pickers.name_of(kind, key))]
    return page("activities/call.html", call=call, known=known)


@blueprint.post("/calls/<int:call_id>/lead")
def make_lead(call_id: int) -> View:
    lead, errors = attempt(lambda: calling.make_lead(ctx(), call_id))
    if lead:
        return go(f"/leads/{lead.id}", _("Lead added: %(name)s.", name=lead.name))
    return go(f"/calls/{call_id}", " ".join(text for texts in errors.values() for text in texts))


@blueprint.get("/calls/ringing")
def ringing() -> View:
    """Calls of the last moments, for the page's script."""
    told = notifications.fresh(ctx(), calling.KIND, ctx().now() - RINGS_FOR)
    language = ctx().actor.language
    return json_answer([{"id": row.id, "text": row.text_in(language), "link": row.link} for row in told])
