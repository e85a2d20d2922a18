"""Everything that is known about a person, to hand out: records, what hangs on them, deals, processes, changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from crm_model.audit import AuditEntry
from crm_model.documents import Document
from crm_model.merging import referring, rows
from crm_model.merging.tables import MODELS
from crm_model.personal import erasing
from crm_model.personal.identity import Person
from engine import history, redaction, subjects
from engine.tables import HistoryEntryRow, InstanceRow, TaskCommentRow, UserTaskRow
from kernel.context import Context
from kernel.permissions import use_case
from processes import personal_data

HOUSES_OWN = frozenset({"token", "message_id", "worker", "search_key", "sort_key", "content"})
"""Columns that tell of our own workings, not of the person."""


@use_case("personal_data.manage")
def export_person(context: Context, kind: str, record_id: int) -> dict[str, Any]:
    """Lists of rows by their table; processes with variables, steps, changes of variables, tasks and comments."""
    record, person = personal_data.person_of(context, kind, record_id)
    found: dict[str, Any] = {"name": record.name, "made_at": context.now().isoformat()}
    for name, ids in person.ids.items():
        table = rows.table_of(MODELS[name])
        found[table.name] = _plain(rows.as_json(context.session, table, table.c.id.in_(ids)))
    for name, related in _hanging(context, person).items():
        found[name] = [*found.get(name, []), *(row for row in related if row not in found.get(name, []))]
    found["documents"] = _documents(context, person)
    found["changes"] = _changes(context, person)
    found["processes"] = _processes(context, person)
    return found


def _hanging(context: Context, person: Person) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[Any]] = {}
    for kind, ids in person.ids.items():
        for column in referring.columns_to(MODELS[kind]):
            related = _plain(rows.as_json(context.session, column.table, column.in_(ids)))
            found.setdefault(column.table.name, []).extend(
                row for row in related if row not in found[column.table.name]
            )
    return {name: related for name, related in found.items() if related}


def _plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in HOUSES_OWN and value not in (None, [], {})}
        for row in found
    ]


def _documents(context: Context, person: Person) -> list[dict[str, Any]]:
    """The list, without the files: they are on the pages of their deals."""
    deals = [deal.id for deal in erasing.deals_of(context.session, person)]
    table = rows.table_of(Document)
    return _plain(rows.as_json(context.session, table, table.c.deal_id.in_(deals)))


def _changes(context: Context, person: Person) -> list[dict[str, Any]]:
    mine = [(AuditEntry.record_type == kind) & AuditEntry.record_id.in_(ids) for kind, ids in person.ids.items()]
    table = rows.table_of(AuditEntry)
    return _plain(rows.as_json(context.session, table, or_(*mine)))


def _processes(context: Context, person: Person) -> list[dict[str, Any]]:
    session = context.session
    about = or_(*(subjects.about(one) for one in personal_data.subjects_of(person)))
    instances = session.scalars(select(InstanceRow).where(about).order_by(InstanceRow.id)).all()
    variables = redaction.variables_of(session, [row.id for row in instances])
    return [
        {
            "id": row.id,
            "process": row.definition_key,
            "state": row.state,
            "started_at": row.started_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "variables": variables[row.id],
            "steps": _of(context, HistoryEntryRow, row.id),
            "variable_changes": _variable_changes(context, row.id),
            "tasks": _of(context, UserTaskRow, row.id),
            "comments": _comments(context, row.id),
        }
        for row in instances
    ]


def _of(context: Context, model: type[Any], instance_id: int) -> list[dict[str, Any]]:
    return _plain(rows.as_json(context.session, rows.table_of(model), model.instance_id == instance_id))


def _variable_changes(context: Context, instance_id: int) -> list[dict[str, Any]]:
    return [
        {"at": change.at.isoformat(), "name": change.name, "was": change.was, "became": change.became}
        for change in reversed(history.variable_changes(context.session, instance_id))
    ]


def _comments(context: Context, instance_id: int) -> list[dict[str, Any]]:
    tasks = select(UserTaskRow.id).where(UserTaskRow.instance_id == instance_id)
    return _plain(rows.as_json(context.session, rows.table_of(TaskCommentRow), TaskCommentRow.task_id.in_(tasks)))
