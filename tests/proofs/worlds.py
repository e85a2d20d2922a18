"""Instances without a database: one world keeps everything in memory, another reads all anew after every step."""

from dataclasses import dataclass, field
from typing import Any

from bpmn.reading import ready_to_run
from engine import modification, past, rewinding
from engine import state as kinds
from engine.behaviours import ad_hoc, events, sub_processes, tasks
from engine.effects import Entry, Thrown
from engine.errors import RewindRefused
from engine.graph import Graph
from engine.names import awaited_names
from engine.runtime import Run
from engine.state import State, Token, decode, encode
from kernel.errors import ValidationFailed
from tests.support.player import FakeHost

REWIND, MOVE = -2, -3


@dataclass(frozen=True, order=True)
class Action:
    """Something that may happen: a task is completed with an answer (`event` is -1), or an event occurs; or somebody
    rewinds the instance to a run (`event` is REWIND, `token` the run), or leaves an element and begins it again (MOVE)."""

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
    steps: list[past.Step] = field(default_factory=list)
    changes: list[past.Change] = field(default_factory=list)
    before: bytes = b""
    number: int = 0

    def past(self) -> past.Past:
        """All that is known of how it stood before."""
        over = {e.run: past.Ran(e.run, e.node.id, e.via, e.token, True) for e in self.entries}
        going = {t.run: past.Ran(t.run, t.node, t.flows, t.id, False) for t in self.run.state.tokens.values() if t.run}
        return past.Past(over | going, self.steps, self.changes)


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

    def interventions(self) -> list[Action]:
        """What a supervisor may do: go back to a run that is over, or have a task begin anew."""
        first = self.instances[0]
        if first.outcome is not None:
            return []
        known = first.past()
        found = [Action(0, ran.run, ran.element, REWIND) for ran in known.runs.values() if _leads_back(first, ran)]
        tokens = first.run.state.tokens.values()
        again = [t for t in tokens if t.kind == kinds.TASK and _is_movable(first.run, t)]
        return sorted(found) + [Action(0, token.id, token.node, MOVE) for token in again]

    def act(self, action: Action) -> None:
        run = self.instances[action.instance].run
        if action.event == REWIND:
            known = self.instances[action.instance].past()
            rewinding.apply(run, rewinding.place_of(run, known, known.runs[action.token]))
            self._settle()
            return
        if action.event == MOVE:
            modification.apply(run, move_of(run.state, action))
            self._settle()
            return
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
        content = encode(run.state)
        if content != instance.before:
            if instance.number:
                taken = past.taken_by(instance.before, run.state)
                instance.steps.append(past.step_of(instance.number, taken))
            for (last_run, name), (was, became) in run.changed.items():
                if was != became:
                    instance.changes.append(past.Change(instance.number, last_run, name, was, became))
            instance.before, instance.number = content, instance.number + 1
        run.entries, run.troubles, run.steps, run.changed = [], [], 0, {}
        if self.fresh and instance.outcome is None:
            instance.run = Run(self._graph(instance.key), decode(encode(run.state)), self.host)


def _awaited(instance: Instance, token: Token) -> list[int]:
    """The events of a waiting token that may occur, by their places."""
    node = instance.run.graph.node(token.node)
    timers = [index for index, event in enumerate(node.events) if event.kind == "timer" and f"due{index}" in token.data]
    return timers + [index for index, _, _ in awaited_names(node)]


def _leads_back(instance: Instance, ran: past.Ran) -> bool:
    try:
        known = instance.past()
        rewinding.place_of(instance.run, known, rewinding.chosen_run(instance.run, known, ran.run, None))
    except (RewindRefused, ValidationFailed):
        return False
    return True


def move_of(state: State, action: Action) -> modification.Modification:
    """Leaves one run of a task and begins it again, in the same run of its sub-process."""
    token = state.tokens[action.token]
    host = state.scopes[token.scope].token
    return modification.Modification(
        cancel_runs=[token.run], start_before=[token.node], within=state.tokens[host].run if host else None
    )


def _is_movable(run: Run, token: Token) -> bool:
    """Whether it was entered by a flow: no iteration, no offer and nothing that is being undone."""
    return not (run.state.scopes[token.scope].helper or ad_hoc.OFFER in token.data)
