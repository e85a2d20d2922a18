"""Moving a deal to another stage: the process is asked first, and says what it would cancel, make and miss."""

from typing import Any

from flask import Blueprint, current_app, g, request

from crm_model import competitors, deals
from kernel.context import Context
from kernel.errors import AppError
from kernel.i18n import N_
from kernel.paging import Page
from processes import sales
from processes.deal_views import StagePreview
from task_ui import forms, pickers, words
from task_ui.forms import Input
from task_ui.web import View, _, attempt, back, ctx, form_answer, go, json_answer, only_for, page

blueprint = Blueprint("stages", __name__, url_prefix="/deals/<int:deal_id>")

REASON = Input("reason", N_("Why"), "string", wide=True)
REOPEN = (
    Input("stage", N_("Stage"), "select", required=True, group="open_stage"),
    Input("reason", N_("Why"), "text", required=True, wide=True),
)


@blueprint.get("/stages")
def allowed(deal_id: int) -> View:
    """Which stages would take the deal, for the board while a tile is dragged."""
    marks = sales.deal_process(ctx(), deal_id).stages
    return json_answer(
        {"stages": [{"code": mark.code, "allowed": mark.allowed, "reason": mark.reason} for mark in marks]}
    )


@blueprint.route("/stage", methods=["GET", "POST"])
@only_for(sales.change_stage)
def change(deal_id: int) -> View:
    deal = deals.get_deal(ctx(), deal_id)
    stage = request.values.get("stage") or ""
    inputs = _inputs(deal_id, stage)
    values = forms.read(inputs, request.form) if request.method == "POST" else {}
    errors: dict[str, list[str]] = {}
    if request.method == "POST" and stage and not request.form.get("look"):
        moved, errors = attempt(lambda: sales.change_stage(ctx(), deal_id, stage=stage, **forms.given(values)))
        if moved:
            return go(
                back(f"/deals/{deal_id}"), _("The deal is now at “%(stage)s”.", stage=words.label("stage", moved.stage))
            )
    preview, refused = _preview(deal_id, stage, forms.given(values)) if stage else (None, None)
    answer = page(
        "deals/stage.html", deal=deal, stage=stage, inputs=inputs, values=values, errors=errors, preview=preview,
        refused=refused, stages=sales.deal_process(ctx(), deal_id).stages, back=back(f"/deals/{deal_id}"),
    )  # fmt: skip
    return form_answer(answer, errors)


def _preview(deal_id: int, stage: str, values: dict[str, Any]) -> tuple[StagePreview | None, str | None]:
    """Tried in a transaction of its own that is undone: the request's only reads, and a preview really moves the deal."""
    context = ctx()
    try:
        with current_app.extensions["database"].transaction() as session:
            trial = Context(session, context.actor, context.clock)
            return sales.preview_stage(trial, deal_id, stage=stage, **values), None
    except AppError as error:
        return None, error.in_language(g.language)


def _inputs(deal_id: int, stage: str) -> tuple[Input, ...]:
    if stage == "lost":
        rivals = tuple((str(row.id), row.name) for row in competitors.list_competitors(ctx(), deal_id, Page(100)).items)
        return (
            Input("close_reason", N_("Why it is lost"), "select", required=True, group="close_reason", wide=True),
            Input("winner_competitor_id", N_("Competitor who won"), "competitor", options=rivals, wide=True,
                  hint=N_("Needed when a competitor won. Add competitors on the deal's page.")),
            REASON,
        )  # fmt: skip
    if stage == "rerouted":
        known = tuple((key, name) for key, name, _more in pickers.PICKERS["process"].find(ctx(), None, {}))
        return (
            Input("reroute_to", N_("Process to go on with"), "select", required=True, options=known, wide=True),
            REASON,
        )
    return (REASON,)


@blueprint.route("/reopen", methods=["GET", "POST"])
@only_for(sales.reopen_deal)
def reopen(deal_id: int) -> View:
    deal = deals.get_deal(ctx(), deal_id)
    values: dict[str, Any] = {"stage": "needs"}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(REOPEN, request.form)
        done, errors = attempt(
            lambda: sales.reopen_deal(ctx(), deal_id, stage=values["stage"] or "", reason=values["reason"] or "")
        )
        if done:
            return go(f"/deals/{deal_id}", _("The deal is open again."))
    answer = page(
        "form_page.html", title=_("Reopen the deal"), crumb=(f"/deals/{deal_id}", deal.title), inputs=REOPEN, values=values,
        errors=errors, back=f"/deals/{deal_id}", button=_("Reopen"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)
