"""Deals whose stage is not one of those at which their process stands: the follower of stages must leave none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import stages
from crm_model.deal_entities import Deal
from engine import definitions
from engine.graph import Graph
from engine.state import State, decode
from engine.tables import ACTIVE, InstanceRow

BATCH = 500


@dataclass(frozen=True, slots=True)
class Drift:
    deal_id: int
    stage: str
    instance_id: int
    expected: tuple[str, ...]


def drifts(session: Session) -> Iterator[Drift]:
    """Every deal that has drifted from its active process, in the order of the instances' ids."""
    last = 0
    while True:
        rows = session.execute(
            select(InstanceRow.id, InstanceRow.definition_id, InstanceRow.content, Deal.id.label("deal"), Deal.stage)
            .join(Deal, (InstanceRow.subject_type == "deal") & (Deal.id == InstanceRow.subject_id))
            .where(InstanceRow.state == ACTIVE, InstanceRow.id > last)
            .order_by(InstanceRow.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            expected = _stages_at(session, row.definition_id, row.content)
            if expected and row.stage not in expected:
                yield Drift(row.deal, row.stage, row.id, expected)


def _stages_at(session: Session, definition_id: int, content: bytes) -> tuple[str, ...]:
    return stages_of(definitions.load(session, definition_id).graph, decode(content))


def stages_of(graph: Graph, state: State) -> tuple[str, ...]:
    """The stages at which a process stands."""
    found = (graph.node(token.node).extension.stage for token in state.tokens.values())
    return tuple(sorted({code for code in found if code in stages.DEAL_CODES}))
