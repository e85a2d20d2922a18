"""What a line of a list shows of a task, an instance or a deal, read with it in one statement.

What stands beside the record itself is of aliases, so that conditions on the record may ask the same tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session, aliased

from crm_model.accounts import Account
from crm_model.deal_entities import Deal, StageHistory
from crm_model.stage_history import going_round
from crm_model.users import User
from engine.tables import IncidentRow, InstanceRow, UserTaskRow
from kernel.statements import Prepared, prepared

_instance = aliased(InstanceRow)
_deal = aliased(Deal)
_account = aliased(Account)
_deal_owner, _assignee, _owner, _ender, _starter = (aliased(User) for _ in range(5))

OF_IDS = any_(bindparam("ids", type_=ARRAY(BigInteger)))


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


DEALS = Prepared(_around_deal(select(*_DEAL).select_from(_deal)).where(_deal.id == OF_IDS))

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

_goes_round = (
    going_round()
    .with_only_columns(literal(True))
    .where(InstanceRow.subject_type == "deal", StageHistory.deal_id == InstanceRow.subject_id)
    .limit(1)
    .correlate(InstanceRow)
    .scalar_subquery()
)
"""Not `exists`, which the planner may answer by reading the stages of all deals."""

INSTANCES: Select[Any] = _with_deal(
    select(
        *InstanceRow.__table__.columns,
        *_named(_starter, "started_by"),
        *_DEAL,
        select(func.count())
        .where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
        .scalar_subquery()
        .label("incidents"),
        func.coalesce(_goes_round, false()).label("goes_round"),
    ),
    InstanceRow,
).outerjoin(_starter, _starter.id == InstanceRow.started_by)
"""With what a supervisor is to notice: open incidents, and deals that go in circles."""

_INSTANCE = Prepared(INSTANCES.where(InstanceRow.id == bindparam("id")))


def tasks(session: Session, ids: Iterable[int]) -> list[Row[Any]]:
    """The rows of `TASKS`, in the order of the ids."""
    wanted = list(ids)
    if not wanted:
        return []
    places = _places(len(wanted))
    query = prepared(("tasks", len(places)), lambda: TASKS.where(UserTaskRow.id.in_(_bound(places))))
    filled = wanted + wanted[-1:] * (len(places) - len(wanted))
    found = {row.id: row for row in query.rows(session, **dict(zip(places, filled, strict=True)))}
    return [found[id] for id in wanted if id in found]


def _places(number: int) -> list[str]:
    """Names for at least so many values, of few different lengths. Of a list as one value the planner does not know the
    length, so it would plan nine tables anew each time, which takes ten times as long as the answer."""
    return [f"id_{place}" for place in range(1 << (number - 1).bit_length())]


def _bound(names: list[str]) -> list[BindParameter[int]]:
    return [bindparam(name, type_=BigInteger) for name in names]


def instance(session: Session, id: int) -> Row[Any]:
    """The row of `INSTANCES`."""
    (row,) = _INSTANCE.rows(session, id=id)
    return row


def deals(session: Session, ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Rows with the columns of a deal that those of tasks and instances have too."""
    wanted = list(ids)
    return DEALS.rows(session, ids=wanted) if wanted else []
