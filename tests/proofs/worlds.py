"""Instances without a database: one world keeps everything in memory, another reads all anew after every step."""

from dataclasses import dataclass, field
from typing import Any

from bpmn.reading import ready_to_run
from engine import state as kinds
from engine.behaviours import events, sub_processes, tasks
from engine.effects import Entry, Thrown
from engine.graph import Graph
from engine.names import awaited_names
from engine.runtime import Run
from engine.state import State, Token, decode, encode
from tests.support.player import FakeHost


@dataclass(frozen=True, order=True)
class Action:
    """Something that may happen: a task is completed with an answer, or an event occurs. `event` is -1 for tasks."""

    instance: int
    token: int
    element: str
    event: int = -1
    answer: int = 0


@dataclass
class Instance:
    key: str
    run: Run
    parent: tuple[int, int] | None = None
    entries: list[Entry] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    outcome: str | None = None


class World:
    """`fresh`: states are encoded and decoded, and diagrams read again, after every step."""

    def __init__(self, files: dict[str, bytes], *, fresh: bool) -> None:
        self.files = files
        self.fresh = fresh
        self.host = FakeHost()
        self.graphs = {key: self._graph(key) for key in files}
        self.instances: list[Instance] = []
        self._start("p", {})
        self._settle()

    def _graph(self, key: str) -> Graph:
        return Graph(next(iter(ready_to_run("test.bpmn", self.files[key]).processes.values())))

    def _start(self, key: str, variables: dict[str, Any], parent: tuple[int, int] | None = None) -> None:
        run = Run(self.graphs[key], State(), self.host)
        self.instances.append(Instance(key, run, parent))
        run.start(variables)

    def actions(self) -> list[Action]:
        """Everything that could happen next."""
        found = []
        for number, instance in enumerate(self.instances):
            for token in instance.run.state.tokens.values() if instance.outcome is None else ():
                if token.kind == kinds.TASK:
                    found.append(Action(number, token.id, token.node))
                elif token.kind in (kinds.CATCH, kinds.LISTEN):
                    found += [Action(number, token.id, token.node, event) for event in _awaited(instance, token)]
        return sorted(found)

    def act(self, action: Action) -> None:
        run = self.instances[action.instance].run
        token = run.state.tokens[action.token]
        if action.event < 0:
            tasks.complete(run, token, None, {f"v_{action.element}": action.answer})
        else:
            events.trigger(run, token, action.event)
        self._settle()

    def told(self) -> list[tuple[Any, ...]]:
        """All that can be told of the world: states, histories, outcomes."""
        return [
            (
                instance.key,
                instance.outcome,
                encode(instance.run.state),
                [(e.run, e.node.id, e.entered, e.left, e.outcome, e.via, e.token, e.result) for e in instance.entries],
                instance.troubles,
            )
            for instance in self.instances
        ]

    def _settle(self) -> None:
        busy = True
        while busy:
            busy = False
            for number, instance in enumerate(self.instances):
                if instance.outcome is None:
                    instance.run.advance()
                    busy |= self._exchange(number, instance)
            busy |= any(instance.run.queue for instance in self.instances if instance.outcome is None)
        for instance in self.instances:
            self._keep(instance)

    def _exchange(self, number: int, instance: Instance) -> bool:
        run = instance.run
        calls, uncalls, thrown = run.calls, run.uncalls, run.thrown
        run.calls, run.uncalls, run.thrown = [], [], []
        for gone in uncalls:
            for called in self.instances:
                if called.parent == (number, gone) and called.outcome is None:
                    called.run.end("cancelled")
                    called.outcome = "cancelled"
        for call in calls:
            if call.token in run.state.tokens:
                self._start(call.called, call.variables, (number, call.token))
        for what in thrown:
            self._broadcast(what)
        if run.outcome is not None and instance.outcome is None:
            self._end(instance)
        return bool(calls or uncalls or thrown) or instance.outcome is not None

    def _broadcast(self, thrown: Thrown) -> None:
        for instance in self.instances:
            for token in list(instance.run.state.tokens.values()) if instance.outcome is None else ():
                if token.kind not in (kinds.CATCH, kinds.LISTEN) or token.id not in instance.run.state.tokens:
                    continue
                for index, kind, name in awaited_names(instance.run.graph.node(token.node)):
                    if (kind, name) == ("signal", thrown.name):
                        events.trigger(instance.run, token, index)

    def _end(self, instance: Instance) -> None:
        instance.outcome = instance.run.outcome
        if instance.parent is None or instance.outcome != "completed":
            return
        number, called_by = instance.parent
        parent = self.instances[number].run
        if called_by in parent.state.tokens:
            sub_processes.call_finished(parent, parent.state.tokens[called_by], instance.run.state.variables)

    def _keep(self, instance: Instance) -> None:
        run = instance.run
        instance.entries += run.entries
        instance.troubles += [trouble.kind for trouble in run.troubles]
        run.entries, run.troubles, run.steps, run.changed = [], [], 0, {}
        if self.fresh and instance.outcome is None:
            instance.run = Run(self._graph(instance.key), decode(encode(run.state)), self.host)


def _awaited(instance: Instance, token: Token) -> list[int]:
    """The events of a waiting token that may occur, by their places."""
    node = instance.run.graph.node(token.node)
    timers = [index for index, event in enumerate(node.events) if event.kind == "timer" and f"due{index}" in token.data]
    return timers + [index for index, _, _ in awaited_names(node)]
