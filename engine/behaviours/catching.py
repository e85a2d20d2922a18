"""Who catches an error or escalation: the nearest event sub-process or boundary event, from a scope outwards."""

from __future__ import annotations

from collections.abc import Callable

from bpmn.model import Node
from engine import state as kinds
from engine.behaviours import events
from engine.errors import BpmnError
from engine.runtime import FAILED, Run
from engine.state import Token


def throw_error(run: Run, error: BpmnError, origin: int) -> None:
    """An error that nobody catches ends the instance as failed."""
    found = _catcher(run, "error", error.code, origin)
    if found is None:
        run.error = error
        run.end(FAILED)
        return
    run.set_variables(error.variables)
    events.caught(run, *found)


def catches_error(run: Run, code: str, origin: int) -> bool:
    return _catcher(run, "error", code, origin) is not None


def throw_escalation(run: Run, code: str, origin: int) -> None:
    """As for errors, but nobody need catch it, and only an interrupting catcher ends what threw it."""
    found = _catcher(run, "escalation", code, origin)
    if found is None:
        run.escalated.append((code, {}))
        return
    events.caught(run, *found)


def boundary_catcher(run: Run, host: Token, kind: str, code: str) -> tuple[Node, int, Token] | None:
    """(boundary event, scope its path runs in, the host)."""
    found = [node for node in run.graph.boundaries(host.node) if _matches(node, kind, code)]
    return (min(found, key=_vagueness(code)), host.scope, host) if found else None


def _catcher(run: Run, kind: str, code: str, origin: int) -> tuple[Node, int, Token | None] | None:
    """(event node, scope its path runs in, host token or None for an event sub-process)."""
    for scope in list(run.state.chain(origin)):
        starts = [
            trigger
            for sub_process in (run.graph.event_sub_processes(scope.node) if not scope.helper else ())
            if _matches(trigger := run.graph.trigger_of(sub_process), kind, code)
            and not _inside(run, origin, sub_process.id, scope.id)
        ]
        if starts:
            return min(starts, key=_vagueness(code)), scope.id, None
        if scope.token is None:
            continue
        host = run.state.tokens[scope.token]
        if run.is_iteration(host) or host.kind == kinds.COMPENSATE:
            continue
        found = boundary_catcher(run, host, kind, code)
        if found is not None:
            return found
    return None


def _matches(node: Node, kind: str, code: str) -> bool:
    return any(e.kind == kind and (e.reference in (None, code) or e.everything) for e in node.events)


def _inside(run: Run, origin: int, sub_process: str, scope: int) -> bool:
    """Whether `origin` lies inside a run of this event sub-process: it does not catch what it throws itself."""
    return any(s.node == sub_process and s.parent == scope for s in run.state.chain(origin))


def _vagueness(code: str) -> Callable[[Node], bool]:
    """Whether a catcher catches any code: one that names the code is asked first."""
    return lambda node: node.events[0].reference != code
