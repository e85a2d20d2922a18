"""What belongs to a deal: participants, competitors and products, each added and changed in a dialog."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from crm_model import competitors, deals, line_items, participants
from kernel.i18n import N_
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, attempt, ctx, form_answer, go, page

blueprint = Blueprint("deal_parts", __name__, url_prefix="/deals/<int:deal_id>")

PARTICIPANT = (
    Input("contact_id", N_("Contact"), "contact", required=True, wide=True),
    Input("role", N_("Role"), "select", required=True, group="participant_role"),
    Input("influence", N_("Influence"), "select", group="influence"),
    Input("loyalty", N_("Loyalty"), "select", group="loyalty"),
    Input("motives", N_("Motives"), "text", wide=True),
)
COMPETITOR = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("strengths", N_("Strengths"), "text", wide=True),
    Input("weaknesses", N_("Weaknesses"), "text", wide=True),
    Input("is_winner", N_("Has won this deal"), "boolean"),
)
LINE = (
    Input("product_id", N_("Product"), "product", wide=True),
    Input("name", N_("Name in the offer"), hint=N_("Empty: the name of the product."), wide=True),
    Input("quantity", N_("Quantity"), "money"),
    Input("price", N_("Price"), "money", hint=N_("Empty: the price of the product.")),
    Input("discount", N_("Discount, %"), "money"),
    Input("vat", N_("VAT, %"), "money"),
)


def _form(
    deal_id: int,
    tab: str,
    title: str,
    inputs: tuple[Input, ...],
    values: dict[str, Any],
    save: Callable[[dict[str, Any]], Any],
) -> View:
    deal = deals.get_deal(ctx(), deal_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(inputs, request.form)
        saved, errors = attempt(lambda: save(values))
        if saved:
            return go(f"/deals/{deal_id}?tab={tab}", _("Saved."))
    answer = page(
        "form_page.html", title=title, crumb=(f"/deals/{deal_id}", deal.title), inputs=inputs, values=values, errors=errors,
        back=f"/deals/{deal_id}?tab={tab}", context={"account": deal.account_id},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.route("/participants/new", methods=["GET", "POST"])
def add_participant(deal_id: int) -> View:
    def save(values: dict[str, Any]) -> Any:
        return participants.create_participant(ctx(), deal_id, forms.given(values))

    return _form(deal_id, "participants", _("Add a participant"), PARTICIPANT, {"role": "decision_maker"}, save)


@blueprint.route("/participants/<int:row_id>", methods=["GET", "POST"])
def change_participant(deal_id: int, row_id: int) -> View:
    inputs = PARTICIPANT[1:]
    values = forms.filled(participants.get_participant(ctx(), deal_id, row_id), inputs)

    def save(values: dict[str, Any]) -> Any:
        return participants.update_participant(ctx(), deal_id, row_id, values)

    return _form(deal_id, "participants", _("Change the participant"), inputs, values, save)


@blueprint.post("/participants/<int:row_id>/delete")
def drop_participant(deal_id: int, row_id: int) -> View:
    participants.delete_participant(ctx(), deal_id, row_id)
    return go(f"/deals/{deal_id}?tab=participants", _("Removed."))


@blueprint.route("/competitors/new", methods=["GET", "POST"])
def add_competitor(deal_id: int) -> View:
    def save(values: dict[str, Any]) -> Any:
        return competitors.create_competitor(ctx(), deal_id, forms.given(values))

    return _form(deal_id, "competitors", _("Add a competitor"), COMPETITOR, {}, save)


@blueprint.route("/competitors/<int:row_id>", methods=["GET", "POST"])
def change_competitor(deal_id: int, row_id: int) -> View:
    values = forms.filled(competitors.get_competitor(ctx(), deal_id, row_id), COMPETITOR)

    def save(values: dict[str, Any]) -> Any:
        return competitors.update_competitor(ctx(), deal_id, row_id, values)

    return _form(deal_id, "competitors", _("Change the competitor"), COMPETITOR, values, save)


@blueprint.post("/competitors/<int:row_id>/delete")
def drop_competitor(deal_id: int, row_id: int) -> View:
    competitors.delete_competitor(ctx(), deal_id, row_id)
    return go(f"/deals/{deal_id}?tab=competitors", _("Removed."))


@blueprint.route("/products/new", methods=["GET", "POST"])
def add_line(deal_id: int) -> View:
    def save(values: dict[str, Any]) -> Any:
        return line_items.create_line_item(ctx(), deal_id, forms.given(values))

    return _form(deal_id, "products", _("Add a product"), LINE, {"quantity": 1}, save)


@blueprint.route("/products/<int:row_id>", methods=["GET", "POST"])
def change_line(deal_id: int, row_id: int) -> View:
    values = forms.filled(line_items.get_line_item(ctx(), deal_id, row_id), LINE)

    def save(values: dict[str, Any]) -> Any:
        return line_items.update_line_item(ctx(), deal_id, row_id, values)

    return _form(deal_id, "products", _("Change the product"), LINE, values, save)


@blueprint.post("/products/<int:row_id>/delete")
def drop_line(deal_id: int, row_id: int) -> View:
    line_items.delete_line_item(ctx(), deal_id, row_id)
    return go(f"/deals/{deal_id}?tab=products", _("Removed."))
