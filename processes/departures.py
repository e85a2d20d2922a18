"""What has left the house since a run of an instance: it stays done, whatever the process is put back to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import or_, select

from bpmn.model import Node
from crm_model.activities import COMPLETED, Activity
from crm_model.letters import Letter
from engine import definitions, history
from engine.state import decode
from engine.tables import InstanceRow
from kernel.context import Context
from processes.views import Effect

THROWS = frozenset({"sendTask", "intermediateThrowEvent", "endEvent"})


def since(context: Context, instance_id: int, run: int, last_run: int) -> tuple[Effect, ...]:
    """Operations, messages, letters and activities that came after `last_run`, or since `run` was entered."""
    row = context.session.get(InstanceRow, instance_id)
    assert row is not None
    known = history.entries(context.session, instance_id, decode(row.content))
    graph = definitions.load(context.session, row.definition_id).graph
    entered = next(entry.entered_at for entry in known if entry.run == run)
    found = []
    for entry in known:
        if entry.run > last_run and entry.outcome == "completed" and graph.knows(entry.element_id):
            node = graph.node(entry.element_id)
            kind = _kind(node)
            if kind is not None:
                found.append(Effect(kind, node.id, node.title(context.actor.language), instance_id))
    return (*found, *_activities(context, instance_id, entered), *_letters(context, row, entered))


def _kind(node: Node) -> str | None:
    if node.extension.operation is not None or node.extension.topic is not None:
        return "operation"
    thrown = node.message is not None or any(event.kind in ("message", "signal") for event in node.events)
    return "message" if node.type in THROWS and thrown else None


def _activities(context: Context, instance_id: int, entered: datetime) -> Iterator[Effect]:
    done = select(Activity).where(
        Activity.instance_id == instance_id, Activity.status == COMPLETED, Activity.completed_at >= entered
    )
    for activity in context.session.scalars(done.order_by(Activity.id)):
        yield Effect("activity", activity.element_id or "", activity.subject, instance_id, activity_id=activity.id)


def _letters(context: Context, row: InstanceRow, entered: datetime) -> Iterator[Effect]:
    """Letters to the person the process is about."""
    if row.subject_type not in ("lead", "contact") or row.subject_id is None:
        return
    person = Letter.lead_id if row.subject_type == "lead" else Letter.contact_id
    gone = select(Letter).where(person == row.subject_id, or_(Letter.sent_at >= entered, Letter.created_at >= entered))
    for letter in context.session.scalars(gone.order_by(Letter.id)):
        yield Effect("letter", "", letter.subject, row.id)
