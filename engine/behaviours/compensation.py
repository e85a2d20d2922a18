"""Compensation: what has completed is kept in its scope where something can undo it, and undone last first.

A record is {node, local, inner}: the names of its iteration, and for a sub-process the records of what it holds.
Undoing runs in a scope of its own (`UNDO` in its data), one handler after the other, hosted by the event that threw.
"""

from collections.abc import Collection, Iterator
from typing import Any

from bpmn.model import EventDefinition, Node
from engine import state as kinds
from engine.behaviours import events, transactions
from engine.runtime import Run
from engine.state import DONE, UNDO, Scope, Token

Record = dict[str, Any]
COUNTERS = "Instances"


def remember(run: Run, token: Token, node: Node) -> None:
    """An activity is done: keeps in its scope what it takes to undo it. Of a loop, each run is kept."""
    if node.id not in run.graph.compensable or token.data.get("left"):
        return
    records = token.data.get(DONE, []) if node.loop is not None else _records(run, token, node)
    if records:
        run.state.scopes[token.scope].data.setdefault(DONE, []).extend(records)


def remember_iteration(run: Run, token: Token, host: Token, node: Node, local: dict[str, Any]) -> None:
    """One run of a loop is done; it can be undone once the whole loop is."""
    if node.id not in run.graph.compensable:
        return
    names = {name: value for name, value in local.items() if not name.endswith(COUNTERS)}
    for record in _records(run, token, node):
        host.data.setdefault(DONE, []).append({**record, "local": names})


def _records(run: Run, token: Token, node: Node) -> list[Record]:
    inner = token.data.get(DONE)
    if not inner and node.id not in run.graph.handlers and run.graph.undoing(node.id) is None:
        return []
    return [{"node": node.id, "inner": inner}]


def carry(scope: Scope, host: Token) -> None:
    """A sub-process is done: what it holds can be undone from outside from now on."""
    if DONE in scope.data:
        host.data[DONE] = scope.data[DONE]


def throw(run: Run, token: Token, events: list[EventDefinition]) -> bool:
    """Undoes activities or all that is done around the event; True if the event waits until that is over."""
    waits = any(event.wait_for_completion for event in events)
    activities = {event.activity_ref for event in events}
    records: list[Record] = []
    parent = token.scope
    for scope in _reach(run, token.scope):
        taken = take(scope, activities)
        if taken:
            parent = scope.id
        records = taken + records
    if not records:
        return False
    token.data["happened"] = True
    host = token
    if not waits:
        host = Token(run.state.next_id(), token.node, token.scope, data={"silent": True})
        run.state.tokens[host.id] = host
    undo(run, host, records, parent)
    return waits


def _reach(run: Run, scope_id: int) -> Iterator[Scope]:
    """The event's own scope, and out of an event sub-process the one around it."""
    for scope in run.state.chain(scope_id):
        yield scope
        if not (run.graph.knows(scope.node) and run.graph.node(scope.node).triggered_by_event):
            return


def take(scope: Scope, activities: Collection[str | None] = (None,)) -> list[Record]:
    """What can be undone in a scope, oldest first; nothing is undone twice."""
    done = scope.data.pop(DONE, [])
    taken = [record for record in done if None in activities or record["node"] in activities]
    kept = [record for record in done if record not in taken]
    if kept:
        scope.data[DONE] = kept
    return taken


def undo(run: Run, host: Token, records: list[Record], parent: int) -> None:
    """Undoes the records, the last first; then goes on with what `host` stands for."""
    run.wait(host, kinds.COMPENSATE)
    scope = Scope(run.state.next_id(), host.node, parent=parent, token=host.id, data={UNDO: records})
    run.state.scopes[scope.id] = scope
    run.touch(scope.id)


def go_on(run: Run, scope: Scope) -> None:
    """The handler that ran in the scope is done: the next one, or the end."""
    if scope.data[UNDO]:
        _undo_one(run, scope, scope.data[UNDO].pop())
        return
    assert scope.token is not None
    host = run.state.tokens[scope.token]
    del run.state.scopes[scope.id]
    _undone(run, host)


def _undo_one(run: Run, scope: Scope, record: Record) -> None:
    handler = run.graph.handlers.get(record["node"])
    scope.local = record.get("local")
    if handler is None:
        _undo_inside(run, scope, record)
        return
    boundary, undoing = handler
    event = run.place(boundary, scope.id)
    run.begin(event)
    run.finish(event)
    run.place(undoing, scope.id)


def _undo_inside(run: Run, scope: Scope, record: Record) -> None:
    """A sub-process without a handler of its own: its event sub-process undoes it, else what it holds is undone."""
    host = Token(run.state.next_id(), record["node"], scope.id, kinds.COMPENSATE, data={"silent": True})
    run.state.tokens[host.id] = host
    inside = Scope(run.state.next_id(), record["node"], parent=scope.id, token=host.id)
    run.state.scopes[inside.id] = inside
    undoing = run.graph.undoing(record["node"])
    if undoing is None:
        inside.data = {UNDO: record["inner"]}
        run.touch(inside.id)
    else:
        inside.data = {UNDO: [], DONE: record["inner"] or []}
        run.place(undoing.id, inside.id, trigger=run.graph.trigger_of(undoing).id)


def _undone(run: Run, host: Token) -> None:
    node = run.graph.node(host.node)
    if host.data.get("silent"):
        run.finish(host)
    elif host.data.get("cancels"):
        transactions.leave(run, host)
    elif node.type == "endEvent":
        events.conclude(run, host, node)
    else:
        run.leave(host)
