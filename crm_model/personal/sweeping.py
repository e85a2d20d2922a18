"""Looks through every text of the database for what identifies a person, and writes a mark in its place."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, String, Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from kernel.db import Base

MARK = "[erased]"
LEFT_ALONE = frozenset(
    {
        "alembic_version", "api_tokens", "decision_definition", "deployment", "erasures", "form_definition",
        "mail_settings", "process_definition", "recent_uses", "user_sessions", "users", "wrong_passwords",
    }
)  # fmt: skip
"""Tables that tell of the house and its own people."""
ANSWERS = "idempotency_key"
"""Whole answers to requests of the last day: one that tells of the person goes."""


def tables() -> list[str]:
    """What is looked through, in a steady order."""
    return sorted(name for name in Base.metadata.tables if name not in LEFT_ALONE)


def sweep(session: Session, name: str, patterns: Sequence[str]) -> int:
    """Marks what one table holds; the number of its rows that held something."""
    table, pattern = Base.metadata.tables[name], "|".join(patterns)
    if not patterns:
        return 0
    if name == ANSWERS:
        return _drop_answers(session, table, pattern)
    columns = [column for column in table.columns if _is_text(column)]
    if not columns:
        return 0
    held = or_(*(_as_text(column).regexp_match(pattern) for column in columns))
    values = {column.name: _marked(column, pattern) for column in columns}
    query = update(table).where(held).values(values).execution_options(synchronize_session=False)
    return int(session.execute(query).rowcount)  # type: ignore[attr-defined]


def redacted(value: Any, pattern: re.Pattern[str]) -> Any:
    """The same for a value in memory, however deep."""
    if isinstance(value, str):
        return pattern.sub(MARK, value)
    if isinstance(value, dict):
        return {redacted(key, pattern): redacted(one, pattern) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(one, pattern) for one in value]
    return value


def _drop_answers(session: Session, table: Table, pattern: str) -> int:
    compiled = re.compile(pattern)
    gone = 0
    for user, key, body in session.execute(select(table.c.user_id, table.c.key, table.c.body)):
        said = (body or b"").decode("utf-8", "replace")
        if compiled.search(said) or compiled.search(_unescaped(said)):
            session.execute(delete(table).where(table.c.user_id == user, table.c.key == key))
            gone += 1
    return gone


def _unescaped(said: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), said)


def _is_text(column: Column[Any]) -> bool:
    if column.computed is not None or column.foreign_keys or column.primary_key:
        return False
    kind = column.type
    return isinstance(kind, String | Text | JSONB) or (isinstance(kind, ARRAY) and isinstance(kind.item_type, String))


def _as_text(column: Column[Any]) -> Any:
    if isinstance(column.type, ARRAY):
        return func.array_to_string(column, "\n")
    return cast(column, Text) if isinstance(column.type, JSONB) else column


def _marked(column: Column[Any], pattern: str) -> Any:
    marked = func.regexp_replace(_as_text(column), pattern, MARK, "g")
    if isinstance(column.type, ARRAY):
        return func.string_to_array(marked, "\n")
    if isinstance(column.type, JSONB):
        return cast(marked, JSONB)
    length = getattr(column.type, "length", None)
    return func.left(marked, length) if length else marked
