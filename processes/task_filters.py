"""Which tasks a list shows, in which order, and where it goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, literal, or_, select, true, union

from crm_model import users
from crm_model.accounts import Account
from crm_model.deal_entities import Deal
from engine.tables import UserTaskRow
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page
from processes import facts, task_access
from processes.task_access import candidate_clause
from processes.views import TaskFilter

UNKNOWN_SUBJECT = N_("Write the subject as type:id, for example deal:7.")
UNKNOWN_SORT = N_("This list cannot be sorted so.")

SORTS: dict[str, Any] = {
    "due": UserTaskRow.due,
    "created": UserTaskRow.created_at,
    "priority": UserTaskRow.priority,
}
"""What a list goes by; `-` before the name turns it round."""


def page_of(context: Context, filter: TaskFilter, page: Page) -> Select[Any]:
    """The ids of the tasks that the caller may see, one more than the page holds, each with its `place` in the order."""
    if filter.sort.removeprefix("-") not in SORTS:
        raise ValidationFailed({"sort": [UNKNOWN_SORT]})
    place = SORTS[filter.sort.removeprefix("-")]
    places = select(UserTaskRow.id, place.label("place")).where(*clauses(context, filter))
    if not filter.mine_or_candidate:
        seen = true() if filter.assignee == context.actor.user_id else task_access.visible(context)
        return _first(places.where(seen), UserTaskRow.id, place, filter, page)
    ways = (*task_access.ways_to_mine(context), *task_access.candidate_ways(context))
    # The first of each way by its own index, and the first of these: one condition for all ways would read them whole.
    firsts = [_first(places.where(way), UserTaskRow.id, place, filter, page).subquery().select() for way in ways]
    either = union(*firsts).subquery()
    return _first(either.select(), either.c.id, either.c.place, filter, page)


def _first(query: Select[Any], id: Any, place: Any, filter: TaskFilter, page: Page) -> Select[Any]:
    """In the order of the filter, from where the page begins."""
    descending = filter.sort.startswith("-")
    query = query.order_by((place.desc() if descending else place.asc()).nulls_last(), id)
    query = query.limit(literal(page.limit + 1, literal_execute=True))
    if page.after is None:
        return query
    if page.after[:1] == (None,):
        return query.where(place.is_(None), id > page.key(type(None), int)[1])
    last, number = page.key(int if place is UserTaskRow.priority else datetime, int)
    beyond = place < last if descending else place > last
    return query.where(or_(beyond, and_(place == last, id > number), place.is_(None)))


def cursor(row: Row[Any]) -> tuple[Any, int]:
    """From where the next page begins, after a row of `page_of`."""
    return (row.place.isoformat() if isinstance(row.place, datetime) else row.place), row.id


def clauses(context: Context, filter: TaskFilter) -> list[ColumnElement[bool]]:
    now = context.now()
    # Said in the text: of a value bound apart the planner does not know which of the partial indexes it may use.
    found: list[ColumnElement[bool]] = [UserTaskRow.state == literal(filter.state or "open", literal_execute=True)]
    if filter.postponed:
        found.append(UserTaskRow.follow_up > now)
    elif filter.state is None:
        found.append(or_(UserTaskRow.follow_up.is_(None), UserTaskRow.follow_up <= now))
    if filter.state is None and filter.instance_id is None and filter.subject is None:
        found.append(~UserTaskRow.suspended)
    if filter.assignee is not None:
        own = filter.assignee == context.actor.user_id
        found.append(task_access.mine(context) if own else UserTaskRow.assignee_id == filter.assignee)
    if filter.candidate is not None:
        found.append(_candidate_is(context, filter.candidate))
    if filter.unassigned is not None:
        found.append(UserTaskRow.assignee_id.is_(None) == filter.unassigned)
    if filter.due_before is not None:
        found.append(UserTaskRow.due < filter.due_before)
    if filter.due_after is not None:
        found.append(UserTaskRow.due >= filter.due_after)
    if filter.subject is not None:
        subject = facts.parse_key(facts.current_key(context, filter.subject))
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
