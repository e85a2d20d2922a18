"""An instance in memory, what its run asks of the world, and what its operations get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bpmn.decisions import Outcome
from bpmn.model import Node
from engine import decisions
from engine import state as kinds
from engine.assignment import task_values
from engine.definitions import Definition
from engine.errors import ProcessError
from engine.graph import Graph
from engine.runtime import Run
from engine.state import State, Token, encode
from engine.tables import ACTIVE
from kernel import working_time
from kernel.context import Context
from kernel.errors import AppError, Message, ValidationFailed
from kernel.i18n import N_
from kernel.working_time import Calendar

if TYPE_CHECKING:
    from engine.execution import Execution

NO_OPERATION = N_("There is no operation “%(operation)s”.")
WAITING_KINDS = frozenset({kinds.TASK, kinds.CHOICE, kinds.CATCH, kinds.LISTEN, kinds.JOB, kinds.INCIDENT})


@dataclass
class Live:
    """An instance held in memory, under its root's lock, for the rest of the transaction.

    `completed` are the results of the tasks that people have done since it was loaded, by their tokens; `taken` is what
    the step that is about to be written has removed and changed.
    """

    id: int
    definition: Definition
    state: State
    host: InstanceHost
    status: str = ACTIVE
    version: int = 0
    is_new: bool = False
    root_id: int | None = None
    parent_id: int | None = None
    parent_token: int | None = None
    business_key: str | None = None
    origin_key: str | None = None
    subject: tuple[str, int] | None = None
    started_at: datetime | None = None
    started_by: int | None = None
    ended_at: datetime | None = None
    completed: dict[int, str | None] = field(default_factory=dict)
    before: dict[int, tuple[str, str]] = field(default_factory=dict)
    stored: tuple[Any, ...] = ()
    taken: bytes = b""
    run: Run = field(init=False)

    def __post_init__(self) -> None:
        self.run = Run(self.definition.graph, self.state, self.host)
        self.host.live = self
        self.remember()

    @property
    def graph(self) -> Graph:
        return self.definition.graph

    def remember(self) -> None:
        """Notes what is waiting now: rows are the difference to it at the next write."""
        self.before = {t.id: (t.kind, t.node) for t in self.state.tokens.values() if t.kind in WAITING_KINDS}

    def forget_step(self) -> None:
        """The step is written: the next one begins from here."""
        self.is_new = False
        self.remember()
        self.completed = {}
        run = self.run
        run.entries, run.troubles, run.changed, run.rearmed = [], [], {}, set()

    def snapshot(self, content: bytes | None = None) -> tuple[bytes, Any, Any, Any]:
        """What the row says of the instance, the encoded state first: nothing is written when it has not changed."""
        return (content or encode(self.state), self.status, self.business_key, self.subject)

    def new_tokens(self) -> list[Token]:
        return [
            t
            for t in self.state.tokens.values()
            if t.kind in WAITING_KINDS
            and (t.id not in self.before or self.before[t.id][0] != t.kind or t.id in self.run.rearmed)
        ]

    def gone_tokens(self) -> list[int]:
        """Those whose jobs, subscriptions and incidents are over; a task has none of its own."""
        return [
            token
            for token, (kind, _) in self.before.items()
            if kind not in (kinds.TASK, kinds.CHOICE)
            and (token not in self.state.tokens or self.state.tokens[token].kind != kind or token in self.run.rearmed)
        ]

    def closings_of_tasks(self) -> list[dict[str, Any]]:
        """{token, state, result} of the tasks that are gone since the instance was loaded."""
        closed = []
        for token, (kind, _) in self.before.items():
            if kind in (kinds.TASK, kinds.CHOICE) and token not in self.state.tokens:
                state = "completed" if token in self.completed else "cancelled"
                closed.append({"token": token, "state": state, "result": self.completed.get(token)})
        return closed

    def task_values(self, token: Token) -> dict[str, Any]:
        return task_values(self, token)


class InstanceHost:
    """What one run asks of the world, answered by the product's ports for its instance."""

    live: Live

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.now = execution.context.now()

    def fact(self, name: str) -> Any:
        return self.execution.ports.fact(self.execution, self.live, name)

    def is_asynchronous(self, operation: str) -> bool:
        found = self.execution.ports.operations.get(operation)
        return found is not None and found.asynchronous

    def operate(self, run: Run, token: Token, operation: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        """Calls an operation; a parameter the diagram does not give is the variable of its name."""
        node = run.graph.node(token.node)
        found = self.execution.ports.operations.get(operation)
        if found is None:
            raise ProcessError(node.id, node.title, Message(NO_OPERATION, operation=operation))
        names = run.names(token.scope)
        values = {spec.name: names.get(spec.name) for spec in found.parameters}
        try:
            with working_time.using(self.calendar):
                answer = found.call(Step(self.execution, self.live, node, token), {**values, **parameters})
        except ValidationFailed:
            raise
        except AppError as error:
            error.details.setdefault("element_id", node.id)
            raise
        run.facts_changed()
        return answer

    def decide(self, run: Run, token: Token, node: Node) -> Outcome | None:
        session = self.execution.context.session
        decision_id = decisions.called_by(session, node.extension, self.live.definition.id)
        if decision_id is None:
            return None
        loaded = decisions.load(session, decision_id)
        with working_time.using(self.calendar):
            outcome = loaded.requirements.evaluate(loaded.key, run.names(token.scope))
        decisions.record(self.execution.context, self.live.id, node.id, token.id, loaded, outcome)
        return outcome

    def knows_decision(self, key: str) -> bool:
        return decisions.is_known(self.execution.context.session, key)

    def calendar(self) -> Calendar:
        return self.execution.ports.calendar(self.execution, self.live)

    def entered(self, run: Run, node: Node) -> None:
        self.execution.ports.stage_entered(self.execution, self.live, node)


@dataclass(frozen=True, slots=True)
class Step:
    """What an operation gets: the transaction's context and the instance it works for."""

    execution: Execution
    live: Live
    node: Node
    token: Token

    @property
    def context(self) -> Context:
        return self.execution.context

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.live.run.names(self.token.scope)

    def set_subject(self, subject_type: str, subject_id: int) -> None:
        """Binds the instance to another record; its first business key goes on finding it."""
        self.live.origin_key = self.live.origin_key or self.live.business_key
        self.live.subject = (subject_type, subject_id)
        self.live.business_key = f"{subject_type}:{subject_id}"
