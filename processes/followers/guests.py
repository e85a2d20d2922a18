"""Whoever has an open task on a deal sees the deal, for as long as the task is open; and is told of the task."""

from __future__ import annotations

from sqlalchemy import select

from bpmn.model import Node
from crm_model import access, notifications
from engine import definitions
from engine.execution import Execution
from engine.live import Live
from engine.store import ClosedTask, OpenedTask
from engine.tables import UserTaskRow
from kernel.context import Context
from kernel.i18n import N_

NEW_TASK = N_("New task: %(task)s")


def follow(execution: Execution, live: Live, opened: list[OpenedTask], closed: list[ClosedTask]) -> None:
    context = execution.context
    for task in opened:
        if task.assignee_id is None:
            continue
        grant(execution, live, task.id, task.assignee_id)
        if task.assignee_id != context.actor.user_id:
            tell(execution, live, task.id, task.assignee_id, task.element_id)
    if closed and live.subject and live.subject[0] == "deal":
        tokens = [task.token for task in closed]
        query = select(UserTaskRow.id).where(UserTaskRow.instance_id == live.id, UserTaskRow.token.in_(tokens))
        for task_id in context.session.scalars(query):
            access.revoke_deal(context, f"task:{task_id}")


def grant(execution: Execution, live: Live, task_id: int, user_id: int) -> None:
    if live.subject and live.subject[0] == "deal":
        access.grant_deal(execution.context, live.subject[1], user_id, f"task:{task_id}")


def tell(execution: Execution, live: Live, task_id: int, user_id: int, element_id: str) -> None:
    _notify(execution.context, user_id, task_id, live.graph.node(element_id))


def _notify(context: Context, user_id: int, task_id: int, node: Node) -> None:
    notifications.notify(
        context,
        user_id,
        kind="task",
        text=NEW_TASK,
        params={"task": node.name or node.id, "titles": node.extension.titles},
        link=f"/tasks/{task_id}",
    )


def reassign(context: Context, row: UserTaskRow) -> None:
    """The task has changed hands, and with it who sees the deal because of it."""
    if row.subject_type != "deal" or row.subject_id is None:
        return
    access.revoke_deal(context, f"task:{row.id}")
    if row.assignee_id is not None:
        access.grant_deal(context, row.subject_id, row.assignee_id, f"task:{row.id}")


def tell_of(context: Context, row: UserTaskRow) -> None:
    """Lets the new assignee know."""
    assert row.assignee_id is not None
    node = definitions.load(context.session, row.definition_id).graph.node(row.element_id)
    _notify(context, row.assignee_id, row.id, node)
