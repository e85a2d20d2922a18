"""Years of finished work in a minute: one sale that was really played, copied within the database."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

MOST_DAYS_AGO = 1000
SHIFTED = {"process_instance": "instance_id", "deals": "deal_id", "user_task": "task_id"}
"""Tables whose rows others name, and in which column."""
PEOPLE = frozenset({"owner_id", "assignee_id", "ended_by", "started_by", "actor_id", "by_id", "created_by_id"})
COPIED = (
    ("deals", "id = %(deal)s"),
    ("stage_history", "deal_id = %(deal)s"),
    ("process_instance", "id = %(instance)s"),
    ("user_task", "instance_id = %(instance)s"),
    ("history_entry", "instance_id = %(instance)s"),
    ("history_step", "instance_id = %(instance)s"),
    ("activities", "deal_id = %(deal)s"),
)


def copy(dsn: str, *, instance: int, deal: int, people: Sequence[int], copies: int) -> None:
    """Copies what a finished instance and its deal left behind, `copies` times, to other people and earlier days.

    No row is changed but for its number, what it refers to, whose it is and when it was.
    """
    known = {"instance": instance, "deal": deal, "people": list(people), "copies": copies, "days": MOST_DAYS_AGO}
    with psycopg.connect(dsn) as connection:
        spans = {table: _span(connection, table, where, known) for table, where in COPIED if _has_id(connection, table)}
        for table, where in COPIED:
            connection.execute(_copying(connection, table, where, spans), known)
        for table in spans:
            connection.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({name}, 'id'), (SELECT max(id) FROM {table}))").format(
                    name=sql.Literal(table), table=sql.Identifier(table)
                )
            )


def _columns(connection: psycopg.Connection, table: str) -> dict[str, str]:
    """The type of each column that can be written."""
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return dict(rows.fetchall())


def _has_id(connection: psycopg.Connection, table: str) -> bool:
    return "id" in _columns(connection, table)


def _span(connection: psycopg.Connection, table: str, where: str, known: dict[str, object]) -> tuple[int, int]:
    """From which number the copies of a table's rows begin, and how many numbers one copy takes."""
    query = sql.SQL("SELECT min(id), max(id) FROM {table} WHERE ").format(table=sql.Identifier(table)) + _sql(where)
    first, last = connection.execute(query, known).fetchone() or (0, 0)
    top = connection.execute(sql.SQL("SELECT max(id) FROM {}").format(sql.Identifier(table))).fetchone()
    return (top[0] if top and top[0] else 0) + 1 - (first or 0), (last or 0) - (first or 0) + 1


def _sql(text: str) -> sql.SQL:
    return sql.SQL(text)  # type: ignore[arg-type]


def _copying(connection: psycopg.Connection, table: str, where: str, spans: dict[str, tuple[int, int]]) -> sql.Composed:
    numbered = {"id": table, **{column: other for other, column in SHIFTED.items()}}
    names, values = [], []
    for name, kind in _columns(connection, table).items():
        own = sql.Identifier("t", name)
        names.append(sql.Identifier(name))
        if name in numbered and numbered[name] in spans:
            values.append(_renumbered(own, spans[numbered[name]]))
        elif name == "business_key":
            values.append(sql.SQL("'deal:' || ({})").format(_renumbered(_sql("%(deal)s"), spans["deals"])))
        elif name == "subject_id":
            values.append(_renumbered(own, spans["deals"]))
        elif name == "number":
            values.append(sql.SQL("{} || '-' || k").format(own))
        elif name in PEOPLE:
            values.append(_sql("(%(people)s::bigint[])[1 + k %% cardinality(%(people)s)]"))
        elif kind == "timestamp with time zone":
            values.append(sql.SQL("{} - (k %% %(days)s + 1) * interval '1 day'").format(own))
        else:
            values.append(own)
    filling = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {table} t, generate_series(0, %(copies)s - 1) k"
    )
    return filling.format(
        table=sql.Identifier(table), names=sql.SQL(", ").join(names), values=sql.SQL(", ").join(values)
    ) + _sql(f" WHERE {where}")


def _renumbered(number: sql.Composable, span: tuple[int, int]) -> sql.Composable:
    offset, width = span
    return sql.SQL("{number} + {offset} + k::bigint * {width}").format(
        number=number, offset=sql.Literal(offset), width=sql.Literal(width)
    )
