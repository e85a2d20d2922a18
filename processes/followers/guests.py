"""Whoever has an open task on a deal sees the deal, for as long as the task is open; and is told of the task."""

from __future__ import annotations

from bpmn.model import Node
from crm_model import access, notifications
from engine import definitions
from engine.execution import Execution
from engine.store import Written
from engine.tables import UserTaskRow
from kernel.context import Context
from kernel.i18n import N_

NEW_TASK = N_("New task: %(task)s")


def follow(execution: Execution, written: list[Written]) -> None:
    context = execution.context
    granted: list[tuple[str, int, int]] = []
    revoked: list[str] = []
    for one in written:
        if one.live.subject and one.live.subject[0] == "deal":
            deal = one.live.subject[1]
            granted += [
                (_source(task.id), deal, task.assignee_id) for task in one.opened if task.assignee_id is not None
            ]
            revoked += [_source(task.id) for task in one.closed]
        for task in one.opened:
            if task.assignee_id not in (None, context.actor.user_id):
                _notify(context, task.assignee_id, task.id, task.node)
    access.change_guests(context, granted, revoked)


def _source(task_id: int) -> str:
    return f"task:{task_id}"


def _notify(context: Context, user_id: int, task_id: int, node: Node) -> None:
    notifications.notify(
        context,
        user_id,
        kind="task",
        text=NEW_TASK,
        params={"task": node.extension.titles or node.name or node.id},
        link=f"/tasks/{task_id}",
    )


def reassign(context: Context, row: UserTaskRow) -> None:
    """The task has changed hands, and with it who sees the deal because of it."""
    if row.subject_type != "deal" or row.subject_id is None:
        return
    access.revoke_deal(context, _source(row.id))
    if row.assignee_id is not None:
        access.grant_deal(context, row.subject_id, row.assignee_id, _source(row.id))


def tell_of(context: Context, row: UserTaskRow) -> None:
    """Lets the new assignee know."""
    assert row.assignee_id is not None
    node = definitions.load(context.session, row.definition_id).graph.node(row.element_id)
    _notify(context, row.assignee_id, row.id, node)
