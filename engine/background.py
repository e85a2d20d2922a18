"""Long work in chunks: a named function does one in a transaction of its own and says how to go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.tables import JobRow
from kernel.context import Context

KIND = "background"
RETRIES = 5
Chunk = Callable[[Context, dict[str, Any]], Mapping[str, Any] | None]
_tasks: dict[str, Chunk] = {}


def task(name: str) -> Callable[[Chunk], Chunk]:
    """Registers a function of (context, payload). What it returns is the payload of the next chunk; None is the end."""

    def register(function: Chunk) -> Chunk:
        if name in _tasks:
            raise ValueError(f"background task {name} is registered twice")
        _tasks[name] = function
        return function

    return register


def schedule(context: Context, name: str, payload: Mapping[str, Any], due: datetime | None = None) -> None:
    """To be done after this transaction commits, at `due` if it is given; `payload` is plain JSON."""
    if name not in _tasks:
        raise KeyError(name)
    now = context.now()
    context.session.add(
        JobRow(
            kind=KIND,
            element_id=name,
            payload=dict(payload),
            due=due or now,
            created_at=now,
            retries=RETRIES,
        )
    )


def names() -> set[str]:
    """Of everything that is registered."""
    return set(_tasks)


def run(context: Context, name: str, payload: Mapping[str, Any]) -> None:
    """One chunk; the next one is scheduled in the same transaction."""
    more = _tasks[name](context, dict(payload))
    if more is not None:
        schedule(context, name, more)
