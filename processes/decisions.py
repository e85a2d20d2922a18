"""Decisions: look at what is deployed, try it on sample input, and see why a process decided as it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bpmn.decisions import DecisionError, Requirements
from bpmn.decisions.model import Decision
from bpmn.expressions import ExpressionError
from engine import decisions
from engine.tables import DecisionEvaluationRow, DecisionRow
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import instances, presenting, replaying
from processes.design_views import DecisionTableView, DecisionView, EvaluationView
from processes.versions import get_version, newest_versions, only_newest, page_of_versions

NOT_EVALUATED = N_("The decision could not be evaluated with this input.")


def views(context: Context, rows: Sequence[DecisionRow]) -> list[DecisionView]:
    session = context.session
    people = presenting.people(session, [row.created_by for row in rows])
    newest = newest_versions(session, DecisionRow, [row.key for row in rows])
    return [
        DecisionView(
            id=row.id,
            key=row.key,
            version=row.version,
            name=row.titles.get(context.actor.language) or row.name,
            state=row.state,
            resource=row.resource,
            created_at=row.created_at,
            created_by=people.get(row.created_by or 0),
            latest=newest.get(row.key) == row.version,
        )
        for row in rows
    ]


def newest_of(context: Context, keys: Sequence[str]) -> list[DecisionRow]:
    """The newest version of each key, as an upload has just made them."""
    query = only_newest(select(DecisionRow).where(DecisionRow.key.in_(keys)), DecisionRow)
    return list(context.session.scalars(query.order_by(DecisionRow.key)))


@use_case("definitions.read")
def list_decisions(
    context: Context, page: Page, *, key: str | None = None, latest: bool = False
) -> Slice[DecisionView]:
    """By key, the newest version first; `latest` keeps one version a key."""
    query = select(DecisionRow)
    if key is not None:
        query = query.where(DecisionRow.key == key)
    if latest:
        query = only_newest(query, DecisionRow)
    found = page_of_versions(context.session, query, DecisionRow, page)
    return Slice(views(context, found.items), found.next)


@use_case("definitions.read")
def get_decision(context: Context, decision_id: int) -> DecisionView:
    return views(context, [get_version(context.session, DecisionRow, decision_id)])[0]


@use_case("definitions.read")
def get_xml(context: Context, decision_id: int) -> bytes:
    """The file byte for byte as it was uploaded."""
    return get_version(context.session, DecisionRow, decision_id, with_xml=True).xml


@use_case("definitions.read")
def decision_table(context: Context, decision_id: int) -> DecisionTableView:
    """What the decision says, cell by cell, with the names it reads."""
    row = get_version(context.session, DecisionRow, decision_id)
    return table_of(decisions.load(context.session, row.id).requirements, row.key)


def table_of(requirements: Requirements, key: str) -> DecisionTableView:
    decision = requirements.decisions[key]
    needed = [requirements.decisions[required] for required in decision.requires]
    return DecisionTableView(decision, tuple(_read_by(decision, requirements.decisions)), tuple(needed))


@use_case("definitions.read")
def evaluate(context: Context, decision_id: int, *, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Tries a decision on sample input: its result, and which rules matched in it and in what it requires."""
    row = get_version(context.session, DecisionRow, decision_id)
    return outcome_of(context, decisions.load(context.session, row.id).requirements, row.key, variables)


def outcome_of(context: Context, requirements: Requirements, key: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    try:
        outcome = requirements.evaluate(key, {"now": context.now(), **variables})
        told = [evaluation.to_json() for evaluation in outcome.evaluations]
    except (DecisionError, ExpressionError) as error:
        said = error.in_language(context.actor.language)
        raise ValidationFailed({"variables": [said]}, "decision_failed", NOT_EVALUATED) from error
    return {"result": told[-1]["result"], "evaluations": told}


@use_case("definitions.deploy")
def publish(context: Context, decision_id: int, *, despite: str | None = None) -> DecisionView:
    """A version that was uploaded as a draft decides from now on, with those that came in the same upload.

    `despite` is the reason to publish although scenarios of processes that use them go differently.
    """
    row = get_version(context.session, DecisionRow, decision_id)
    decided = decisions.drafts_of(context.session, row.deployment_id)
    with savepoint(context.session):
        decisions.publish_with(context.session, row.deployment_id)
        replaying.admit(context, [], decided=decided, despite=despite)
    return views(context, [row])[0]


@use_case("instances.read")
def list_evaluations(context: Context, instance_id: int, page: Page) -> Slice[EvaluationView]:
    """Every decision of an instance in order: what it saw, which rules matched, what it gave."""
    instances.get_instance(context, instance_id)
    query = select(DecisionEvaluationRow).where(DecisionEvaluationRow.instance_id == instance_id)
    if page.after is not None:
        (after,) = page.key(int)
        query = query.where(DecisionEvaluationRow.id > after)
    rows = context.session.scalars(query.order_by(DecisionEvaluationRow.id).limit(page.limit + 1)).all()
    found = slice_of(rows, page, lambda row: [row.id])
    shown = [
        EvaluationView(row.id, row.element_id, row.at, row.decision_id, row.decision_key, tuple(row.evaluations))
        for row in found.items
    ]
    return Slice(shown, found.next)


def _read_by(decision: Decision, known: Mapping[str, Decision]) -> list[str]:
    """The input expressions of the decision and of what it requires, in the order of the table."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [decision]
    while waiting:
        each = waiting.pop(0)
        if each.id in seen:
            continue
        seen.add(each.id)
        found.update({column.expression: None for column in (each.table.inputs if each.table is not None else ())})
        waiting += [known[key] for key in each.requires]
    given = {known[key].variable for key in seen} | seen
    return [name for name in found if name not in given]
