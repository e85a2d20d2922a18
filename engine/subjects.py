"""What instances are about: locking those of a record, and moving them to another record and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from engine.execution import Execution
from engine.tables import ACTIVE, KEYED_OTHERWISE, SUSPENDED, InboxRow, InstanceRow, UserTaskRow

Subject = tuple[str, int]


def key_of(subject: Subject) -> str:
    return f"{subject[0]}:{subject[1]}"


def about(subject: Subject) -> ColumnElement[bool]:
    """Instances of a record, by key or by subject."""
    kind, number = subject
    by_subject = (InstanceRow.subject_type == kind) & (InstanceRow.subject_id == number) & KEYED_OTHERWISE
    key = key_of(subject)
    return or_(InstanceRow.business_key == key, InstanceRow.origin_key == key, by_subject)


def lock(execution: Execution, *subjects: Subject) -> None:
    """Waits for whoever is at work in running instances of these records."""
    session = execution.context.session
    running = select(InstanceRow.id).where(
        or_(*(about(subject) for subject in subjects)), InstanceRow.state.in_((ACTIVE, SUSPENDED))
    )
    for instance_id in session.scalars(running.order_by(func.coalesce(InstanceRow.root_id, InstanceRow.id))).all():
        execution.lock(instance_id)


def move(session: Session, old: Subject, new: Subject) -> dict[str, Any]:
    """Instances, tasks and kept messages of one record become those of another; both keys go on finding them through
    whoever knows what became of the old one. Answers the keys of the rows by column."""
    moved: dict[str, Any] = {}
    of_old = list(session.scalars(select(InstanceRow.id).where(about(old))))
    for row, column, was, becomes in _columns(old, new):
        query = update(row).where(getattr(row, column) == was)
        if row is InstanceRow:
            query = query.where(row.id.in_(of_old))
        if column == "subject_id":
            query = query.where(row.subject_type == old[0])
        ids = session.scalars(_quietly(query.values({column: becomes}).returning(row.id))).all()
        if ids:
            moved[f"{row.__tablename__}.{column}"] = [[number] for number in ids]
    return moved


def move_back(session: Session, moved: dict[str, Any], old: Subject, new: Subject) -> None:
    """Those that are still of `new`."""
    for row, column, was, becomes in _columns(old, new):
        ids = [key[0] for key in moved.get(f"{row.__tablename__}.{column}", [])]
        query = update(row).where(row.id.in_(ids), getattr(row, column) == becomes)
        session.execute(_quietly(query.values({column: was})))


def _columns(old: Subject, new: Subject) -> list[tuple[Any, str, Any, Any]]:
    keys = key_of(old), key_of(new)
    return [
        (InstanceRow, "business_key", *keys),
        (InstanceRow, "origin_key", *keys),
        (InstanceRow, "subject_id", old[1], new[1]),
        (UserTaskRow, "subject_id", old[1], new[1]),
        (InboxRow, "business_key", *keys),
    ]


def _quietly(query: Any) -> Any:
    return query.execution_options(synchronize_session=False)
