"""What happens in a sale, one thing after another: answers to tasks, and what people do besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.demo.sale import Sale

Value = Any | Callable[["Sale"], Any]


@dataclass(frozen=True, slots=True)
class Step:
    """Something done `wait` working hours after the step before."""

    wait: float


@dataclass(frozen=True, slots=True)
class Start(Step):
    """The sale begins; `as_deal` on a deal made by hand, at that stage."""

    as_deal: str | None = None


@dataclass(frozen=True, slots=True)
class Answer(Step):
    """The open task of an element is completed by its assignee. A value may be asked of the sale when it is due."""

    element: str
    result: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Present(Step):
    """The activity *Give presentation* takes place."""


@dataclass(frozen=True, slots=True)
class Jump(Step):
    """The stage is changed from outside: the kanban board, or *Change stage* on the deal."""

    stage: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aside(Step):
    """Something people do of their own accord: a note, a letter, a file."""

    act: Callable[[Sale], None]


@dataclass(frozen=True, slots=True)
class Follow(Step):
    """From here on it is about the process that the client was moved to."""
