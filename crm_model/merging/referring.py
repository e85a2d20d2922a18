"""Everything that refers to a record, found from the tables themselves, and moving it to another record and back."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from crm_model.merging import pairs, rows
from crm_model.merging.rows import keys_in, table_of
from crm_model.segments import Segment, SegmentMember
from kernel.db import Base

AUDIT, MEMBERS = "audit_entries.record_id", "segment_members.person_id"
PAIRS = rows.table_of(pairs.DuplicatePair)
"""Without foreign keys, as they tell of records of every kind: moved by `move_audit`, taken away by `take_pairs`."""
LEFT = frozenset(
    {
        "audit_entries.entity_id",
        "import_rows.account_made_id",
        "import_rows.record_id",
        "import_rows.same_as_id",
        "merge_batches.loser_id",
        "merge_batches.survivor_id",
    }
)
"""Numbers of records that stay as they are: they tell what was once done to the record of that number."""
ENGINE = frozenset({"process_instance", "user_task", "inbox_message"})
"""Tables whose references the engine moves itself."""


def columns_to(model: type[Any]) -> Iterator[Column[Any]]:
    """Every foreign key to the records of a kind."""
    target = table_of(model)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is target for key in column.foreign_keys):
                yield column


def move(session: Session, model: type[Any], old: int, new: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Makes what refers to `old` refer to `new`. Answers the keys of what was moved by column, and the rows by table that
    would have stood there twice and are gone."""
    moved: dict[str, Any] = {}
    removed: dict[str, Any] = {}
    for column in columns_to(model):
        table = column.table
        twice = [_twin(table, column, rest, new) for rest in _unique_with(table, column)]
        for twin in twice:
            if found := rows.take(session, table, column == old, twin):
                removed.setdefault(table.name, []).extend(found)
        if keys := _repoint(session, table, column, new, column == old):
            moved[f"{table.name}.{column.name}"] = keys
    return moved, removed


def move_members(session: Session, kind: str, old: int, new: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Lists of people name them by number alone; who would stand in one twice stands there once."""
    table = rows.table_of(SegmentMember)
    of_kind = table.c.segment_id.in_(select(Segment.id).where(Segment.subject == f"{kind}s"))
    which = and_(table.c.person_id == old, of_kind)
    removed = rows.take(session, table, which, _twin(table, table.c.person_id, [table.c.segment_id], new))
    keys = _repoint(session, table, table.c.person_id, new, which)
    return {MEMBERS: keys} if keys else {}, {table.name: removed} if removed else {}


def move_audit(session: Session, kind: str, old: int, new: int) -> dict[str, Any]:
    """What was changed is told on the card that there is now."""
    table = Base.metadata.tables["audit_entries"]
    which = and_(table.c.record_type == kind, table.c.record_id == old)
    keys = _repoint(session, table, table.c.record_id, new, which)
    return {AUDIT: keys} if keys else {}


def take_pairs(session: Session, kind: str, old: int) -> dict[str, Any]:
    """A record that is gone is like nobody."""
    found = rows.take(session, PAIRS, PAIRS.c.kind == kind, or_(PAIRS.c.first_id == old, PAIRS.c.second_id == old))
    return {PAIRS.name: found} if found else {}


def move_back(session: Session, moved: dict[str, Any], old: int, new: int) -> None:
    """What still refers to `new` refers to `old` again; what somebody has since moved elsewhere stays there."""
    for name, keys in moved.items():
        table, _, column = name.partition(".")
        if table in Base.metadata.tables and table not in ENGINE:
            of = Base.metadata.tables[table]
            _repoint(session, of, of.c[column], old, and_(of.c[column] == new, keys_in(of, keys)))


def put_back(session: Session, removed: dict[str, Any]) -> None:
    """Rows that had stood there twice, but for those whose other end is gone meanwhile."""
    for name, kept in removed.items():
        table = Base.metadata.tables[name]
        rows.insert(session, table, [row for row in kept if not missing_targets(session, table, row)])


def missing_targets(session: Session, table: Table, row: dict[str, Any]) -> list[str]:
    """The columns whose records are no longer there."""
    return [
        column.name
        for column in table.columns
        for key in column.foreign_keys
        if row.get(column.name) is not None
        and session.scalar(select(key.column).where(key.column == row[column.name])) is None
    ]


def _repoint(session: Session, table: Table, column: Column[Any], new: int, where: Any) -> list[list[Any]]:
    query = update(table).where(where).values({column.name: new}).returning(*table.primary_key.columns)
    return [list(row) for row in session.execute(query)]


def _unique_with(table: Table, column: Column[Any]) -> Iterator[list[Column[Any]]]:
    """The other columns of each unique set that the column belongs to."""
    sets = [list(index.columns) for index in table.indexes if index.unique]
    sets += [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    sets.append(list(table.primary_key.columns))
    for columns in sets:
        if column in columns:
            yield [other for other in columns if other is not column]


def _twin(table: Table, column: Column[Any], rest: list[Column[Any]], new: int) -> Any:
    other = table.alias()
    return exists().where(other.c[column.name] == new, *(other.c[one.name] == one for one in rest))
