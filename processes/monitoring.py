"""The map of a process: where all its running instances stand, with their money and their troubles."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select

from crm_model.deal_entities import Deal
from engine import definitions
from engine.state import JOIN, LISTEN, LOOP, SCOPE, decode
from engine.tables import ACTIVE, SUSPENDED, DefinitionRow, IncidentRow, InstanceRow, JobRow, UserTaskRow
from kernel.context import Context
from kernel.errors import NotFound
from kernel.permissions import use_case
from processes import instances
from processes.design_views import ElementLoad

MOST = 5000
"""Newest instances that are looked at; a version with more running ones has left the size this map is for."""

NUMBERS = {
    "instances_active": "Instances that run",
    "tasks_open": "Tasks that wait for people",
    "incidents_open": "Troubles that wait for a supervisor",
    "jobs_late": "Work in the background that is due and not done",
}


@use_case("instances.operate")
def count_work(context: Context) -> dict[str, int]:
    """How much runs, waits and is stuck, under the names of `NUMBERS`."""
    clauses = {
        "instances_active": InstanceRow.state == ACTIVE,
        "tasks_open": UserTaskRow.state == "open",
        "incidents_open": IncidentRow.resolved_at.is_(None),
        "jobs_late": (JobRow.state == "ready") & (JobRow.due <= context.now()),
    }
    return {name: context.session.scalar(select(func.count()).where(clause)) or 0 for name, clause in clauses.items()}


@use_case("instances.read")
def process_map(context: Context, definition_id: int) -> list[ElementLoad]:
    """What stands where among the instances the caller sees, the busiest element first."""
    session = context.session
    if session.get(DefinitionRow, definition_id) is None:
        raise NotFound()
    rows = session.execute(
        select(InstanceRow.id, InstanceRow.content, Deal.amount)
        .outerjoin(Deal, (InstanceRow.subject_type == "deal") & (Deal.id == InstanceRow.subject_id))
        .where(
            InstanceRow.definition_id == definition_id,
            InstanceRow.state.in_((ACTIVE, SUSPENDED)),
            instances.visible(context),
        )
        .order_by(InstanceRow.id.desc())
        .limit(MOST)
    ).all()
    stands: dict[str, list[int]] = {}
    scopes: set[str] = set()
    amounts = {row.id: row.amount or Decimal(0) for row in rows}
    for row in rows:
        for token in decode(row.content).tokens.values():
            if token.kind not in (LISTEN, JOIN):
                stands.setdefault(token.node, []).append(row.id)
            if token.kind in (SCOPE, LOOP):
                scopes.add(token.node)
    return _loads(context, definition_id, stands, scopes, amounts)


def _loads(
    context: Context, definition_id: int, stands: dict[str, list[int]], scopes: set[str], amounts: dict[int, Decimal]
) -> list[ElementLoad]:
    graph = definitions.load(context.session, definition_id).graph
    troubles: dict[str, int] = {}
    open_ones = select(IncidentRow.element_id).where(
        IncidentRow.instance_id.in_(list(amounts)), IncidentRow.resolved_at.is_(None)
    )
    for element_id in context.session.scalars(open_ones):
        troubles[element_id] = troubles.get(element_id, 0) + 1
    loads = [
        ElementLoad(
            element_id=element_id,
            name=graph.node(element_id).title(context.actor.language),
            count=len(ids),
            amount=sum((amounts[number] for number in set(ids)), Decimal(0)),
            incidents=troubles.get(element_id, 0),
            scope=element_id in scopes,
            instance_ids=tuple(dict.fromkeys(ids)),
        )
        for element_id, ids in stands.items()
    ]
    return sorted(loads, key=lambda load: -load.count)
