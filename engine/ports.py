"""What the engine asks of the product around it; `processes` answers, fakes answer in tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bpmn.model import Node
from engine.operations import Registry
from kernel.working_time import DEFAULT, Calendar

if TYPE_CHECKING:
    from engine.execution import Execution
    from engine.live import Live
    from engine.store import Written


@dataclass
class Ports:
    """The neutral answers: no facts, no operations, nobody follows. Subclass and override."""

    operations: Registry = field(default_factory=Registry)

    def fact(self, execution: Execution, live: Live, name: str) -> Any:
        """A name of expressions that is no variable; KeyError if there is none."""
        raise KeyError(name)

    def user_id(self, execution: Execution, username: str) -> int | None:
        """The person a diagram names by user name."""
        return None

    def subject_of(self, execution: Execution, business_key: str | None) -> tuple[str, int] | None:
        """The record a business key such as deal:7 names."""
        return None

    def stage_entered(self, execution: Execution, live: Live, node: Node) -> None:
        """An element that carries a stage was entered, before its work began."""

    def calendar(self, execution: Execution, live: Live | None) -> Calendar:
        """By which an instance reckons with working time; of no instance, by which processes start."""
        return DEFAULT

    def put_back(self, execution: Execution, live: Live, node: Node) -> None:
        """An instance was rewound to when this element had set the stage."""

    def tasks_written(self, execution: Execution, written: list[Written]) -> None:
        """Rows of tasks were written in this transaction."""

    def instance_ended(self, execution: Execution, live: Live) -> None:
        """An instance has completed, failed or was cancelled."""
