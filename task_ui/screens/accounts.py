"""Accounts: the list, the card with everything about a client, making and changing."""

from typing import Any

from flask import Blueprint, request

from crm_model import accounts, contacts, deals, documents, summaries
from crm_model.scoring import reading
from kernel.i18n import N_
from kernel.paging import Page
from task_ui import exporting, forms, words
from task_ui.card import stars_asked, tab_of, with_activities, with_audit, with_timeline
from task_ui.forms import Input
from task_ui.web import View, _, attempt, back, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

TABS = ("timeline", "activities", "documents", "audit")
INPUTS = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("type", N_("Type"), "select", group="account_type"),
    Input("owner_id", N_("Responsible"), "user"),
    Input("phones", N_("Phones"), "lines", hint=N_("One per line.")),
    Input("emails", N_("E-mail addresses"), "lines", hint=N_("One per line.")),
    Input("website", N_("Website")),
    Input("industry", N_("Industry")),
    Input("region", N_("Region")),
    Input("employees", N_("Employees"), "integer"),
    Input("abc_class", N_("ABC class"), "select", group="abc_class"),
    Input("potential", N_("Potential per year"), "money"),
    Input("journey_stage", N_("Customer journey"), "select", group="journey_stage"),
    Input("legal_name", N_("Legal name"), wide=True),
    Input("inn", N_("INN")),
    Input("kpp", N_("KPP")),
    Input("ogrn", N_("OGRN")),
    Input("birthday", N_("Founded"), "date"),
    Input("address", N_("Address"), "text", wide=True),
    Input("description", N_("About the client"), "text", wide=True),
)


COLUMNS: exporting.Columns = (
    (N_("Name"), lambda row: row.name),
    (N_("Type"), lambda row: words.label("account_type", row.type)),
    (N_("INN"), lambda row: row.inn),
    (N_("Phones"), lambda row: row.phones),
    (N_("E-mail addresses"), lambda row: row.emails),
    (N_("Industry"), lambda row: row.industry),
    (N_("Region"), lambda row: row.region),
    (N_("ABC class"), lambda row: row.abc_class),
    (N_("Stars"), lambda row: row.stars),
    (N_("Responsible"), lambda row: row.owner.name if row.owner else ""),
)


@blueprint.get("")
def index() -> View:
    asked: dict[str, Any] = {
        "q": request.args.get("q") or None,
        "type": request.args.get("type") or None,
        "abc_class": request.args.get("abc_class") or None,
        "owner_id": ctx().actor.user_id if request.args.get("mine") else None,
        "stars_from": stars_asked(),
    }
    if exporting.wanted(request.args):
        return exporting.answer("accounts", lambda page: accounts.list_accounts(ctx(), page, **asked), COLUMNS)
    found = accounts.list_accounts(ctx(), paging(), sort=request.args.get("sort") or None, **asked)
    return page("clients/accounts.html", accounts=found, count=accounts.count_accounts(ctx(), **asked))


@blueprint.get("/<int:account_id>")
def card(account_id: int) -> View:
    context = ctx()
    account = accounts.get_account(context, account_id)
    tab = tab_of(TABS)
    values: dict[str, Any] = {"account": account, "tab": tab, "link": {"account_id": account_id}}
    if tab == "timeline":
        values |= with_timeline(account_id=account_id)
    elif tab == "activities":
        values |= with_activities(account_id=account_id)
    elif tab == "documents":
        values["documents"] = documents.list_documents(context, paging(), account_id=account_id)
    else:
        values |= with_audit("account", account_id)
    return page(
        "clients/account.html",
        summary=summaries.account_summary(context, account_id),
        rating=reading.account_rating(context, account_id),
        contacts=contacts.list_contacts(context, Page(20), account_id=account_id),
        deals=deals.list_deals(context, Page(20), account_id=account_id),
        **values,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(accounts.create_account)
def new() -> View:
    values: dict[str, Any] = {"name": request.args.get("name"), "type": "prospect", "owner_id": ctx().actor.user_id}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        made, errors = attempt(lambda: accounts.create_account(ctx(), forms.given(values)))
        if made:
            return go(f"/accounts/{made.id}", _("Account created."))
    answer = page(
        "form_page.html",
        title=_("New account"),
        inputs=INPUTS,
        values=values,
        errors=errors,
        back=back(""),
        cancel="/accounts",
        context={},
    )
    return form_answer(answer, errors)


@blueprint.route("/<int:account_id>/edit", methods=["GET", "POST"])
@only_for(accounts.update_account)
def edit(account_id: int) -> View:
    account = accounts.get_account(ctx(), account_id)
    values: dict[str, Any] = forms.filled(account, INPUTS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        version = request.form.get("version", type=int)
        saved, errors = attempt(lambda: accounts.update_account(ctx(), account_id, {**values, "version": version}))
        if saved:
            return go(f"/accounts/{account_id}", _("Saved."))
    answer = page(
        "form_page.html", title=_("Change the account"), crumb=(f"/accounts/{account_id}", account.name), inputs=INPUTS,
        values=values, errors=errors, version=account.version, back=back(f"/accounts/{account_id}"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/<int:account_id>/delete")
def delete(account_id: int) -> View:
    accounts.delete_account(ctx(), account_id)
    return go("/accounts", _("Deleted."))
