"""What one completion says to the database: every statement, and how often it commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass(slots=True)
class Said:
    """`values` are the parameters of each statement."""

    statements: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    commits: int = 0


@contextmanager
def listening(engine: Engine) -> Iterator[Said]:
    """Everything that goes through the engine's connections meanwhile."""
    said = Said()

    def before(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        said.statements.append(" ".join(statement.split()))
        said.values.append(values)

    def committed(_connection: object) -> None:
        said.commits += 1

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", committed)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "commit", committed)


def of_one(engine: Engine, step: Callable[[], object]) -> Said:
    with listening(engine) as said:
        step()
    return said
