"""Deals: the list, the card with its stage bar, making and changing."""

from typing import Any

from flask import Blueprint, request

from crm_model import audit, business_lines, competitors, deals, documents, line_items, participants, stage_history
from kernel.i18n import N_
from kernel.paging import Page
from processes import instances, sales
from task_ui import diagram, exporting, forms, words
from task_ui.card import tab_of, with_timeline
from task_ui.forms import Input
from task_ui.web import View, _, attempt, back, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("deals", __name__, url_prefix="/deals")

TABS = ("timeline", "data", "participants", "competitors", "products", "documents", "process", "audit")
SORTS = (
    ("-id", N_("Newest first")), ("-amount", N_("Biggest first")), ("expected_close_date", N_("Closing soonest")),
    ("stage_entered_at", N_("Longest in the stage")), ("title", N_("By title")),
)  # fmt: skip
INPUTS = (
    Input("title", N_("Title"), required=True, wide=True),
    Input("account_id", N_("Account"), "account"),
    Input("contact_id", N_("Contact"), "contact"),
    Input("amount", N_("Amount"), "money"),
    Input("probability", N_("Probability, %"), "integer", hint=N_("Empty: as usual for the stage.")),
    Input("expected_close_date", N_("Expected close"), "date"),
    Input("decision_date", N_("Client decides on"), "date"),
    Input("business_line_id", N_("Business line"), "business_line"),
    Input("owner_id", N_("Responsible"), "user"),
    Input("product_ids", N_("Products of interest"), "products", wide=True),
    Input("need", N_("Need"), "text", wide=True),
    Input("tactics", N_("Tactics"), "text", wide=True),
)
STAGE = Input("stage", N_("Starting stage"), "select", group="open_stage")
NOT_NULLABLE = ("owner_id", "product_ids")


COLUMNS: exporting.Columns = (
    (N_("Number"), lambda row: row.number),
    (N_("Title"), lambda row: row.title),
    (N_("Account"), lambda row: row.account.name if row.account else ""),
    (N_("Stage"), lambda row: words.label("stage", row.stage)),
    (N_("State"), lambda row: words.label("deal_status", row.status)),
    (N_("Amount"), lambda row: row.amount),
    (N_("Currency"), lambda row: row.currency),
    (N_("Probability, %"), lambda row: row.probability),
    (N_("Expected close"), lambda row: row.expected_close_date),
    (N_("Responsible"), lambda row: row.owner.name if row.owner else ""),
)


@blueprint.get("")
def index() -> View:
    context = ctx()
    asked: dict[str, Any] = {
        "q": request.args.get("q") or None,
        "stage": request.args.get("stage") or None,
        "status": request.args.get("status") or None,
        "owner_id": context.actor.user_id if request.args.get("mine") else None,
        "business_line_id": request.args.get("line", type=int),
        "sort": request.args.get("sort", "-id"),
    }
    if exporting.wanted(request.args):
        return exporting.answer("deals", lambda page: deals.list_deals(context, page, **asked), COLUMNS)
    found = deals.list_deals(context, paging(), **asked)
    lines = [(row.id, row.name) for row in business_lines.list_business_lines(context, Page(100)).items]
    return page("deals/list.html", deals=found, sorts=SORTS, lines=lines)


@blueprint.get("/<int:deal_id>")
def card(deal_id: int) -> View:
    deal = deals.get_deal(ctx(), deal_id)
    tab = tab_of(TABS)
    return page(
        "deals/card.html",
        deal=deal,
        process=sales.deal_process(ctx(), deal_id),
        tab=tab,
        link={"deal_id": deal_id},
        inputs={field.name: field for field in INPUTS},
        participants=participants.list_participants(ctx(), deal_id, Page(50)),
        arrived=next(reversed(stage_history.list_stage_history(ctx(), deal_id, Page(200)).items), None),
        **_tab(deal, tab),
    )


def _tab(deal: Any, tab: str) -> dict[str, Any]:
    context = ctx()
    if tab == "timeline":
        return with_timeline(deal_id=deal.id)
    if tab == "competitors":
        return {"competitors": competitors.list_competitors(context, deal.id, Page(50))}
    if tab == "products":
        return {"items": line_items.list_line_items(context, deal.id, Page(200))}
    if tab == "documents":
        return {"documents": documents.list_documents(context, paging(), deal_id=deal.id)}
    if tab == "audit":
        return {"audit": audit.list_audit(context, "deal", deal.id, paging())}
    if tab == "process":
        return _process(deal.id)
    return {}


def _process(deal_id: int) -> dict[str, Any]:
    found = sales.deal_process(ctx(), deal_id).instance
    if found is None:
        return {"picture": None}
    history, flows = instances.list_history(ctx(), found.id).items, instances.flows_taken(ctx(), found.id)
    return {"picture": diagram.of_instance(found, history, (), flows)}


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(deals.create_deal)
def new() -> View:
    values: dict[str, Any] = {
        "owner_id": ctx().actor.user_id, "stage": "needs",
        **{name: request.args.get(name, type=int) for name in ("account_id", "contact_id")},
    }  # fmt: skip
    errors: dict[str, list[str]] = {}
    inputs = (*INPUTS[:3], STAGE, *INPUTS[3:])
    if request.method == "POST":
        values = forms.read(inputs, request.form)
        made, errors = attempt(lambda: deals.create_deal(ctx(), forms.given(values)))
        if made:
            return go(f"/deals/{made.id}", _("Deal created. Start the sale when you are ready."))
    answer = page(
        "form_page.html",
        title=_("New deal"),
        inputs=inputs,
        values=values,
        errors=errors,
        back=back(""),
        cancel="/deals",
        context={},
    )
    return form_answer(answer, errors)


@blueprint.route("/<int:deal_id>/edit", methods=["GET", "POST"])
@only_for(sales.update_deal)
def edit(deal_id: int) -> View:
    deal = deals.get_deal(ctx(), deal_id)
    values: dict[str, Any] = {**forms.filled(deal, INPUTS), "product_ids": [product.id for product in deal.products]}
    values["probability"] = deal.probability if deal.probability_is_manual else None
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        sent = {**values, "product_ids": values["product_ids"] or []}
        if line_items.list_line_items(ctx(), deal_id, Page(1)).items:
            sent.pop("amount")
        version = request.form.get("version", type=int)
        saved, errors = attempt(lambda: sales.update_deal(ctx(), deal_id, {**sent, "version": version}))
        if saved:
            return go(back(f"/deals/{deal_id}"), _("Saved."))
    answer = page(
        "form_page.html", title=_("Change the deal"), crumb=(f"/deals/{deal_id}", deal.title), inputs=INPUTS, values=values,
        errors=errors, version=deal.version, back=back(f"/deals/{deal_id}"), context={"account": deal.account_id},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.route("/<int:deal_id>/field/<name>", methods=["GET", "POST"])
def field(deal_id: int, name: str) -> View:
    """One value of the deal, shown, edited in its place, and shown again."""
    asked = next((known for known in INPUTS if known.name == name), None)
    if asked is None:
        return go(f"/deals/{deal_id}/edit")
    deal = deals.get_deal(ctx(), deal_id)
    value = getattr(deal, name, None)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        value = forms.value_of(asked, request.form)
        saved, errors = attempt(lambda: sales.update_deal(ctx(), deal_id, {name: value}))
        if saved:
            return page("deals/field.html", deal=deals.get_deal(ctx(), deal_id), field=asked, editing=False)
    if request.args.get("show"):
        return page("deals/field.html", deal=deal, field=asked, editing=False)
    answer = page("deals/field.html", deal=deal, field=asked, editing=True, values={name: value}, errors=errors)
    return form_answer(answer, errors)


@blueprint.post("/<int:deal_id>/delete")
def delete(deal_id: int) -> View:
    deals.delete_deal(ctx(), deal_id)
    return go("/deals", _("Deleted."))
