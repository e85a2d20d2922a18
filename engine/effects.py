"""What a run leaves for others to do, and what it asks of the world around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bpmn.decisions import Outcome
from bpmn.model import Node
from engine.state import Token
from kernel.working_time import Calendar

if TYPE_CHECKING:
    from engine.runtime import Run


class Host(Protocol):
    """What a run asks of the world around it."""

    now: datetime

    def fact(self, name: str) -> Any:
        """A read-only name of expressions (deal, account, actor_id, …); KeyError if there is none."""

    def is_asynchronous(self, operation: str) -> bool: ...

    def operate(self, run: "Run", token: Token, operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        """Does an operation in the step's transaction; what it answers becomes variables. May raise BpmnError."""

    def decide(self, run: "Run", token: Token, node: Node) -> Outcome | None:
        """Evaluates the decision that an element calls and keeps why; None where its version is not published."""

    def knows_decision(self, key: str) -> bool: ...

    def calendar(self) -> Calendar:
        """By which working time is reckoned here, and times without a zone are read."""

    def entered(self, run: "Run", node: Node) -> None:
        """An element with a stage was entered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finished run of an element, for the history. `entered` is microseconds since the epoch."""

    run: int
    node: Node
    entered: int
    left: int
    outcome: str
    via: tuple[str, ...]
    token: int | None
    result: str | None


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call activity wants another process started."""

    token: int
    called: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message or signal for whoever waits outside this instance."""

    kind: str
    name: str
    node: Node
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """An element that could not go on; its token stays as an incident."""

    token: int
    node: Node
    kind: str
    message: str
    params: dict[str, Any]
