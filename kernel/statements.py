"""Statements that run at every step: the driver gets them as they are, and its rows are the answer.

SQLAlchemy spends on each execution about as much as the database does on a row by its key. Errors are SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cache, cached_property
from typing import Any, TypeVar

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, Executable, inspect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

E = TypeVar("E")
CURSOR = "procession_cursor"
"""Where a connection keeps the cursor that it uses again and again: it has learnt the types by then."""


def rows(session: Session, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """The named tuples that a statement with places like `%(name)s` answers, inside the session's transaction; what the
    session has not flushed is not seen."""
    connection = session.connection()
    cursor: Any = connection.info.get(CURSOR)
    if cursor is None:
        cursor = connection.info[CURSOR] = connection.connection.cursor(row_factory=namedtuple_row)
    try:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall() if cursor.pgresult.nfields else []
        return found
    except psycopg.Error as error:
        raise _as_sqlalchemy_tells(connection, statement, values, error) from error


class Prepared:
    """A query that is composed once. Its columns need names, each another, and plain types: no decorator of ours. What
    is bound by a name must be given each time, whoever the query was composed for."""

    def __init__(self, query: Executable) -> None:
        self.query = query

    @cached_property
    def _composed(self) -> tuple[str, dict[str, Any]]:
        compiled = self.query.compile(dialect=PGDialect_psycopg())  # type: ignore[attr-defined]
        own = {name: bound.value for bound, name in compiled.bind_names.items() if bound.unique}
        return str(compiled), own

    def rows(self, session: Session, **values: Any) -> list[Any]:
        """The answer, with what the session holds flushed first."""
        session.flush()
        statement, fixed = self._composed
        return rows(session, statement, {**fixed, **values})


@cache
def _attributes(mapper: Any) -> tuple[tuple[str, str], ...]:
    """(attribute, column) of a model."""
    return tuple((attribute.key, attribute.columns[0].name) for attribute in mapper.column_attrs)


def entity(session: Session, model: type[E], row: Any) -> E:
    """The record of a row with all columns of the model by their names, as the session would have loaded it, for a
    quarter of the price. One that the session has already gets the row's values."""
    mapper = inspect(model)
    known = session.identity_map.get(mapper.identity_key_from_primary_key((row.id,)))
    record: E = known if known is not None else model()
    for attribute, column in _attributes(mapper):
        set_committed_value(record, attribute, getattr(row, column))
    if known is None:
        make_transient_to_detached(record)
        session.add(record)
    return record


_prepared: dict[Hashable, Prepared] = {}
MOST_SHAPES = 2000


def prepared(shape: Hashable, compose: Callable[[], Executable]) -> Prepared:
    """The query of a shape, composed when it is first wanted. Whatever differs between two calls of one shape is bound by
    a name, or tells one shape from the other."""
    found = _prepared.get(shape)
    if found is None:
        if len(_prepared) >= MOST_SHAPES:
            _prepared.clear()
        found = _prepared[shape] = Prepared(compose())
    return found


def _as_sqlalchemy_tells(
    connection: Connection, statement: str, values: Mapping[str, Any], error: psycopg.Error
) -> BaseException:
    told: Any = error
    away = connection.dialect.is_disconnect(told, connection.connection.driver_connection, None)
    if away:
        connection.invalidate(error)
    return DBAPIError.instance(
        statement, dict(values), error, psycopg.Error, connection_invalidated=away, dialect=connection.dialect
    )
