"""Decisions: look at what is deployed, try it on sample input, and see why a process decided as it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, undefer

from bpmn.decisions import DecisionError
from bpmn.decisions.model import Decision
from bpmn.expressions import ExpressionError
from engine import decisions
from engine.tables import DecisionEvaluationRow, DecisionRow
from kernel.context import Context
from kernel.errors import NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import instances, presenting
from processes.views import DecisionTableView, DecisionView, EvaluationView

NOT_EVALUATED = N_("The decision could not be evaluated with this input.")


def views(context: Context, rows: Sequence[DecisionRow]) -> list[DecisionView]:
    session = context.session
    people = presenting.people(session, [row.created_by for row in rows])
    newest = dict(
        session.execute(
            select(DecisionRow.key, func.max(DecisionRow.version))
            .where(DecisionRow.key.in_([row.key for row in rows]))
            .group_by(DecisionRow.key)
        ).all()
    )
    return [
        DecisionView(
            id=row.id,
            key=row.key,
            version=row.version,
            name=row.name,
            state=row.state,
            resource=row.resource,
            created_at=row.created_at,
            created_by=people.get(row.created_by or 0),
            latest=newest.get(row.key) == row.version,
        )
        for row in rows
    ]


def newest_of(context: Context, keys: Sequence[str]) -> list[DecisionView]:
    """The newest version of each key, as an upload has just made them."""
    other = aliased(DecisionRow)
    newest = select(func.max(other.version)).where(other.key == DecisionRow.key).scalar_subquery()
    query = select(DecisionRow).where(DecisionRow.key.in_(keys), DecisionRow.version == newest)
    return views(context, context.session.scalars(query.order_by(DecisionRow.key)).all())


@use_case("definitions.read")
def list_decisions(
    context: Context, page: Page, *, key: str | None = None, latest: bool = False
) -> Slice[DecisionView]:
    """By key, the newest version first; `latest` keeps one version a key."""
    query = select(DecisionRow).order_by(DecisionRow.key, DecisionRow.version.desc())
    if key is not None:
        query = query.where(DecisionRow.key == key)
    if latest:
        other = aliased(DecisionRow)
        newest = select(func.max(other.version)).where(other.key == DecisionRow.key)
        query = query.where(DecisionRow.version == newest.scalar_subquery())
    if page.after is not None:
        after_key, after_version = page.key(str, int)
        query = query.where(
            (DecisionRow.key > after_key) | ((DecisionRow.key == after_key) & (DecisionRow.version < after_version))
        )
    rows = context.session.scalars(query.limit(page.limit + 1)).all()
    found = slice_of(rows, page, lambda row: [row.key, row.version])
    return Slice(views(context, found.items), found.next)


@use_case("definitions.read")
def get_decision(context: Context, decision_id: int) -> DecisionView:
    return views(context, [_row(context, decision_id)])[0]


@use_case("definitions.read")
def get_xml(context: Context, decision_id: int) -> bytes:
    """The file byte for byte as it was uploaded."""
    return _row(context, decision_id, with_xml=True).xml


@use_case("definitions.read")
def decision_table(context: Context, decision_id: int) -> DecisionTableView:
    """What the decision says, cell by cell, with the names it reads."""
    row = _row(context, decision_id)
    requirements = decisions.load(context.session, row.id).requirements
    decision = requirements.decisions[row.key]
    needed = [requirements.decisions[key] for key in decision.requires]
    return DecisionTableView(decision, tuple(_read_by(decision, requirements.decisions)), tuple(needed))


@use_case("definitions.read")
def evaluate(context: Context, decision_id: int, *, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Tries a decision on sample input: its result, and which rules matched in it and in what it requires."""
    row = _row(context, decision_id)
    loaded = decisions.load(context.session, row.id)
    try:
        outcome = loaded.requirements.evaluate(row.key, {"now": context.now(), **variables})
        told = [evaluation.to_json() for evaluation in outcome.evaluations]
    except (DecisionError, ExpressionError) as error:
        said = error.in_language(context.actor.language)
        raise ValidationFailed({"variables": [said]}, "decision_failed", NOT_EVALUATED) from error
    return {"result": told[-1]["result"], "evaluations": told}


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


def _row(context: Context, decision_id: int, *, with_xml: bool = False) -> DecisionRow:
    options = [undefer(DecisionRow.xml)] if with_xml else []
    row = context.session.get(DecisionRow, decision_id, options=options, populate_existing=with_xml)
    if row is None:
        raise NotFound()
    return row


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
