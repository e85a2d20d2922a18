"""Tasks that are calls, meetings or presentations appear among the client's activities, and end with them."""

from __future__ import annotations

from sqlalchemy import select

from crm_model import activities, users
from crm_model.activities import Activity
from crm_model.deal_entities import Deal
from crm_model.documents import Document
from engine.execution import Execution
from engine.live import Live
from engine.store import ClosedTask, OpenedTask
from engine.tables import UserTaskRow
from kernel.context import Context


def follow(execution: Execution, live: Live, opened: list[OpenedTask], closed: list[ClosedTask]) -> None:
    for task in opened:
        if task.node.extension.activity:
            _mirror(execution, live, task)
    for ended in closed:
        if not live.graph.node(ended.element_id).extension.activity:
            continue
        mirror = execution.context.session.scalar(select(Activity).where(Activity.task_id == ended.id))
        if mirror is not None:
            activities.end_by_process(execution.context, mirror, status=ended.state, result=ended.result)


def _mirror(execution: Execution, live: Live, task: OpenedTask) -> None:
    context = execution.context
    assert task.node.extension.activity is not None
    kind, number = live.subject or (None, None)
    document = context.session.get(Document, number) if kind == "document" else None
    deal_id = document.deal_id if document else number if kind == "deal" else None
    deal = context.session.get(Deal, deal_id) if deal_id else None
    activities.make(
        context,
        kind=task.node.extension.activity,
        subject=task.node.title(users.language_of(context, task.assignee_id)),
        owner_id=task.assignee_id,
        start=context.now(),
        due=task.due,
        deal_id=deal.id if deal else None,
        account_id=_account(deal, document, live),
        contact_id=deal.contact_id if deal else (number if kind == "contact" else None),
        lead_id=number if kind == "lead" else None,
        instance_id=live.id,
        element_id=task.element_id,
        task_id=task.id,
    )


def _account(deal: Deal | None, document: Document | None, live: Live) -> int | None:
    if deal is not None:
        return deal.account_id
    if document is not None:
        return document.account_id
    return live.subject[1] if live.subject and live.subject[0] == "account" else None


def reassign(context: Context, row: UserTaskRow) -> None:
    mirror = context.session.scalar(select(Activity).where(Activity.task_id == row.id))
    if mirror is not None and row.assignee_id is not None:
        mirror.owner_id = row.assignee_id


def end(execution: Execution, live: Live) -> None:
    """An instance has ended: what it had planned beside its tasks is called off."""
    open_ones = select(Activity).where(
        Activity.instance_id == live.id, Activity.task_id.is_(None), Activity.status.in_(activities.OPEN_STATUSES)
    )
    for activity in execution.context.session.scalars(open_ones):
        activities.cancel_by_process(execution.context, activity)
