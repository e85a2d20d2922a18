"""Events that a multi-instance throws as its runs are done: for its own boundary events first, else for the world."""

from bpmn.model import EventDefinition
from engine import state as kinds
from engine.behaviours import catching, events
from engine.errors import BpmnError
from engine.runtime import Run
from engine.state import Scope, Token


def throw(run: Run, host: Token, scope: Scope, event: EventDefinition) -> None:
    """Throws out of one run's scope; whoever catches it may end the whole, so that `host` is gone."""
    reference = event.reference or ""
    if event.kind == "error":
        catching.throw_error(run, BpmnError(reference), scope.id)
    elif event.kind == "escalation":
        catching.throw_escalation(run, reference, scope.id)
    elif not _caught_at_the_border(run, host, event):
        events.throw_out(run, run.graph.node(host.node), event)
        if event.kind == "signal":
            events.spread(run, event)


def _caught_at_the_border(run: Run, host: Token, event: EventDefinition) -> bool:
    """Sets off the boundary events that wait for it now: after the last run it would be too late to send it round."""
    found = [
        (listener, index)
        for listener in run.state.tokens.values()
        if listener.kind == kinds.LISTEN and listener.data.get("host") == host.id
        for index, awaited in enumerate(run.graph.node(listener.node).events)
        if (awaited.kind, awaited.reference) == (event.kind, event.reference)
    ]
    for listener, index in found:
        if listener.id in run.state.tokens:
            events.trigger(run, listener, index)
    return bool(found)
