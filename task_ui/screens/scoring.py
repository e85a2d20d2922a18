"""Scoring: the cards, a card with its rules edited in place, what a change would do, its history, and cold leads."""

from datetime import datetime
from typing import Any

from flask import Blueprint, g, request

from crm_model.scoring import cards, preview, reactivation, reading
from crm_model.scoring.entities import ScoreCard, ScoreRule
from crm_model.scoring.preview import Effect
from kernel.i18n import N_
from kernel.paging import Page
from processes import scoring
from task_ui import forms, score_words
from task_ui.card import tab_of
from task_ui.forms import Input
from task_ui.score_forms import RULE, condition_inputs, condition_of, values_of
from task_ui.web import View, _, act, attempt, ctx, form_answer, go, only_for, page, paging, plural

blueprint = Blueprint("scoring", __name__, url_prefix="/scoring")

TABS = ("rules", "history")
ALL_CARDS = Page(200)
THRESHOLDS = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("sql_from", N_("SQL from"), "integer", required=True, hint=N_("Five stars: sales calls at once.")),
    Input("high_mql_from", N_("High MQL from"), "integer", required=True, hint=N_("Three stars: worth a call.")),
    Input("cold_up_to", N_("Cold up to"), "integer", required=True, hint=N_("On the list for reactivation.")),
)
ACTIVE = Input("active", N_("Leads of the product are counted by this card"), "boolean", wide=True)
NEW = (
    Input("product_id", N_("Product"), "product", required=True),
    *THRESHOLDS,
)
CALL = (
    Input("subject", N_("What to do"), required=True, wide=True),
    Input("due", N_("Due"), "datetime"),
)


@blueprint.get("")
def index() -> View:
    """Every card, and the way to the leads that have gone cold."""
    found = cards.list_cards(ctx(), ALL_CARDS)
    runs = {card.id: scoring.find_run(ctx(), card.id) for card in found.items}
    return page("scoring/list.html", cards=found, runs=runs, cold=reactivation.count_cold(ctx()))


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(scoring.create_card)
def new() -> View:
    values: dict[str, Any] = {"sql_from": 100, "high_mql_from": 60, "cold_up_to": 10}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(NEW, request.form)
        made, errors = attempt(lambda: scoring.create_card(ctx(), forms.given(values)))
        if made:
            return go(f"/scoring/{made.id}", _("The card is made. Add its rules."))
    answer = page(
        "form_page.html", title=_("New score card"), crumb=("/scoring", _("Scoring")), inputs=NEW, values=values,
        errors=errors, back="/scoring", cancel="/scoring", context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.get("/<int:card_id>")
def card(card_id: int) -> View:
    """`?rule=7` opens a rule to be changed, `?new=touch` a new one of that kind."""
    found = cards.get_card(ctx(), card_id)
    rule = next((one for one in found.rules if one.id == request.args.get("rule", type=int)), None)
    kind = request.args.get("new")
    if rule is not None:
        return _card(found, kind=rule.kind, rule=rule, values=values_of(rule))
    return _card(found, kind=kind if kind in score_words.KINDS else None)


@blueprint.post("/<int:card_id>")
def change(card_id: int) -> View:
    found = cards.get_card(ctx(), card_id)
    inputs = THRESHOLDS if found.is_default else (*THRESHOLDS, ACTIVE)
    values = {**forms.read(inputs, request.form), "version": request.form.get("version", type=int)}
    saved, errors = attempt(lambda: scoring.update_card(ctx(), card_id, values))
    if saved:
        return go(f"/scoring/{card_id}", _("Saved. All leads of the card are being counted anew."))
    return form_answer(_card(found, card_values=values, card_errors=errors), errors)


@blueprint.post("/<int:card_id>/delete")
def delete(card_id: int) -> View:
    done = _("The card is deleted; its leads are counted by the default card.")
    return act("/scoring", lambda: scoring.delete_card(ctx(), card_id), done)


@blueprint.post("/<int:card_id>/rules")
def add_rule(card_id: int) -> View:
    return _save(card_id, None)


@blueprint.post("/<int:card_id>/rules/<int:rule_id>")
def change_rule(card_id: int, rule_id: int) -> View:
    return _save(card_id, rule_id)


@blueprint.post("/<int:card_id>/rules/<int:rule_id>/switch")
def switch_rule(card_id: int, rule_id: int) -> View:
    active = request.form.get("active") == "1"
    done = _("The rule counts again.") if active else _("The rule is switched off; its points are taken back.")
    return act(f"/scoring/{card_id}", lambda: scoring.update_rule(ctx(), card_id, rule_id, {"active": active}), done)


@blueprint.post("/<int:card_id>/rules/<int:rule_id>/delete")
def delete_rule(card_id: int, rule_id: int) -> View:
    done = _("The rule is deleted. The history of the card can bring it back.")
    return act(f"/scoring/{card_id}", lambda: scoring.delete_rule(ctx(), card_id, rule_id), done)


@blueprint.post("/<int:card_id>/rescore")
def rescore(card_id: int) -> View:
    scoring.rescore_card(ctx(), card_id)
    return go(f"/scoring/{card_id}")


@blueprint.post("/<int:card_id>/versions/<int:version_id>/restore")
def restore(card_id: int, version_id: int) -> View:
    done = _("The card is as it was. All of its leads are being counted anew.")
    return act(f"/scoring/{card_id}", lambda: scoring.restore_version(ctx(), card_id, version_id), done)


@blueprint.get("/reactivation")
def cold() -> View:
    return _cold({}, {"subject": _("Bring the interest back: ask what has changed")})


@blueprint.post("/reactivation")
def plan() -> View:
    """A call for each lead that was ticked."""
    ids = [int(number) for number in request.form.getlist("lead_ids") if number.isdigit()]
    values = forms.read(CALL, request.form)
    due = datetime.fromisoformat(values["due"]) if values["due"] else None
    made, errors = attempt(lambda: reactivation.plan_calls(ctx(), ids, subject=values["subject"] or "", due=due))
    if made is not None and not errors:
        return go(
            "/scoring/reactivation", plural("%(count)s call is planned.", "%(count)s calls are planned.", len(made))
        )
    return form_answer(_cold(errors, values), errors)


def _save(card_id: int, rule_id: int | None) -> View:
    """With `look`, only what the change would do; else it is done."""
    found = cards.get_card(ctx(), card_id)
    rule = cards.get_rule(ctx(), card_id, rule_id) if rule_id is not None else None
    kind = rule.kind if rule else request.form.get("kind", "")
    if kind not in score_words.KINDS:
        return go(f"/scoring/{card_id}")
    shown = forms.read((*condition_inputs(kind), *RULE), request.form)
    wanted = {"points": shown["points"], "valid_days": shown["valid_days"], "condition": condition_of(kind, shown)}
    if rule is None:
        wanted["kind"] = kind
    if request.form.get("look"):
        effect, errors = attempt(lambda: preview.preview_rule(ctx(), card_id, wanted, rule_id=rule_id))
        answer = _card(found, kind=kind, rule=rule, values=shown, errors=score_words.placed(errors), effect=effect)
        return form_answer(answer, errors)
    if rule is None:
        saved, errors = attempt(lambda: scoring.create_rule(ctx(), card_id, wanted))
    else:
        saved, errors = attempt(lambda: scoring.update_rule(ctx(), card_id, rule.id, wanted))
    if saved:
        return go(f"/scoring/{card_id}", _("Saved. All leads of the card are being counted anew."))
    return form_answer(_card(found, kind=kind, rule=rule, values=shown, errors=score_words.placed(errors)), errors)


def _card(
    found: ScoreCard,
    *,
    kind: str | None = None,
    rule: ScoreRule | None = None,
    values: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
    effect: Effect | None = None,
    card_values: dict[str, Any] | None = None,
    card_errors: dict[str, list[str]] | None = None,
) -> str:
    tab = tab_of(TABS)
    return page(
        "scoring/card.html",
        card=found,
        tab=tab,
        groups=score_words.grouped(found.rules),
        kinds=score_words.offered(),
        said={one.id: reading.say(one, g.language) for one in found.rules},
        say=lambda row: score_words.said(row, g.language),
        run=scoring.find_run(ctx(), found.id),
        kind=kind,
        rule=rule,
        inputs=(*condition_inputs(kind), *RULE) if kind else (),
        values=values or {},
        errors=errors or {},
        effect=effect,
        thresholds=THRESHOLDS if found.is_default else (*THRESHOLDS, ACTIVE),
        card_values=card_values or forms.filled(found, (*THRESHOLDS, ACTIVE)),
        card_errors=card_errors or {},
        versions=scoring.list_versions(ctx(), found.id, paging(30)) if tab == "history" else None,
    )


def _cold(errors: dict[str, list[str]], values: dict[str, Any]) -> str:
    return page(
        "scoring/reactivation.html", leads=reactivation.list_cold(ctx(), paging(50)), count=reactivation.count_cold(ctx()),
        inputs=CALL, values=values, errors=errors, chosen=request.form.getlist("lead_ids"),
    )  # fmt: skip
