"""Campaigns: the list, the card with members and results, registration in one line, states for several at once."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request

from crm_model import campaign_members, campaign_results, campaigns, segments
from crm_model import mailings as planned
from kernel.i18n import N_
from kernel.paging import MAXIMUM_LIMIT, Page
from processes import campaigns as campaign_work
from task_ui import exporting, flashes, forms, words
from task_ui.card import tab_of, with_audit
from task_ui.forms import Input
from task_ui.screens import mailings
from task_ui.web import View, _, act, attempt, back, ctx, form_answer, go, only_for, page, paging, plural

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")

TABS = ("members", "audit")
MAILING_TABS = ("mailing", *TABS)
INPUTS = (
    Input("name", N_("Title"), required=True, wide=True),
    Input("kind", N_("Kind"), "select", required=True, group="campaign_kind"),
    Input("status", N_("State"), "select", required=True, group="campaign_status"),
    Input("starts_on", N_("First day"), "date"),
    Input("ends_on", N_("Last day"), "date"),
    Input("place", N_("Place or address on the web")),
    Input("product_id", N_("Product"), "product"),
    Input("budget", N_("Budget"), "money"),
    Input("cost", N_("Cost so far"), "money"),
    Input("owner_id", N_("Responsible"), "user"),
    Input("note", N_("Note"), "text", wide=True),
)
MEMBER = (
    Input("lead_id", N_("Lead"), "lead", wide=True),
    Input("contact_id", N_("or a contact"), "contact", wide=True),
    Input("state", N_("State"), "select", required=True, group="member_state"),
)
COLUMNS: exporting.Columns = (
    (N_("Full name"), lambda row: (row.lead or row.contact).name),
    (N_("Company"), lambda row: company_of(row)),
    (N_("Phone"), lambda row: row.lead.phone if row.lead else row.contact.phones),
    (N_("E-mail"), lambda row: row.lead.email if row.lead else row.contact.emails),
    (N_("State"), lambda row: words.label("member_state", row.state)),
)


def company_of(member: campaigns.CampaignMember) -> str:
    if member.lead is not None:
        return member.lead.company or ""
    return member.contact.account.name if member.contact is not None and member.contact.account else ""


@blueprint.get("")
def index() -> View:
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("q", "kind", "status")}
    found = campaigns.list_campaigns(ctx(), paging(), **asked)
    return page("marketing/campaigns.html", campaigns=found)


@blueprint.get("/<int:campaign_id>")
def card(campaign_id: int) -> View:
    context = ctx()
    campaign = campaigns.get_campaign(context, campaign_id)
    asked = {name: request.args.get(name) or None for name in ("state", "q")}
    if exporting.wanted(request.args):
        return exporting.answer(
            "members", lambda page: campaign_members.list_members(context, campaign_id, page, **asked), COLUMNS
        )
    return shown(campaign_id, tab_of(MAILING_TABS if campaign.kind == "mailing" else TABS))


def shown(
    campaign_id: int,
    tab: str,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> str:
    """With the plan of its mailing as typed, where that could not be kept."""
    context = ctx()
    campaign = campaigns.get_campaign(context, campaign_id)
    asked = {name: request.args.get(name) or None for name in ("state", "q")}
    values: dict[str, Any] = {"campaign": campaign, "tab": tab, "company_of": company_of}
    values["results"] = campaign_results.results_of(context, campaign_id)
    values["states"] = campaign_members.count_by_state(context, campaign_id)
    if tab == "mailing":
        values |= mailings.shown(campaign_id, typed, errors)
    elif tab == "members":
        values["members"] = campaign_members.list_members(context, campaign_id, paging(), **asked)
    else:
        values |= with_audit("campaign", campaign_id)
    return page("marketing/campaign.html", **values)


@blueprint.post("/<int:campaign_id>/mailing")
def plan_mailing(campaign_id: int) -> View:
    values = forms.read(mailings.inputs(), request.form)
    saved, errors = attempt(lambda: planned.plan_mailing(ctx(), campaign_id, values))
    if saved:
        return go(f"/campaigns/{campaign_id}", _("Saved."))
    return form_answer(shown(campaign_id, "mailing", values, errors), errors)


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(campaigns.create_campaign)
def new() -> View:
    values: dict[str, Any] = {"kind": request.args.get("kind"), "status": "planned"}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        made, errors = attempt(lambda: campaigns.create_campaign(ctx(), forms.given(values)))
        if made:
            return go(f"/campaigns/{made.id}", _("The campaign is made."))
    answer = page(
        "form_page.html", title=_("New campaign"), inputs=INPUTS, values=values, errors=errors, back=back(""),
        cancel="/campaigns", context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.route("/<int:campaign_id>/edit", methods=["GET", "POST"])
@only_for(campaigns.update_campaign)
def edit(campaign_id: int) -> View:
    campaign = campaigns.get_campaign(ctx(), campaign_id)
    values: dict[str, Any] = forms.filled(campaign, INPUTS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        version = request.form.get("version", type=int)
        saved, errors = attempt(lambda: campaigns.update_campaign(ctx(), campaign_id, {**values, "version": version}))
        if saved:
            return go(f"/campaigns/{campaign_id}", _("Saved."))
    answer = page(
        "form_page.html", title=_("Change the campaign"), crumb=(f"/campaigns/{campaign_id}", campaign.name),
        inputs=INPUTS, values=values, errors=errors, version=campaign.version, back=f"/campaigns/{campaign_id}",
        context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/<int:campaign_id>/delete")
def delete(campaign_id: int) -> View:
    _nothing, errors = attempt(lambda: campaigns.delete_campaign(ctx(), campaign_id))
    if errors:
        flashes.tell("error", text=" ".join(text for texts in errors.values() for text in texts))
        return go(f"/campaigns/{campaign_id}")
    return go("/campaigns", _("Deleted."))


@blueprint.post("/<int:campaign_id>/register")
def register(campaign_id: int) -> View:
    """One line becomes a registration, and a lead where nobody like this is known."""
    line, state = request.form.get("line", ""), request.form.get("state") or None
    lead, errors = attempt(lambda: campaign_work.register(ctx(), campaign_id, line, state=state))
    if lead:
        said = _("Registered: %(name)s.", name=lead.name)
        return go(f"/campaigns/{campaign_id}", said, link=(f"/leads/{lead.id}", _("Open")))
    why = " ".join(text for texts in errors.values() for text in texts)
    flashes.tell("error", text=_("Write at least a name: %(why)s", why=why))
    return go(f"/campaigns/{campaign_id}")


@blueprint.route("/<int:campaign_id>/members/new", methods=["GET", "POST"])
@only_for(campaign_members.add_member)
def add_member(campaign_id: int) -> View:
    campaign = campaigns.get_campaign(ctx(), campaign_id)
    values: dict[str, Any] = {"state": "invited"}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(MEMBER, request.form)
        made, errors = attempt(lambda: campaign_members.add_member(ctx(), campaign_id, forms.given(values)))
        if made:
            return go(f"/campaigns/{campaign_id}", _("Added to the campaign."))
    answer = page(
        "form_page.html", title=_("Add to the campaign"), crumb=(f"/campaigns/{campaign_id}", campaign.name),
        inputs=MEMBER, values=values, errors=errors, back=f"/campaigns/{campaign_id}", button=_("Add"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.route("/<int:campaign_id>/invite", methods=["GET", "POST"])
@only_for(segments.invite)
def invite(campaign_id: int) -> View:
    """Everybody in a segment becomes a member."""
    campaign = campaigns.get_campaign(ctx(), campaign_id)
    found = segments.list_segments(ctx(), Page(MAXIMUM_LIMIT)).items
    options = tuple((str(one.id), one.name) for one in found)
    asked = (Input("segment_id", N_("Segment"), "select", required=True, wide=True, options=options),)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        chosen = request.form.get("segment_id", type=int) or 0
        count, errors = attempt(lambda: segments.invite(ctx(), campaign_id, chosen))
        if count is not None:
            said = plural("%(count)d person is in the campaign.", "%(count)d people are in the campaign.", count)
            return go(f"/campaigns/{campaign_id}?tab=members", said)
    answer = page(
        "form_page.html", title=_("Invite a segment"), crumb=(f"/campaigns/{campaign_id}", campaign.name), inputs=asked,
        values={}, errors=errors, back=f"/campaigns/{campaign_id}", button=_("Invite"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/<int:campaign_id>/members/state")
def set_states(campaign_id: int) -> View:
    chosen, state = request.form.getlist("member", type=int), request.form.get("state") or ""

    def told(count: int) -> str:
        return plural("%(count)d person: %(state)s.", "%(count)d people: %(state)s.", count, state=named)

    named = words.label("member_state", state).lower()
    way = back(f"/campaigns/{campaign_id}")
    return act(way, lambda: campaign_members.set_states(ctx(), campaign_id, chosen, state), told)


@blueprint.post("/<int:campaign_id>/members/<int:member_id>/remove")
def remove_member(campaign_id: int, member_id: int) -> View:
    done = _("Taken out of the campaign.")
    way = back(f"/campaigns/{campaign_id}")
    return act(way, lambda: campaign_members.remove_member(ctx(), campaign_id, member_id), done)
