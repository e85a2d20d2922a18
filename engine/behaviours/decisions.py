"""Business rule tasks: a decision is evaluated in the step, and its result becomes variables."""

from typing import Any

from bpmn.decisions import DecisionError, Outcome
from bpmn.expressions import ExpressionError, to_json_value
from bpmn.model import Node
from engine.runtime import Run
from engine.state import Token
from kernel.i18n import N_

NOT_PUBLISHED = N_("The decision “%(key)s” is not published in the version that this step calls.")
ONE_ENTRY = N_("“%(decision)s” gave %(count)s results, where this step takes one value.")
ONE_RESULT = N_("“%(decision)s” gave %(count)s results, where this step takes one.")
ONE_COLUMN = N_("“%(decision)s” gave several outputs, where this step collects single values.")
UNFIT = N_("“%(decision)s” cannot be calculated: %(reason)s")
SINGLE_ENTRY, SINGLE_RESULT, COLLECT_ENTRIES, RESULT_LIST = (
    "singleEntry", "singleResult", "collectEntries", "resultList",
)  # fmt: skip


def evaluate(run: Run, token: Token, node: Node) -> None:
    """What cannot be evaluated is an incident that tells decision, rule and input."""
    try:
        outcome = run.host.decide(run, token, node)
        if outcome is None:
            run.trouble(token, "decision_not_published", NOT_PUBLISHED, key=node.extension.decision or "")
            return
        values = {name: to_json_value(value) for name, value in variables_of(outcome, node).items()}
    except DecisionError as error:
        run.trouble(token, "decision_failed", error.message, **error.params)
        return
    except ExpressionError as error:
        key = node.extension.decision or ""
        run.trouble(token, "decision_failed", UNFIT, decision=key, reason=error.in_language)
        return
    run.begin(token)
    run.set_variables(values, token.scope)
    run.leave(token)


def variables_of(outcome: Outcome, node: Node) -> dict[str, Any]:
    """The result under the name the diagram gives it; without one, every output under its own."""
    key = node.extension.decision or ""
    if node.extension.result_variable is not None:
        return {node.extension.result_variable: mapped(outcome, node.extension.decision_result)}
    if isinstance(outcome.value, list) and node.extension.decision_result is None:
        return {key: outcome.value}
    value = mapped(outcome, node.extension.decision_result)
    if isinstance(value, dict):
        return {name or key: each for name, each in value.items()}
    row = outcome.results[0] if len(outcome.results) == 1 else {}
    name = next(iter(row), "") if len(row) == 1 else ""
    return {name or key: value}


def mapped(outcome: Outcome, how: str | None) -> Any:
    """The result in the shape a vendor's mapDecisionResult names; as DMN says it without one."""
    rows, decision = outcome.results, outcome.evaluations[-1].decision.title
    if how == RESULT_LIST:
        return list(rows)
    if how == COLLECT_ENTRIES:
        if any(len(row) != 1 for row in rows):
            raise DecisionError(ONE_COLUMN, decision=decision)
        return [next(iter(row.values())) for row in rows]
    if how in (SINGLE_ENTRY, SINGLE_RESULT) and len(rows) > 1:
        raise DecisionError(ONE_ENTRY if how == SINGLE_ENTRY else ONE_RESULT, decision=decision, count=len(rows))
    if how == SINGLE_RESULT:
        return rows[0] if rows else None
    if how == SINGLE_ENTRY:
        row = rows[0] if rows else {}
        if len(row) > 1:
            raise DecisionError(ONE_ENTRY, decision=decision, count=len(row))
        return next(iter(row.values()), None)
    return outcome.value
