"""Plays a diagram on the bare runtime: no database, saved and read back between any two steps."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bpmn.decisions import Outcome
from bpmn.model import Node
from bpmn.reading import ready_to_run
from engine import state as kinds
from engine.behaviours import events, tasks
from engine.effects import Entry, Thrown, Trouble
from engine.graph import Graph
from engine.runtime import Run
from engine.state import State, Token, decode, encode
from kernel.working_time import DEFAULT, Calendar

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class FakeHost:
    """A world with a clock, facts and operations that a test gives it."""

    def __init__(self, operations: Mapping[str, Any] | None = None, facts: Mapping[str, Any] | None = None) -> None:
        self.now = NOON
        self.operations = dict(operations or {})
        self.facts = dict(facts or {})
        self.stages: list[str] = []

    def fact(self, name: str) -> Any:
        return self.facts[name]

    def is_asynchronous(self, operation: str) -> bool:
        return operation.startswith("slow.")

    def operate(self, run: Run, token: Token, operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        return self.operations[operation](**parameters) or {}

    def decide(self, run: Run, token: Token, node: Node) -> Outcome | None:
        return None

    def knows_decision(self, key: str) -> bool:
        return False

    def calendar(self) -> Calendar:
        return DEFAULT

    def entered(self, run: Run, node: Node) -> None:
        self.stages.append(str(node.extension.stage))


class Player:
    """One instance of one process."""

    def __init__(
        self,
        xml: bytes,
        variables: Mapping[str, Any] | None = None,
        host: FakeHost | None = None,
        start: str | None = None,
        happened: int | None = None,
    ) -> None:
        process = next(iter(ready_to_run("test.bpmn", xml).processes.values()))
        self.graph = Graph(process)
        self.host = host or FakeHost()
        self.state = State()
        self.entries: list[Entry] = []
        self.thrown: list[Thrown] = []
        self.troubles: list[Trouble] = []
        self.outcome: str | None = None
        self.end_event: str | None = None
        run = Run(self.graph, self.state, self.host)
        run.start(variables or {}, start, happened)
        self._go(run)

    def _go(self, run: Run) -> None:
        run.advance()
        self.entries += run.entries
        self.thrown += run.thrown
        self.troubles += run.troubles
        self.outcome, self.end_event = run.outcome, run.end_event or self.end_event
        self.state = decode(encode(self.state))

    def _run(self) -> Run:
        return Run(self.graph, self.state, self.host)

    @property
    def open(self) -> list[str]:
        """Elements where a person has something to do."""
        return sorted(t.node for t in self.state.tokens.values() if t.kind in (kinds.TASK, kinds.CHOICE))

    @property
    def waiting(self) -> list[str]:
        """Events and joins that wait."""
        return sorted(t.node for t in self.state.tokens.values() if t.kind in (kinds.CATCH, kinds.LISTEN, kinds.JOIN))

    @property
    def variables(self) -> dict[str, Any]:
        return self.state.variables

    @property
    def trace(self) -> list[str]:
        """Elements in the order in which they were entered, cancelled ones in brackets."""
        ordered = sorted(self.entries, key=lambda entry: entry.run)
        return [e.node.id if e.outcome == "completed" else f"({e.node.id})" for e in ordered]

    def _token(self, element: str, *wanted: str) -> Token:
        for token in self.state.tokens.values():
            if token.node == element and token.kind in wanted:
                return token
        raise AssertionError(f"{element} does not wait; open {self.open}, waiting {self.waiting}")

    def do(self, element: str, result: str | None = None, **variables: Any) -> "Player":
        """Completes the oldest task of an element."""
        run = self._run()
        tasks.complete(run, self._token(element, kinds.TASK), result, variables)
        self._go(run)
        return self

    def choose(self, element: str, *flows: str) -> "Player":
        run = self._run()
        tasks.choose(run, self._token(element, kinds.CHOICE), list(flows))
        self._go(run)
        return self

    def happen(self, element: str, index: int = 0, **variables: Any) -> "Player":
        """Lets a waiting event happen."""
        run = self._run()
        token = self._token(element, kinds.CATCH, kinds.LISTEN)
        run.set_variables(variables)
        events.trigger(run, token, index)
        self._go(run)
        return self

    def retry(self, element: str) -> "Player":
        run = self._run()
        run.retry(self._token(element, kinds.INCIDENT))
        self._go(run)
        return self

    def set(self, **variables: Any) -> "Player":
        run = self._run()
        run.set_variables(variables)
        self._go(run)
        return self

    def due(self, element: str) -> timedelta:
        """How long from now the timer of an element has to run."""
        seconds = self._token(element, kinds.CATCH, kinds.LISTEN).data["due0"]
        return datetime.fromtimestamp(seconds, UTC) - self.host.now
