"""Beginnings: what gets the first tokens of a scope, and what a message or a time starts a process with."""

from bpmn.model import Node
from engine.behaviours import events
from engine.runtime import Run
from engine.state import Scope


def open_scope(run: Run, scope: Scope, start: str | None = None, happened: int | None = None) -> None:
    """Arms the scope's event sub-processes and puts tokens at its start and at whatever no flow leads to.

    `start` is what begins it where that is known, `happened` which of its several events did (None: all of them).
    """
    for event_sub_process in run.graph.event_sub_processes(scope.node):
        events.arm_event_sub_process(run, event_sub_process, scope.id)
    for node in run.graph.implicit_starts(scope.node):
        run.place(node.id, scope.id)
    if start is not None:
        _begin_with(run, run.graph.node(start), scope.id, happened)
        return
    starts = run.graph.start_events(scope.node)
    chosen = [node for node in starts if not node.events] or starts
    for node in chosen[:1] if len(chosen) == len(starts) > 1 else chosen:
        run.place(node.id, scope.id)
    if not starts and scope.parent is None:
        for node in run.graph.instantiating(scope.node):
            run.place(node.id, scope.id)


def _begin_with(run: Run, node: Node, scope: int, happened: int | None) -> None:
    """What `node` waits for has happened outside, and that is why the process starts."""
    gateway = run.graph.instantiating_gateway(node)
    if gateway is not None:
        _begin_behind(run, gateway, node, scope)
    elif node.type == "receiveTask":
        events.happened(run, run.place(node.id, scope))
    elif node.parallel_multiple and len(node.events) > 1 and happened is not None:
        token = run.place(node.id, scope)
        run.begin(token)
        events.await_event(run, token, node)
        events.trigger(run, token, happened)
    else:
        run.place(node.id, scope)


def _begin_behind(run: Run, gateway: Node, first: Node, scope: int) -> None:
    """The first event after a gateway that starts the process; behind a parallel one the others are still awaited."""
    token = run.place(gateway.id, scope)
    run.begin(token)
    run.leave(token, [])
    for flow in run.graph.outgoing(gateway):
        if flow.target == first.id:
            events.happened(run, run.place(first.id, scope, via=flow.id))
        elif gateway.event_gateway_parallel:
            other = run.place(flow.target, scope, via=flow.id)
            run.begin(other)
            events.await_event(run, other, run.graph.node(flow.target))
