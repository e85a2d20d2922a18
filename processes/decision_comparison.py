"""What differs between the decisions that two versions of a process came with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpmn.decisions import Decision, compare_decisions
from bpmn.model import Process
from engine import decisions
from engine.tables import DecisionRow


def compare_deployed_decisions(
    session: Session, before: tuple[int, Process], after: tuple[int, Process], language: str
) -> list[dict[str, Any]]:
    """As `bpmn.decisions.compare_decisions`, of the decisions that came with either version; each version is given as
    (deployment id, process). Where only one of them brought a decision that the other calls too, that one has it as it
    was newest then: it is neither new nor gone."""
    own_before, own_after = _came_with(session, before[0]), _came_with(session, after[0])
    keys = own_before.keys() | own_after.keys()
    old = {key: one for key, one in (_called(session, *before) | own_before).items() if key in keys}
    new = {key: one for key, one in (_called(session, *after) | own_after).items() if key in keys}
    return compare_decisions(old, new, language)


def _came_with(session: Session, deployment_id: int) -> dict[str, Decision]:
    query = select(DecisionRow.id, DecisionRow.key).where(DecisionRow.deployment_id == deployment_id)
    rows = session.execute(query.order_by(DecisionRow.id)).all()
    return {row.key: decisions.load(session, row.id).requirements.decisions[row.key] for row in rows}


def _called(session: Session, deployment_id: int, process: Process) -> dict[str, Decision]:
    """What the process calls, with what that requires, as it was newest when the version was uploaded."""
    found: dict[str, Decision] = {}
    for key in {node.extension.decision for node in process.nodes.values() if node.extension.decision}:
        newest = select(DecisionRow.id).where(DecisionRow.key == key, DecisionRow.deployment_id <= deployment_id)
        decision_id = session.scalar(newest.order_by(DecisionRow.version.desc()).limit(1))
        if decision_id is not None:
            found |= decisions.load(session, decision_id).requirements.decisions
    return found
