"""Which tasks a list shows, in which order, and where it goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, true, union

from crm_model import users
from crm_model.accounts import Account
from crm_model.deal_entities import Deal
from engine.tables import UserTaskRow
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page
from processes import facts, task_access, view_rows
from processes.task_access import candidate_clause
from processes.views import TaskFilter

UNKNOWN_SUBJECT = N_("Write the subject as type:id, for example deal:7.")
UNKNOWN_SORT = N_("This list cannot be sorted so.")

SORTS: dict[str, Any] = {
    "due": UserTaskRow.due.asc().nulls_last(),
    "-due": UserTaskRow.due.desc().nulls_last(),
    "created": UserTaskRow.created_at.asc(),
    "-created": UserTaskRow.created_at.desc(),
    "priority": UserTaskRow.priority.asc(),
    "-priority": UserTaskRow.priority.desc(),
}


def page_of(context: Context, filter: TaskFilter, page: Page) -> Any:
    """Rows of `view_rows.TASKS`, one more than the page holds, of the tasks that the caller may see."""
    wanted = clauses(context, filter)
    if not filter.mine_or_candidate:
        seen = true() if filter.assignee == context.actor.user_id else task_access.visible(context)
        return _first(view_rows.TASKS.where(seen, *wanted), filter, page)
    ways = (UserTaskRow.assignee_id == context.actor.user_id, *task_access.candidate_ways(context))
    # The first of each way by its own index, and the first of these: one condition for all ways would read them whole.
    firsts = [_first(select(UserTaskRow.id).where(way, *wanted), filter, page).subquery().select() for way in ways]
    return _first(view_rows.TASKS.where(UserTaskRow.id.in_(union(*firsts))), filter, page)


def _first(query: Any, filter: TaskFilter, page: Page) -> Any:
    return ordered(query, filter.sort, page).limit(page.limit + 1)


def clauses(context: Context, filter: TaskFilter) -> list[ColumnElement[bool]]:
    now = context.now()
    found: list[ColumnElement[bool]] = [UserTaskRow.state == (filter.state or "open")]
    asleep = and_(UserTaskRow.follow_up.is_not(None), UserTaskRow.follow_up > now)
    if filter.postponed:
        found.append(asleep)
    elif filter.state is None:
        found.append(~asleep | UserTaskRow.follow_up.is_(None))
    if filter.assignee is not None:
        found.append(UserTaskRow.assignee_id == filter.assignee)
    if filter.candidate is not None:
        found.append(_candidate_is(context, filter.candidate))
    if filter.unassigned is not None:
        found.append(UserTaskRow.assignee_id.is_(None) == filter.unassigned)
    if filter.due_before is not None:
        found.append(UserTaskRow.due < filter.due_before)
    if filter.due_after is not None:
        found.append(UserTaskRow.due >= filter.due_after)
    if filter.subject is not None:
        subject = facts.parse_key(filter.subject)
        if subject is None:
            raise ValidationFailed({"subject": [UNKNOWN_SUBJECT]})
        found.append(and_(UserTaskRow.subject_type == subject[0], UserTaskRow.subject_id == subject[1]))
    if filter.instance_id is not None:
        found.append(UserTaskRow.instance_id == filter.instance_id)
    if filter.element_id is not None:
        found.append(UserTaskRow.element_id == filter.element_id)
    if filter.definition_key is not None:
        found.append(UserTaskRow.definition_key == filter.definition_key)
    if filter.text and filter.text.strip():
        found.append(_about(filter.text.strip()))
    return found


def _about(text: str) -> ColumnElement[bool]:
    """Tasks of deals whose title or client contains the text, and of clients by their name."""
    accounts = select(Account.id).where(Account.name.icontains(text, autoescape=True))
    deals = select(Deal.id).where(or_(Deal.title.icontains(text, autoescape=True), Deal.account_id.in_(accounts)))
    return or_(
        and_(UserTaskRow.subject_type == "deal", UserTaskRow.subject_id.in_(deals)),
        and_(UserTaskRow.subject_type == "account", UserTaskRow.subject_id.in_(accounts)),
    )


def _candidate_is(context: Context, user_id: int) -> ColumnElement[bool]:
    if user_id == context.actor.user_id:
        return candidate_clause(context)
    roles = users.roles_of(context.session, user_id)
    named = or_(
        UserTaskRow.candidate_users.contains([user_id]),
        UserTaskRow.candidate_roles.overlap(sorted(roles)),  # type: ignore[attr-defined]
    )
    return and_(UserTaskRow.assignee_id.is_(None), named)


def ordered(query: Any, sort: str, page: Page) -> Any:
    if sort not in SORTS:
        raise ValidationFailed({"sort": [UNKNOWN_SORT]})
    column, descending = _column(sort)
    ordered = query.order_by(SORTS[sort], UserTaskRow.id)
    if page.after is None:
        return ordered
    if page.after[:1] == (None,):
        return ordered.where(column.is_(None), UserTaskRow.id > page.key(type(None), int)[1])
    moment, number = page.key(int if sort.lstrip("-") == "priority" else datetime, int)
    beyond = column < moment if descending else column > moment
    return ordered.where(or_(beyond, and_(column == moment, UserTaskRow.id > number), column.is_(None)))


def _column(sort: str) -> tuple[Any, bool]:
    names = {"due": UserTaskRow.due, "created": UserTaskRow.created_at, "priority": UserTaskRow.priority}
    return names[sort.lstrip("-")], sort.startswith("-")


def cursor(row: Row[Any], sort: str) -> tuple[Any, int]:
    value = {"due": row.due, "created": row.created_at, "priority": row.priority}[sort.lstrip("-")]
    return (value.isoformat() if isinstance(value, datetime) else value), row.id
