"""The stepping of one instance: tokens enter elements, wait, leave and are cancelled, by BPMN's meaning.

Pure: no database. What the outside must do (tasks to show, calls to start, messages to send) is collected in `Run`;
what it must answer (facts, operations) is asked of a `Host`.
"""

from collections import ChainMap, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bpmn.expressions import ExpressionError, truth
from bpmn.model import EventDefinition, Flow, Node
from engine import state as kinds
from engine.effects import CallRequest, Entry, Host, Thrown, Trouble
from engine.errors import BpmnError, ProcessError
from engine.graph import Graph
from engine.names import Names
from engine.state import ROOT, UNDO, Scope, State, Token
from kernel import working_time
from kernel.i18n import N_, kept

COMPLETED, CANCELLED, FAILED = "completed", "cancelled", "failed"
MAXIMUM_ELEMENTS = 5_000
"""Elements one transaction may enter before the instance is stopped as a runaway."""
NO_WAY = N_("None of the conditions on the ways out of this step holds.")
RUNAWAY = N_("The process went round without a pause; it was stopped here.")


@dataclass
class Run:
    """One instance being stepped."""

    graph: Graph
    state: State
    host: Host
    queue: deque[int] = field(default_factory=deque)
    announcing: deque[int] = field(default_factory=deque)
    entries: list[Entry] = field(default_factory=list)
    calls: list[CallRequest] = field(default_factory=list)
    uncalls: list[int] = field(default_factory=list)
    thrown: list[Thrown] = field(default_factory=list)
    escalated: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    changed: dict[tuple[int, str], tuple[Any, Any]] = field(default_factory=dict)
    results: dict[int, str] = field(default_factory=dict)
    rearmed: set[int] = field(default_factory=set)
    outcome: str | None = None
    end_event: str | None = None
    error: BpmnError | None = None
    steps: int = 0
    _dirty_scopes: set[int] = field(default_factory=set)
    _conditions_due: bool = True

    # Names and variables

    def names(self, scope: int) -> Names:
        return Names(self, scope)

    def evaluate(self, text: str, scope: int, node: Node, more: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression of `node`; `more` are names that only it sees."""
        names: Mapping[str, Any] = self.names(scope)
        if more is not None:
            names = ChainMap(dict(more), names)  # type: ignore[arg-type]
        try:
            with working_time.using(self.host.calendar):
                return self.graph.expression(text).evaluate(names)
        except ExpressionError as error:
            raise ProcessError(node.id, node.title, error, code="expression_failed") from error

    def set_variables(self, values: Mapping[str, Any], scope: int = ROOT) -> None:
        """Writes where a name is local already, else to the instance."""
        for name, value in values.items():
            holder = self.state.variables
            for candidate in self.state.chain(scope):
                if candidate.local is not None and name in candidate.local:
                    holder = candidate.local
                    break
            before = holder.get(name)
            if before == value and name in holder:
                continue
            holder[name] = value
            if holder is self.state.variables:
                self._note(name, before, value)
            self._conditions_due = True

    def put_variables(self, values: Mapping[str, Any]) -> None:
        """Makes these the variables of the instance, and no others."""
        for name in [name for name in self.state.variables if name not in values]:
            self._note(name, self.state.variables.pop(name), None)
        self.set_variables(values)

    def _note(self, name: str, before: Any, value: Any) -> None:
        """Keeps a change for the history, one for each name after each run."""
        at = (self.state.last_run, name)
        self.changed[at] = (self.changed[at][0] if at in self.changed else before, value)

    def facts_changed(self) -> None:
        """Tells the run that records outside changed, so waiting conditions are looked at again."""
        self._conditions_due = True

    # Tokens

    @property
    def micros(self) -> int:
        return int(self.host.now.timestamp() * 1_000_000)

    def place(self, node: str, scope: int, *, via: str | None = None, **data: Any) -> Token:
        """Puts a new token before an element; it enters when its turn comes."""
        token = Token(self.state.next_id(), node, scope, data=data)
        if via is not None:
            token.data["via"] = via
        self.state.tokens[token.id] = token
        self.queue.append(token.id)
        return token

    def wait(self, token: Token, kind: str, **data: Any) -> None:
        token.kind = kind
        token.data.update(data)

    def begin(self, token: Token) -> None:
        """Starts a run of the element in the history."""
        token.run = self.state.next_run()
        token.entered = self.micros
        node = self.graph.node(token.node)
        if node.extension.stage is not None:
            self.host.entered(self, node)

    def finish(self, token: Token, outcome: str = COMPLETED) -> None:
        """Ends a token's presence: its history entry, its listeners, its scopes."""
        if token.run:
            self.entries.append(
                Entry(
                    token.run,
                    self.graph.node(token.node),
                    token.entered,
                    self.micros,
                    outcome,
                    token.flows,
                    token.id,
                    self.results.get(token.id),
                )
            )
        for scope in self.state.hosted_by(token.id):
            self.empty_scope(scope)
            del self.state.scopes[scope.id]
        for listener in [t for t in self.state.tokens.values() if t.data.get("host") == token.id]:
            del self.state.tokens[listener.id]
        self.state.tokens.pop(token.id, None)
        self.touch(token.scope)

    def cancel(self, token: Token) -> None:
        if token.kind == kinds.CALL:
            self.uncalls.append(token.id)
        self.finish(token, COMPLETED if token.data.get("happened") else CANCELLED)

    def empty_scope(self, scope: Scope, *, spare: int | None = None) -> None:
        """Cancels every token in a scope, those of nested scopes first."""
        for token in list(self.state.in_scope(scope.id)):
            if token.id != spare and token.id in self.state.tokens:
                self.cancel(token)

    def leave(self, token: Token, flows: Iterable[Flow] | None = None) -> None:
        """The element is done: on along `flows`, or as the diagram says."""
        node = self.graph.node(token.node)
        if token.run and token.kind != kinds.CHOICE:
            data.give(self, token, node)
        if self.is_iteration(token):
            loops.iteration_done(self, token, node)
            return
        if flows is None:
            if node.choice and len(node.outgoing) > 1:
                if token.kind != kinds.CHOICE:
                    self.wait(token, kinds.CHOICE)
                return
            flows = self.default_flows(token, node)
            if not flows and node.outgoing:
                self._without_a_way(token)
                return
        scope = token.scope
        compensation.remember(self, token, node)
        self.finish(token)
        for flow in flows:
            for _ in range(node.completion_quantity):
                self.place(flow.target, scope, via=flow.id)

    def _without_a_way(self, token: Token) -> None:
        """The element itself is done and stays so; what is tried again is only the way on from it."""
        compensation.remember(self, token, self.graph.node(token.node))
        self.finish(token)
        self.place(token.node, token.scope, left=True)

    def default_flows(self, token: Token, node: Node) -> list[Flow]:
        """All flows without a condition and those whose condition holds; the default if there is no other."""
        outgoing = self.graph.outgoing(node)
        if not any(flow.condition for flow in outgoing) and node.default is None:
            return outgoing
        taken = [flow for flow in outgoing if flow.id != node.default and self.holds(flow, token)]
        return taken or [flow for flow in outgoing if flow.id == node.default]

    def holds(self, flow: Flow, token: Token) -> bool:
        if not flow.condition:
            return True
        return truth(self.evaluate(flow.condition, token.scope, self.graph.node(token.node)))

    def is_iteration(self, token: Token) -> bool:
        return bool(token.data.get("body"))

    # Stepping

    def advance(self) -> None:
        """Runs until every token waits."""

        def fire() -> bool:
            return gateways.fire_inclusive_joins(self) or complex_gateways.fire(self) or self._fire_conditions()

        while self.outcome is None:
            if self._dirty_scopes:
                self._close_scopes()
            elif self.queue:
                token = self.state.tokens.get(self.queue.popleft())
                if token is not None and token.kind == kinds.READY:
                    self.enter(token)
            elif self.announcing:
                token = self.state.tokens.get(self.announcing.popleft())
                if token is not None:
                    events.announce(self, token)
            elif not fire():
                break
        if self.outcome is not None:
            self.queue.clear()

    def enter(self, token: Token) -> None:
        self.steps += 1
        node = self.graph.node(token.node)
        if self.steps > MAXIMUM_ELEMENTS:
            self.trouble(token, "runaway", RUNAWAY)
        elif token.data.get("left") and not self.default_flows(token, node):
            self.trouble(token, "no_way", NO_WAY)
        elif token.data.get("left"):
            self.leave(token)
        elif node.start_quantity > 1 and not gateways.enough_to_start(self, token, node):
            return
        elif node.loop is not None and not self.is_iteration(token):
            loops.begin(self, token, node)
        else:
            data.take(self, token, node)
            behaviours.behaviour_of(node)(self, token, node)

    def trouble(self, token: Token, kind: str, message: str, **params: Any) -> None:
        """Stops a token where it is, as an incident somebody can look at and retry."""
        if not token.run and not token.data.get("left"):
            self.begin(token)
        self.wait(token, kinds.INCIDENT, trouble=kind)
        self.troubles.append(Trouble(token.id, self.graph.node(token.node), kind, message, kept(params)))

    def retry(self, token: Token) -> None:
        """Enters the element of an incident again, as a new run."""
        self.finish(token, FAILED)
        self.again(self.place(token.node, token.scope, **token.data))
        self._dirty_scopes.discard(token.scope)

    def again(self, token: Token) -> None:
        """Has a token enter its element once more, as it came to it."""
        token.kind = kinds.READY
        token.data = {key: value for key, value in token.data.items() if key in ("via", "body", "left")}
        if token.id not in self.queue:
            self.queue.append(token.id)

    def touch(self, scope: int) -> None:
        """Has a scope looked at again: it may have nothing left to do."""
        self._dirty_scopes.add(scope)

    def _close_scopes(self) -> None:
        while self._dirty_scopes and self.outcome is None:
            scope_id = max(self._dirty_scopes)
            self._dirty_scopes.discard(scope_id)
            scope = self.state.scopes.get(scope_id)
            if scope is not None and ad_hoc.is_one(self, scope):
                ad_hoc.after_a_step(self, scope)
            if scope is None or any(t.kind != kinds.LISTEN for t in self.state.in_scope(scope_id)):
                continue
            if complex_gateways.reset_at_the_end(self, scope):
                continue
            if UNDO in scope.data:
                compensation.go_on(self, scope)
                continue
            for listener in list(self.state.in_scope(scope_id)):
                del self.state.tokens[listener.id]
            if scope_id == ROOT:
                self.outcome = COMPLETED
                return
            if "loop" in scope.data:
                continue
            assert scope.token is not None
            host = self.state.tokens[scope.token]
            del self.state.scopes[scope_id]
            compensation.carry(scope, host)
            self.leave(host)

    # Starting and ending

    def start(self, variables: Mapping[str, Any], start: str | None = None, happened: int | None = None) -> None:
        self.state.scopes[ROOT] = Scope(ROOT, self.graph.root)
        self.set_variables({**self.graph.process.initial, **variables})
        starts.open_scope(self, self.state.scopes[ROOT], start, happened)

    def end(self, outcome: str) -> None:
        """Ends the whole instance now, whatever still waits."""
        self.empty_scope(self.state.scopes[ROOT])
        self._dirty_scopes.clear()
        self.outcome = outcome

    # Conditions

    def _fire_conditions(self) -> bool:
        if not self._conditions_due:
            return False
        self._conditions_due = False
        fired = False
        for token in list(self.state.tokens.values()):
            if token.kind not in (kinds.CATCH, kinds.LISTEN) or token.id not in self.state.tokens:
                continue
            for index, event in enumerate(self.graph.node(token.node).events):
                if event.kind == "conditional" and self._became_true(token, index, event):
                    events.trigger(self, token, index)
                    fired = True
                    break
        return fired

    def _became_true(self, token: Token, index: int, event: EventDefinition) -> bool:
        """Conditions fire when they turn true, not while they stay so."""
        if not event.condition:
            return False
        value = truth(self.evaluate(event.condition, token.scope, self.graph.node(token.node)))
        known = f"was{index}"
        before = token.data.get(known, False)
        token.data[known] = value
        return value and not before


# Last, because they need Run: how a run goes on and what each element does know one another.
from engine import behaviours  # noqa: E402
from engine.behaviours import (  # noqa: E402
    ad_hoc,
    compensation,
    complex_gateways,
    data,
    events,
    gateways,
    loops,
    starts,
)
