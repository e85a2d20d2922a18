"""What the department's leaders have done by today: put off, commented, suspended; and what went wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from crm_model import notifications
from crm_model.activities import Activity
from crm_model.notifications import Notification
from crm_model.users import User, actor_of
from engine.tables import ACTIVE, DefinitionRow, InstanceRow, UserTaskRow
from kernel.context import Context
from processes import activities, designs, tasks
from processes.instances import suspend_instance
from server.demo import words
from server.demo.randomness import stream
from server.demo.sale import Sale
from server.demo.timeline import HOURS

SUSPENDED, POSTPONED, COMMENTED = 0.05, 0.1, 0.15
"""Shares of the open sales."""
PATIENCE = timedelta(hours=20)
"""How long a promise to a client may be overdue."""
READ = timedelta(days=2)
"""What is older than this has been read."""
APPROVAL = "document_approval"


def _context(sale: Sale, user: User, hours_ago: float) -> Context:
    return _acting(sale, user, sale.timeline.at(sale.timeline.present - hours_ago))


def _acting(sale: Sale, user: User, moment: datetime) -> Context:
    return Context(sale.session, actor_of(user, "ru"), lambda: moment)


def finish(sales: list[Sale]) -> None:
    """Looks at every sale, in the order of their numbers."""
    for sale in sales:
        chance = stream("control", sale.number).random()
        if not sale.waits_for:
            _keep_promises(sale)
            continue
        if chance < SUSPENDED:
            _suspend(sale, words.SUSPENDED[sale.number % len(words.SUSPENDED)])
        elif chance < SUSPENDED + POSTPONED:
            _postpone(sale)
        elif chance < SUSPENDED + POSTPONED + COMMENTED:
            _comment(sale)
    if sales:
        _read(sales[0])


def _keep_promises(sale: Sale) -> None:
    """What was planned with the client when the deal was closed has been done when its time came."""
    planned = select(Activity).where(
        Activity.deal_id == sale.deal_id, Activity.task_id.is_(None), Activity.completed_at.is_(None)
    )
    for activity in sale.session.scalars(planned).all():
        if activity.due is not None and activity.due < sale.timeline.now - PATIENCE:
            done = activity.due + timedelta(minutes=sale.random.randint(20, 200))
            activities.complete_activity(_acting(sale, sale.owner, done), activity.id, result="completed")


def _read(sale: Sale) -> None:
    """Everybody has looked at the older notifications."""
    old = Notification.created_at < sale.timeline.now - READ
    for user in sale.department.people.values():
        ids = sale.session.scalars(
            select(Notification.id).where(Notification.user_id == user.id, Notification.read_at.is_(None), old)
        ).all()
        if ids:
            notifications.mark_read(_context(sale, user, HOURS), ids)


def _own_task(sale: Sale) -> int | None:
    query = select(UserTaskRow.id).where(
        UserTaskRow.instance_id == sale.instance_id,
        UserTaskRow.state == "open",
        UserTaskRow.assignee_id == sale.owner.id,
    )
    return sale.session.scalar(query.limit(1))


def _postpone(sale: Sale) -> None:
    task = _own_task(sale)
    if task is not None:
        until = sale.timeline.at(sale.timeline.present + sale.random.uniform(1, 6) * HOURS)
        reason = sale.random.choice(words.POSTPONED)
        tasks.postpone_task(_context(sale, sale.owner, 1), task, until=until, reason=reason)


def _comment(sale: Sale) -> None:
    task = _own_task(sale)
    if task is not None:
        tasks.comment_task(_context(sale, sale.owner, 1), task, text=sale.random.choice(words.COMMENTS))


def _suspend(sale: Sale, reason: str) -> None:
    running = sale.session.scalar(select(InstanceRow.state).where(InstanceRow.id == sale.instance_id))
    if running == ACTIVE:
        suspend_instance(_context(sale, sale.department.people["supervisor"], 2), sale.instance_id, reason=reason)


def withdraw_approval(sale: Sale) -> None:
    """The designer takes the approval process out of use for a while: what calls it meanwhile stops, with an incident."""
    designs.retire(_designer(sale), _approval(sale, "published"))


def return_approval(sale: Sale) -> None:
    designs.publish(_designer(sale), _approval(sale, "retired"))


def _approval(sale: Sale, state: str) -> int:
    query = select(DefinitionRow.id).where(DefinitionRow.key == APPROVAL, DefinitionRow.state == state)
    return sale.session.scalars(query.order_by(DefinitionRow.version.desc())).first() or 0


def _designer(sale: Sale) -> Context:
    return _acting(sale, sale.department.people["designer"], sale.moment)
