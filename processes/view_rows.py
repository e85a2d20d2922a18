"""What a line of a list shows of a task, an instance or a deal, read with it in one statement.

What stands beside the record itself is of aliases, so that conditions on the record may ask the same tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from crm_model.accounts import Account
from crm_model.deal_entities import Deal, StageHistory
from crm_model.stage_history import going_round
from crm_model.users import User
from engine.tables import IncidentRow, InstanceRow, UserTaskRow

_instance = aliased(InstanceRow)
_deal = aliased(Deal)
_account = aliased(Account)
_deal_owner, _assignee, _owner, _ender, _starter = (aliased(User) for _ in range(5))

_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)


def _named(person: Any, prefix: str) -> tuple[ColumnElement[Any], ...]:
    return person.username.label(f"{prefix}_username"), person.name.label(f"{prefix}_name")


_DEAL = (
    *(
        getattr(_deal, name).label(f"deal_{name}")
        for name in ("id", "title", "stage", "status", "amount", "currency", "account_id", "owner_id")
    ),
    _account.name.label("deal_account"),
    *_named(_deal_owner, "deal_owner"),
)


def _around_deal(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(_account, _account.id == _deal.account_id).outerjoin(
        _deal_owner, _deal_owner.id == _deal.owner_id
    )


def _with_deal(query: Select[Any], of: Any) -> Select[Any]:
    return _around_deal(query.outerjoin(_deal, and_(of.subject_type == "deal", _deal.id == of.subject_id)))


DEALS = _around_deal(select(*_DEAL).select_from(_deal)).where(_deal.id.in_(_IDS))

TASKS: Select[Any] = (
    _with_deal(
        select(
            *UserTaskRow.__table__.columns,
            _instance.state.label("instance_state"),
            _instance.business_key.label("instance_key"),
            *_named(_assignee, "assignee"),
            *_named(_owner, "owner"),
            *_named(_ender, "ended_by"),
            *_DEAL,
        ).join(_instance, _instance.id == UserTaskRow.instance_id),
        UserTaskRow,
    )
    .outerjoin(_assignee, _assignee.id == UserTaskRow.assignee_id)
    .outerjoin(_owner, _owner.id == UserTaskRow.owner_id)
    .outerjoin(_ender, _ender.id == UserTaskRow.ended_by)
)

INSTANCES: Select[Any] = _with_deal(
    select(
        *InstanceRow.__table__.columns,
        *_named(_starter, "started_by"),
        *_DEAL,
        select(func.count())
        .where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
        .scalar_subquery()
        .label("incidents"),
        and_(
            InstanceRow.subject_type == "deal",
            going_round().where(StageHistory.deal_id == InstanceRow.subject_id).correlate(InstanceRow).exists(),
        ).label("goes_round"),
    ),
    InstanceRow,
).outerjoin(_starter, _starter.id == InstanceRow.started_by)
"""With what a supervisor is to notice: open incidents, and deals that go in circles."""

_TASKS_OF = TASKS.where(UserTaskRow.id.in_(_IDS))
_INSTANCES_OF = INSTANCES.where(InstanceRow.id.in_(_IDS))


def tasks(session: Session, ids: Iterable[int]) -> list[Row[Any]]:
    """The rows of `TASKS`, in the order of the ids."""
    return _read(session, _TASKS_OF, list(ids))


def instances(session: Session, ids: Iterable[int]) -> list[Row[Any]]:
    """The rows of `INSTANCES`, in the order of the ids."""
    return _read(session, _INSTANCES_OF, list(ids))


def deals(session: Session, ids: Iterable[int]) -> list[Row[Any]]:
    """Rows with the columns of a deal that those of tasks and instances have too."""
    wanted = list(ids)
    return list(session.execute(DEALS, {"ids": wanted})) if wanted else []


def _read(session: Session, query: Select[Any], ids: list[int]) -> list[Row[Any]]:
    if not ids:
        return []
    found = {row.id: row for row in session.execute(query, {"ids": ids})}
    return [found[id] for id in ids if id in found]
