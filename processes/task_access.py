"""Who sees a task and who may work on it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Text

from crm_model import access, users
from crm_model.deal_entities import Deal
from engine.tables import UserTaskRow
from kernel.context import ADMINISTRATOR, HEAD, SUPERVISOR, Context
from kernel.errors import NotFound, PermissionDenied

FRESH = select(UserTaskRow).where(UserTaskRow.id == bindparam("id")).execution_options(populate_existing=True)


def candidate_clause(context: Context) -> ColumnElement[bool]:
    """Open to the caller: nobody has it, and it names his role, himself, or nobody at all."""
    return or_(*candidate_ways(context))


def candidate_ways(context: Context) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """`candidate_clause`, apart: offered by name, and offered to a role."""
    nobodys = UserTaskRow.assignee_id.is_(None)
    roles = bindparam("roles", sorted(context.actor.roles), ARRAY(Text))
    people = bindparam("people", context.actor.people, ARRAY(BigInteger))
    return (
        and_(nobodys, UserTaskRow.candidate_users.op("&&")(people)),
        and_(nobodys, UserTaskRow.candidate_roles.op("&&")(roles)),
    )


def mine(context: Context) -> ColumnElement[bool]:
    """Tasks that the caller has, or whoever the caller stands in for."""
    return or_(*ways_to_mine(context))


def ways_to_mine(context: Context) -> list[ColumnElement[bool]]:
    """`mine`, person by person: each has an index of their own to go by."""
    return [UserTaskRow.assignee_id == bindparam(name, one, BigInteger) for name, one in _persons(context).items()]


def _persons(context: Context) -> dict[str, int | None]:
    return {f"person_{number}": person for number, person in enumerate(context.actor.people)}


def shape(context: Context) -> Hashable:
    """What `mine` and the ways of candidates depend on besides `names`."""
    return len(context.actor.people)


def names(context: Context) -> dict[str, Any]:
    """What they bind by name, for a prepared query."""
    return {"roles": sorted(context.actor.roles), "people": context.actor.people, **_persons(context)}


def sees_everything(context: Context) -> bool:
    return context.actor.is_system or context.actor.has_role(ADMINISTRATOR, SUPERVISOR)


def visible(context: Context) -> ColumnElement[bool]:
    """Tasks that exist for the caller."""
    if sees_everything(context):
        return true()
    people = context.actor.people
    deals = select(Deal.id).where(access.visible(context, Deal))
    nobody = and_(
        UserTaskRow.assignee_id.is_(None),
        func.cardinality(UserTaskRow.candidate_roles) == 0,
        func.cardinality(UserTaskRow.candidate_users) == 0,
        UserTaskRow.subject_type.is_(None),
    )
    ways = [
        mine(context),
        UserTaskRow.owner_id.in_(people),
        UserTaskRow.ended_by == context.actor.user_id,
        candidate_clause(context),
        nobody,
        and_(UserTaskRow.subject_type == "deal", UserTaskRow.subject_id.in_(deals)),
    ]
    if context.actor.has_role(HEAD):
        ways.append(UserTaskRow.assignee_id.in_(users.led_by(context.session, *people)))
    return or_(*ways)


def get_visible(context: Context, task_id: int) -> UserTaskRow:
    return require_visible(context, context.session.scalar(FRESH, {"id": task_id}))


def require_visible(context: Context, row: UserTaskRow | None) -> UserTaskRow:
    """The task, if there is one for the caller; whose own it is sees it without a question to the database."""
    if row is None:
        raise NotFound()
    own = any(context.actor.acts_for(person) for person in (row.assignee_id, row.owner_id, row.ended_by))
    if own or sees_everything(context):
        return row
    if context.session.scalar(select(UserTaskRow.id).where(UserTaskRow.id == row.id, visible(context))) is None:
        raise NotFound()
    return row


def is_candidate(context: Context, row: UserTaskRow) -> bool:
    if row.assignee_id is not None:
        return False
    if not set(context.actor.people).isdisjoint(row.candidate_users) or not context.actor.roles.isdisjoint(
        row.candidate_roles
    ):
        return True
    return not row.candidate_users and not row.candidate_roles


def may_complete(context: Context, row: UserTaskRow) -> bool:
    """The assignee, or who stands in for them; a candidate where there is none; the administrator always."""
    actor = context.actor
    return (
        actor.is_system
        or actor.acts_for(row.assignee_id)
        or is_candidate(context, row)
        or actor.has_role(ADMINISTRATOR)
    )


def require_worker(context: Context, row: UserTaskRow) -> None:
    if not may_complete(context, row):
        raise PermissionDenied()
