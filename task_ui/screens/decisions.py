"""Decision tables: the list, one as a table, and trying it on sample input."""

from typing import Any

from flask import Blueprint, Response, g, request

from kernel.db import savepoint
from kernel.errors import ValidationFailed
from kernel.paging import Page
from kernel.permissions import may
from processes import decisions, drafts
from processes.design_views import DecisionTableView
from processes.draft_table import DECISION
from task_ui import sampling, scenario_words
from task_ui.web import View, _, ctx, go, page, paging

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")

SAMPLE = "v."


@blueprint.get("")
def index() -> View:
    context = ctx()
    drawn = drafts.list_drafts(context, kind=DECISION) if may(context, "definitions.draft") else []
    return page("decisions/list.html", decisions=decisions.list_decisions(context, paging(), latest=True), drafts=drawn)


@blueprint.get("/<int:decision_id>")
def card(decision_id: int) -> View:
    """The decision; with sample input in the address also what it decides and by which rules."""
    return _card(decision_id, [])


def _card(decision_id: int, held_back: list[dict[str, str]]) -> str:
    """`held_back` are the scenarios that keep it from being published."""
    context = ctx()
    decision = decisions.get_decision(context, decision_id)
    view = decisions.decision_table(context, decision_id)
    given = {name.removeprefix(SAMPLE): text for name, text in request.args.items() if name.startswith(SAMPLE)}
    outcome, problem = _tried(decision_id, view, given)
    return page(
        "decisions/decision.html",
        decision=decision,
        table=view.decision.table,
        literal=view.decision.literal,
        requires=view.requires,
        reads=view.reads,
        labels={column.expression: column.title(g.language) for column in sampling.columns(view)},
        versions=decisions.list_decisions(context, Page(100), key=decision.key).items,
        given=given,
        outcome=outcome,
        problem=problem,
        matched={rule["rule"] for rule in outcome["evaluations"][-1]["rules"]} if outcome else set(),
        held_back=held_back,
    )


@blueprint.post("/<int:decision_id>/publish")
def publish(decision_id: int) -> View:
    try:
        with savepoint(ctx().session):
            decisions.publish(ctx(), decision_id, despite=request.form.get("despite"))
    except ValidationFailed as error:
        if error.code != "scenarios_broken":
            raise
        return _card(decision_id, scenario_words.held_back(error.details["scenarios"])), 422
    return go(f"/decisions/{decision_id}", _("The decision is published: processes decide by it from now on."))


@blueprint.get("/<int:decision_id>/decision.dmn")
def xml(decision_id: int) -> View:
    decision = decisions.get_decision(ctx(), decision_id)
    answer = Response(decisions.get_xml(ctx(), decision_id), mimetype="application/xml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{decision.key}-{decision.version}.dmn")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _tried(decision_id: int, view: DecisionTableView, given: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    """What the decision gives for the sample, or why it gives nothing."""
    if not given:
        return None, ""
    try:
        return decisions.evaluate(ctx(), decision_id, variables=sampling.sample(view, given)), ""
    except ValidationFailed as error:
        return None, " ".join(text for texts in error.fields_in(ctx().actor.language).values() for text in texts)
