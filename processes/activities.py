"""Activities as people change them: a process that waits for one goes on in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm_model import access
from crm_model import activities as records
from crm_model.activities import Activity
from engine.tables import ACTIVE
from kernel.context import Context
from kernel.permissions import use_case
from processes import engine_room, presentation
from processes.tasks import complete_task


@use_case("records.write")
def create_activity(context: Context, values: Mapping[str, Any]) -> Activity:
    return records.create_activity(context, dict(values))


@use_case("records.write")
def update_activity(context: Context, activity_id: int, values: Mapping[str, Any]) -> Activity:
    before = access.get_visible(context, Activity, activity_id)
    return _told(context, before, lambda: records.update_activity(context, activity_id, dict(values)))


@use_case("records.write")
def complete_activity(
    context: Context,
    activity_id: int,
    *,
    result: str | None = None,
    note: str | None = None,
    start: datetime | None = None,
    due: datetime | None = None,
) -> Activity:
    """Gives an activity its result. One that shows a task completes the task."""
    activity = access.get_visible(context, Activity, activity_id)
    if activity.task_id is not None and activity.is_open:
        complete_task(context, activity.task_id, result=result)
        context.session.refresh(activity)
        activity.result_note = note
        context.session.flush()
        return activity
    return _told(
        context,
        activity,
        lambda: records.complete_activity(context, activity_id, result=result, note=note, start=start, due=due),
    )


@use_case("records.write")
def reopen_activity(context: Context, activity_id: int) -> Activity:
    """Plans a closed activity again; a process that waits for it waits on."""
    activity = access.get_visible(context, Activity, activity_id)
    return _told(context, activity, lambda: records.reopen_activity(context, activity_id))


def _told(context: Context, activity: Activity, change: Any) -> Activity:
    """Changes an activity under its instance's lock, then tells the instance: either order ends the same."""
    if activity.instance_id is None or activity.task_id is not None:
        changed: Activity = change()
        return changed
    execution = engine_room.execution(context)
    live = execution.lock(activity.instance_id)
    context.session.refresh(activity, with_for_update=True)
    changed = change()
    if live is not None and live.status == ACTIVE:
        presentation.activity_changed(execution, live, changed)
        execution.write()
        context.session.refresh(changed)
    return changed
