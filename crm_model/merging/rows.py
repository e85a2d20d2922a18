"""Rows as PostgreSQL keeps them, whole and as JSON, so that none of a table's columns is forgotten."""

from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Table, delete, func, inspect, literal_column, select, text, tuple_
from sqlalchemy.orm import Session


def table_of(model: type[Any]) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table


def as_json(session: Session, table: Table, *where: Any) -> list[dict[str, Any]]:
    return list(
        session.scalars(select(func.to_jsonb(literal_column(f'"{table.name}"'))).select_from(table).where(*where))
    )


def one(session: Session, table: Table, number: int) -> dict[str, Any] | None:
    return next(iter(as_json(session, table, table.c.id == number)), None)


def insert(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Puts rows back with the keys they had."""
    if rows:
        names = _names(table)
        session.execute(
            text(
                f'INSERT INTO "{table.name}" ({names}) OVERRIDING SYSTEM VALUE'
                f' SELECT {names} FROM jsonb_populate_recordset(NULL::"{table.name}", :rows)'
            ),
            {"rows": Jsonb(rows)},
        )


def restore(session: Session, table: Table, row: dict[str, Any], columns: list[str]) -> None:
    """Sets columns of a row back to what they were."""
    if columns:
        sets = ", ".join(f'"{name}" = was."{name}"' for name in columns)
        session.execute(
            text(
                f'UPDATE "{table.name}" AS here SET {sets} FROM jsonb_populate_record(NULL::"{table.name}", :row) AS was'
                " WHERE here.id = was.id"
            ),
            {"row": Jsonb(row)},
        )


def keys_in(table: Table, keys: list[list[Any]]) -> Any:
    return tuple_(*table.primary_key.columns).in_([tuple(key) for key in keys])


def take(session: Session, table: Table, *where: Any) -> list[dict[str, Any]]:
    """Deletes rows and answers what they were."""
    found = as_json(session, table, *where)
    if found:
        session.execute(delete(table).where(*where))
    return found


def _names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns if column.computed is None)
