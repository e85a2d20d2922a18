"""Decision tables: the list, one as a table, and trying it on sample input."""

from typing import Any

from flask import Blueprint, Response, request

from kernel.errors import ValidationFailed
from kernel.paging import Page
from processes import decisions
from processes.design_views import DecisionTableView
from task_ui.web import View, ctx, page, paging

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")

SAMPLE = "v."
TRUE, FALSE = frozenset({"true", "yes", "да", "1"}), frozenset({"false", "no", "нет", "0"})


@blueprint.get("")
def index() -> View:
    return page("decisions/list.html", decisions=decisions.list_decisions(ctx(), paging(), latest=True))


@blueprint.get("/<int:decision_id>")
def card(decision_id: int) -> View:
    """The decision; with sample input in the address also what it decides and by which rules."""
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
        labels={column.expression: column.label for column in _columns(view) if column.label},
        versions=decisions.list_decisions(context, Page(100), key=decision.key).items,
        given=given,
        outcome=outcome,
        problem=problem,
        matched={rule["rule"] for rule in outcome["evaluations"][-1]["rules"]} if outcome else set(),
    )


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
        return decisions.evaluate(ctx(), decision_id, variables=_sample(view, given)), ""
    except ValidationFailed as error:
        return None, " ".join(text for texts in error.fields_in(ctx().actor.language).values() for text in texts)


def _columns(view: DecisionTableView) -> list[Any]:
    """The input columns of the decision and of what it requires."""
    asked = (view.decision, *view.requires)
    return [column for decision in asked if decision.table for column in decision.table.inputs]


def _sample(view: DecisionTableView, given: dict[str, str]) -> dict[str, Any]:
    """The texts as values of the columns' types; a name with dots is a record inside a record."""
    kinds = {column.expression: column.kind for column in _columns(view)}
    sample: dict[str, Any] = {}
    for name, text in given.items():
        *path, last = name.split(".")
        holder = sample
        for part in path:
            inner = holder.setdefault(part, {})
            holder = inner if isinstance(inner, dict) else {}
        holder[last] = _value(text.strip(), kinds.get(name))
    return sample


def _value(text: str, kind: str | None) -> Any:
    if not text:
        return None
    if kind in ("number", "integer", None):
        try:
            return float(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
        except ValueError:
            return text
    if kind == "boolean" and text.casefold() in TRUE | FALSE:
        return text.casefold() in TRUE
    return text
