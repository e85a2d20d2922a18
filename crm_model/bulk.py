"""Thousands of rows in one statement: sent as JSON, which PostgreSQL unpacks by the columns' own types."""

from collections.abc import Collection, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import BigInteger, ColumnElement, Table, any_, delete, inspect, literal, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from crm_model.audit import DELETE, AuditEntry, entry_of, name_of, plain
from kernel.context import Context

INCIDENTAL = frozenset({"id", "created_at", "created_by_id", "updated_at", "version"})


def insert_rows(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Every row has the same keys; what they leave out gets the table's own defaults."""
    if rows:
        table = _table(model)
        names = ", ".join(f'"{name}"' for name in rows[0])
        session.execute(
            text(f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, :rows)"),
            {"rows": Jsonb(rows)},
        )


def update_rows(session: Session, model: type[Any], rows: Sequence[dict[str, Any]], key: Sequence[str]) -> None:
    """Rows are found by the columns of `key`; the others are set."""
    if rows:
        table = _table(model)
        sets = ", ".join(f'"{name}" = sent."{name}"' for name in rows[0] if name not in key)
        same = " AND ".join(f'here."{name}" = sent."{name}"' for name in key)
        session.execute(
            text(
                f"UPDATE {table} AS here SET {sets} FROM jsonb_populate_recordset(NULL::{table}, :rows) AS sent WHERE {same}"
            ),
            {"rows": Jsonb(rows)},
        )


def insert_records(ctx: Context, records: Sequence[Any], *, cause: dict[str, Any]) -> list[int]:
    """Records of one kind, not in any session, with their audit; the ids they get, in the same order.

    Nothing that a flush of the session would do happens to them, but their validators have run.
    """
    if not records:
        return []
    model = type(records[0])
    count = {"table": str(_table(model)), "count": len(records)}
    query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    ids = list(ctx.session.scalars(query, count))
    stamped = {"created_at": plain(ctx.now()), "updated_at": plain(ctx.now()), "created_by_id": ctx.actor.user_id}
    rows = [{**_values(record), **stamped, "id": given} for given, record in zip(ids, records, strict=True)]
    every = dict.fromkeys(key for row in rows for key in row)
    insert_rows(ctx.session, model, [{key: row.get(key) for key in every} for row in rows])
    _audit(ctx, name_of(model), rows, cause)
    return ids


def delete_records(ctx: Context, records: Sequence[Any], *, cause: dict[str, Any]) -> None:
    """Records of one kind go with their audit; what hangs on them does as the tables say, not the session."""
    ctx.session.flush()
    if not records:
        return
    who = {"at": plain(ctx.now()), "actor_id": ctx.actor.user_id, "cause": cause}
    insert_rows(ctx.session, AuditEntry, [who | entry_of(record, DELETE) for record in records])
    model = type(records[0])
    ctx.session.execute(
        delete(model).where(among(model.id, [record.id for record in records])),
        execution_options={"synchronize_session": False},
    )
    for record in records:
        ctx.session.expunge(record)


def among(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """`column` is one of many numbers, sent as one value: a list of parameters is read for longer than it is looked up."""
    return column == any_(literal(list(ids), ARRAY(BigInteger)))


def _audit(ctx: Context, entity: str, rows: Sequence[dict[str, Any]], cause: dict[str, Any]) -> None:
    common = {"entity": entity, "record_type": entity, "at": plain(ctx.now()), "actor_id": ctx.actor.user_id}
    common |= {"action": "create", "cause": cause}
    entries = [{**common, "entity_id": row["id"], "record_id": row["id"], "changes": _filled(row)} for row in rows]
    insert_rows(ctx.session, AuditEntry, entries)


def _filled(row: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [None, plain(value)]
        for name, value in row.items()
        if name not in INCIDENTAL and value not in (None, [], {})
    }


def _values(record: Any) -> dict[str, Any]:
    """What was assigned, and the defaults of Python for the rest."""
    found: dict[str, Any] = {}
    for column in inspect(type(record)).columns:
        if column.key in record.__dict__:
            found[column.key] = json_value(record.__dict__[column.key])
        elif column.default is not None and column.default.is_scalar:
            found[column.key] = column.default.arg
        elif column.default is not None and column.default.is_callable:
            found[column.key] = column.default.arg(None)
    return found


def json_value(value: Any) -> Any:
    """As `jsonb_populate_recordset` reads it back, whole."""
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def _table(model: type[Any]) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table
