"""Consents of a lead or a contact: written down and taken back by hand, each with its reason."""

from typing import Any

from flask import Blueprint, request

from crm_model import contacts, leads
from kernel.i18n import N_
from processes import consents
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, attempt, ctx, form_answer, go, page

blueprint = Blueprint("consents", __name__)

KINDS = {"leads": "lead", "contacts": "contact"}
WHAT = (
    Input("purpose", N_("For what"), "select", required=True, group="consent_purpose"),
    Input("channel", N_("By which channel"), "select", required=True, group="consent_channel"),
)
GIVE = (
    *WHAT,
    Input("basis", N_("On which ground"), "select", required=True, group="consent_basis"),
    Input("given_at", N_("When"), "datetime", hint=N_("Empty: now.")),
    Input(
        "reason", N_("How it was given"), "text", required=True, wide=True,
        hint=N_("For example: a signed form at the exhibition, the scan is among the documents."),
    ),
)  # fmt: skip
WITHDRAW = (*WHAT, Input("reason", N_("How it was taken back"), "text", required=True, wide=True))


@blueprint.route("/<any(leads, contacts):kind>/<int:record_id>/consents/new", methods=["GET", "POST"])
def give(kind: str, record_id: int) -> View:
    values: dict[str, Any] = {"purpose": "marketing", "channel": "email", "basis": "consent"}
    return _ask(kind, record_id, GIVE, values, _("Write down a consent"), _("Write down"), _("Consent written down."))


@blueprint.route("/<any(leads, contacts):kind>/<int:record_id>/consents/withdraw", methods=["GET", "POST"])
def withdraw(kind: str, record_id: int) -> View:
    values = {name: request.args.get(name) for name in ("purpose", "channel")}
    return _ask(kind, record_id, WITHDRAW, values, _("Take a consent back"), _("Take back"), _("Consent taken back."))


def _ask(
    kind: str, record_id: int, inputs: tuple[Input, ...], values: dict[str, Any], title: str, button: str, done: str
) -> View:
    person = (leads.get_lead if kind == "leads" else contacts.get_contact)(ctx(), record_id)
    use_case = consents.give_consent if inputs is GIVE else consents.withdraw_consent
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(inputs, request.form)
        _answer, errors = attempt(lambda: use_case(ctx(), KINDS[kind], record_id, forms.given(values)))
        if not errors:
            return go(f"/{kind}/{record_id}", done)
    answer = page(
        "form_page.html", title=title, crumb=(f"/{kind}/{record_id}", person.name), inputs=inputs, values=values,
        errors=errors, back=f"/{kind}/{record_id}", button=button, context={},
    )  # fmt: skip
    return form_answer(answer, errors)
