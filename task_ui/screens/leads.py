"""Leads: the list and the board, entry in one line, the card with its process, back to the first step and out."""

from typing import Any

from flask import Blueprint, request

from crm_model import campaign_members, lead_board, leads, web_form_entries
from crm_model.lead_line import read_line
from crm_model.scoring import cards, reading
from kernel.i18n import N_
from kernel.paging import Page
from kernel.permissions import may
from processes import consents, instances, lead_views, letter_desk
from processes import leads as lead_work
from task_ui import diagram, exporting, flashes, forms, words
from task_ui.card import stars_asked, tab_of, with_activities, with_audit, with_timeline
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, back, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("leads", __name__, url_prefix="/leads")

TABS = ("timeline", "score", "process", "activities", "audit")
INPUTS = (
    Input("name", N_("Full name"), required=True, wide=True),
    Input("company", N_("Company")),
    Input("phone", N_("Phone")),
    Input("email", N_("E-mail")),
    Input("request", N_("Asks for"), "select", group="lead_request"),
    Input("source", N_("Came from"), "select", group="lead_source"),
    Input("campaign_id", N_("Campaign"), "campaign"),
    Input("product_id", N_("Product"), "product"),
    Input("owner_id", N_("Responsible"), "user"),
    Input("consent", N_("Agrees to receive e-mails"), "boolean"),
    Input("need", N_("Need"), "text", wide=True),
)
REASON = (Input("reason", N_("Why it is disqualified"), "select", required=True, group="disqualify_reason", wide=True),)
COLUMNS: exporting.Columns = (
    (N_("Full name"), lambda row: row.name),
    (N_("Company"), lambda row: row.company),
    (N_("Phone"), lambda row: row.phone),
    (N_("E-mail"), lambda row: row.email),
    (N_("State"), lambda row: words.label("lead_status", row.status)),
    (N_("Why it is disqualified"), lambda row: words.label("disqualify_reason", row.disqualify_reason)),
    (N_("Came from"), lambda row: words.label("lead_source", row.source)),
    (N_("Points"), lambda row: row.score),
    (N_("Stars"), lambda row: row.stars),
    (N_("Responsible"), lambda row: row.owner.name if row.owner else ""),
)


@blueprint.get("")
def index() -> View:
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("q", "status", "source", "request")}
    asked["stars_from"] = stars_asked()
    asked["owner_id"] = ctx().actor.user_id if request.args.get("mine") else None
    if exporting.wanted(request.args):
        return exporting.answer("leads", lambda page: leads.list_leads(ctx(), page, **asked), COLUMNS)
    found = leads.list_leads(ctx(), paging(), sort=request.args.get("sort") or None, **asked)
    return page("clients/leads.html", leads=found, count=leads.count_leads(ctx(), **asked))


@blueprint.get("/board")
def board() -> View:
    owner = ctx().actor.user_id if request.args.get("mine") else None
    return page(
        "clients/lead_board.html", columns=lead_board.board(ctx(), q=request.args.get("q") or None, owner_id=owner)
    )


@blueprint.post("/quick")
def quick() -> View:
    """One line becomes a lead, whose process begins at once."""
    line = request.form.get("line", "")
    values = {**read_line(line), "source": request.form.get("source") or "manual"}
    made, errors = attempt(lambda: lead_work.create_lead(ctx(), values))
    if made:
        said = _("Lead added: %(name)s.", name=made.name)
        return go(back("/leads"), said, link=(f"/leads/{made.id}", _("Open")))
    why = " ".join(text for texts in errors.values() for text in texts)
    flashes.tell("error", text=_("Write at least a name: %(why)s", why=why))
    return go(back("/leads"))


@blueprint.get("/<int:lead_id>")
def card(lead_id: int) -> View:
    context = ctx()
    lead = leads.get_lead(context, lead_id)
    tab = tab_of(TABS)
    work = lead_views.lead_work(context, lead_id)
    values: dict[str, Any] = {"lead": lead, "tab": tab, "link": {"lead_id": lead_id}, "work": work}
    values["entries"] = web_form_entries.entries_of_lead(context, lead_id)
    values["refusal"] = letter_desk.last_refusal(context, lead_id=lead_id) if may(context, "letters.read") else None
    values["consents"] = consents.list_consents(context, "lead", lead_id, Page(20))
    values["campaigns"] = campaign_members.list_campaigns_of(context, lead_id=lead_id)
    if tab == "timeline":
        values |= with_timeline(lead_id=lead_id)
    elif tab == "score":
        values |= _score(lead_id)
    elif tab == "activities":
        values |= with_activities(lead_id=lead_id)
    elif tab == "audit":
        values |= with_audit("lead", lead_id)
    elif work.current is not None:
        shown = work.current
        history, flows = instances.list_history(context, shown.id).items, instances.flows_taken(context, shown.id)
        values["picture"] = diagram.of_instance(shown, history, (), flows)
    return page("clients/lead.html", **values)


def _score(lead_id: int) -> dict[str, Any]:
    """By the card of the lead's product, or by the one chosen."""
    known = [card for card in cards.list_cards(ctx(), Page(200)).items if card.active]
    chosen = request.args.get("card", type=int)
    card_id = chosen if chosen in {card.id for card in known} else None
    return {"cards": known, "score": reading.lead_score(ctx(), lead_id, card_id=card_id) if known else None}


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(lead_work.create_lead)
def new() -> View:
    values: dict[str, Any] = {"source": "manual", "request": "none"}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        made, errors = attempt(lambda: lead_work.create_lead(ctx(), forms.given(values)))
        if made:
            return go(back(f"/leads/{made.id}"), _("Lead added: %(name)s.", name=made.name))
    answer = page(
        "form_page.html", title=_("New lead"), inputs=INPUTS, values=values, errors=errors, back=back(""),
        cancel="/leads", context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.route("/<int:lead_id>/edit", methods=["GET", "POST"])
@only_for(lead_work.update_lead)
def edit(lead_id: int) -> View:
    lead = leads.get_lead(ctx(), lead_id)
    values: dict[str, Any] = forms.filled(lead, INPUTS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        version = request.form.get("version", type=int)
        saved, errors = attempt(lambda: lead_work.update_lead(ctx(), lead_id, {**values, "version": version}))
        if saved:
            return go(f"/leads/{lead_id}", _("Saved."))
    answer = page(
        "form_page.html", title=_("Change the lead"), crumb=(f"/leads/{lead_id}", lead.name), inputs=INPUTS,
        values=values, errors=errors, version=lead.version, back=back(f"/leads/{lead_id}"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/<int:lead_id>/requalify")
def requalify(lead_id: int) -> View:
    done = _("The lead is back at the first step.")
    return act(back(f"/leads/{lead_id}"), lambda: lead_work.requalify(ctx(), lead_id), done)


@blueprint.route("/<int:lead_id>/disqualify", methods=["GET", "POST"])
@only_for(lead_work.disqualify)
def disqualify(lead_id: int) -> View:
    lead = leads.get_lead(ctx(), lead_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        reason = request.form.get("reason") or None
        done, errors = attempt(lambda: lead_work.disqualify(ctx(), lead_id, reason=reason))
        if done:
            return go(f"/leads/{lead_id}", _("The lead is disqualified."))
    answer = page(
        "form_page.html", title=_("Disqualify the lead"), crumb=(f"/leads/{lead_id}", lead.name), inputs=REASON,
        values={}, errors=errors, back=f"/leads/{lead_id}", button=_("Disqualify"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/<int:lead_id>/opt-out")
def opt_out(lead_id: int) -> View:
    done = _("No more letters to this person; whatever would have written them has ended.")
    return act(f"/leads/{lead_id}", lambda: lead_work.update_lead(ctx(), lead_id, {"opted_out": True}), done)


@blueprint.post("/<int:lead_id>/link")
def link(lead_id: int) -> View:
    """The lead is a client that is known already."""
    kind = "account_id" if request.form.get("type") == "account" else "contact_id"
    known = {kind: request.form.get("id", type=int)}
    return act(
        f"/leads/{lead_id}", lambda: lead_work.update_lead(ctx(), lead_id, known), _("The lead knows its client.")
    )


@blueprint.post("/<int:lead_id>/delete")
def delete(lead_id: int) -> View:
    leads.delete_lead(ctx(), lead_id)
    return go("/leads", _("Deleted."))
