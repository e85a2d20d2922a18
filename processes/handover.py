"""A deal that changes hands takes its open work along."""

from __future__ import annotations

from sqlalchemy import select

from crm_model.activities import OPEN_STATUSES, Activity
from engine.tables import ACTIVE, SUSPENDED, InstanceRow, UserTaskRow
from kernel.context import Context
from processes import engine_room
from processes.followers import activities, guests


def lock(context: Context, deal_id: int) -> None:
    """Waits for whoever is at work in the deal's processes, before the deal itself is locked: the order of all."""
    execution = engine_room.execution(context)
    running = select(InstanceRow.id).where(
        InstanceRow.subject_type == "deal",
        InstanceRow.subject_id == deal_id,
        InstanceRow.state.in_((ACTIVE, SUSPENDED)),
    )
    for instance_id in context.session.scalars(running.order_by(InstanceRow.id)).all():
        execution.lock(instance_id)


def follow(context: Context, deal_id: int, was: int | None, becomes: int | None) -> None:
    """Open tasks and planned activities of the process go from the old owner to the new one."""
    if was == becomes or becomes is None:
        return
    tasks = select(UserTaskRow).where(
        UserTaskRow.subject_type == "deal",
        UserTaskRow.subject_id == deal_id,
        UserTaskRow.state == "open",
        UserTaskRow.assignee_id == was,
    )
    for task in context.session.scalars(tasks):
        task.assignee_id = becomes
        guests.reassign(context, task)
        guests.tell_of(context, task)
        activities.reassign(context, task)
    planned = select(Activity).where(
        Activity.deal_id == deal_id,
        Activity.instance_id.is_not(None),
        Activity.task_id.is_(None),
        Activity.owner_id == was,
        Activity.status.in_(OPEN_STATUSES),
    )
    for activity in context.session.scalars(planned):
        activity.owner_id = becomes
    context.session.flush()
