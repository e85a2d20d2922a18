"""What one completion says to the database: every statement, and how often it commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

from kernel.db import Cursor


@dataclass(slots=True)
class Said:
    """`values` are the parameters of each statement."""

    statements: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    commits: int = 0


@contextmanager
def listening(engine: Engine) -> Iterator[Said]:
    """Everything that this process says to its databases meanwhile, by SQLAlchemy or past it, and the engine's commits."""
    said = Said()
    execute = Cursor.execute

    def listened(cursor: Cursor, statement: Any, values: Any = None, **more: Any) -> Any:
        said.statements.append(" ".join(str(statement).split()))
        said.values.append(values)
        return execute(cursor, statement, values, **more)

    def committed(_connection: object) -> None:
        said.commits += 1

    event.listen(engine, "commit", committed)
    Cursor.execute = listened  # type: ignore[method-assign,assignment]
    try:
        yield said
    finally:
        Cursor.execute = execute  # type: ignore[method-assign]
        event.remove(engine, "commit", committed)


def of_one(engine: Engine, step: Callable[[], object]) -> Said:
    with listening(engine) as said:
        step()
    return said
