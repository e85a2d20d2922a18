"""Contacts: the list, the card of a person, making and changing."""

from typing import Any

from flask import Blueprint, request

from crm_model import contacts, deals, summaries
from kernel.i18n import N_
from kernel.paging import Page
from kernel.permissions import may
from processes import consents, letter_desk
from task_ui import exporting, forms, words
from task_ui.card import tab_of, with_activities, with_audit, with_timeline
from task_ui.forms import Input
from task_ui.web import View, _, attempt, back, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")

TABS = ("timeline", "activities", "audit")
INPUTS = (
    Input("name", N_("Full name"), required=True, wide=True),
    Input("account_id", N_("Account"), "account"),
    Input("job_title", N_("Job title")),
    Input("role", N_("Role in decisions"), "select", group="participant_role"),
    Input("owner_id", N_("Responsible"), "user"),
    Input("phones", N_("Phones"), "lines", hint=N_("One per line.")),
    Input("emails", N_("E-mail addresses"), "lines", hint=N_("One per line.")),
    Input("birthday", N_("Birthday"), "date"),
    Input("journey_stage", N_("Customer journey"), "select", group="journey_stage"),
    Input("consent", N_("Agrees to receive e-mails"), "boolean"),
    Input("description", N_("About the person"), "text", wide=True),
)


COLUMNS: exporting.Columns = (
    (N_("Full name"), lambda row: row.name),
    (N_("Job title"), lambda row: row.job_title),
    (N_("Account"), lambda row: row.account.name if row.account else ""),
    (N_("Phones"), lambda row: row.phones),
    (N_("E-mail addresses"), lambda row: row.emails),
    (N_("Role in decisions"), lambda row: words.label("participant_role", row.role)),
    (N_("Responsible"), lambda row: row.owner.name if row.owner else ""),
)


@blueprint.get("")
def index() -> View:
    asked: dict[str, Any] = {
        "q": request.args.get("q") or None,
        "role": request.args.get("role") or None,
        "owner_id": ctx().actor.user_id if request.args.get("mine") else None,
    }
    if exporting.wanted(request.args):
        return exporting.answer("contacts", lambda page: contacts.list_contacts(ctx(), page, **asked), COLUMNS)
    found = contacts.list_contacts(ctx(), paging(), **asked)
    return page("clients/contacts.html", contacts=found, count=contacts.count_contacts(ctx(), **asked))


@blueprint.get("/<int:contact_id>")
def card(contact_id: int) -> View:
    context = ctx()
    contact = contacts.get_contact(context, contact_id)
    tab = tab_of(TABS)
    values: dict[str, Any] = {"contact": contact, "tab": tab, "link": {"contact_id": contact_id}}
    if tab == "timeline":
        values |= with_timeline(contact_id=contact_id)
    elif tab == "activities":
        values |= with_activities(contact_id=contact_id)
    else:
        values |= with_audit("contact", contact_id)
    return page(
        "clients/contact.html",
        summary=summaries.contact_summary(context, contact_id),
        deals=deals.list_deals(context, Page(20), contact_id=contact_id),
        consents=consents.list_consents(context, "contact", contact_id, Page(20)),
        refusal=letter_desk.last_refusal(context, contact_id=contact_id) if may(context, "letters.read") else None,
        **values,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(contacts.create_contact)
def new() -> View:
    values: dict[str, Any] = {"account_id": request.args.get("account_id", type=int), "owner_id": ctx().actor.user_id}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        made, errors = attempt(lambda: contacts.create_contact(ctx(), forms.given(values)))
        if made:
            return go(back(f"/contacts/{made.id}"), _("Contact created."))
    answer = page(
        "form_page.html",
        title=_("New contact"),
        inputs=INPUTS,
        values=values,
        errors=errors,
        back=back(""),
        cancel="/contacts",
        context={},
    )
    return form_answer(answer, errors)


@blueprint.route("/<int:contact_id>/edit", methods=["GET", "POST"])
@only_for(contacts.update_contact)
def edit(contact_id: int) -> View:
    contact = contacts.get_contact(ctx(), contact_id)
    values: dict[str, Any] = forms.filled(contact, INPUTS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        version = request.form.get("version", type=int)
        saved, errors = attempt(lambda: contacts.update_contact(ctx(), contact_id, {**values, "version": version}))
        if saved:
            return go(f"/contacts/{contact_id}", _("Saved."))
    answer = page(
        "form_page.html", title=_("Change the contact"), crumb=(f"/contacts/{contact_id}", contact.name), inputs=INPUTS,
        values=values, errors=errors, version=contact.version, back=back(f"/contacts/{contact_id}"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/<int:contact_id>/delete")
def delete(contact_id: int) -> View:
    contacts.delete_contact(ctx(), contact_id)
    return go("/contacts", _("Deleted."))
