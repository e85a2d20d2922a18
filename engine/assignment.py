"""Who gets a task and when it is due: the element's expressions, evaluated as the task opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpmn.durations import TimeError, due_date, is_date, is_duration
from bpmn.model import Node
from engine.errors import ProcessError
from kernel import working_time

if TYPE_CHECKING:
    from engine.live import Live
    from engine.state import Token

DEFAULT_PRIORITY = 50


def task_values(live: Live, token: Token) -> dict[str, Any]:
    """The row of a new task, as JSON values."""
    node = live.graph.node(token.node)
    extension = node.extension
    assignee = _person(live, token, node, extension.assignee)
    roles = list(extension.candidate_roles) or ([] if assignee else list(node.lanes[-1:]))
    subject_type, subject_id = live.subject or (None, None)
    return {
        "token": token.id,
        "element_id": node.id,
        "kind": token.kind,
        "stage": stage_of(live, token),
        "assignee_id": assignee,
        "candidate_roles": roles,
        "candidate_users": _people(live, token, node, extension.candidate_users),
        "due": _moment(live, token, node, extension.due),
        "follow_up": _moment(live, token, node, extension.follow_up),
        "priority": _priority(live, token, node),
        "subject_type": subject_type,
        "subject_id": subject_id,
    }


def stage_of(live: Live, token: Token) -> str | None:
    """The innermost stage a token stands in."""
    node = live.graph.node(token.node)
    if node.extension.stage:
        return node.extension.stage
    while live.graph.knows(node.scope):
        node = live.graph.node(node.scope)
        if node.extension.stage:
            return node.extension.stage
    return None


def _person(live: Live, token: Token, node: Node, text: str | None) -> int | None:
    if not text:
        return None
    return _number(live, live.run.evaluate(text, token.scope, node))


def _number(live: Live, value: Any) -> int | None:
    """A person given by number or by user name."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return live.host.execution.ports.user_id(live.host.execution, str(value))


def _people(live: Live, token: Token, node: Node, text: str | None) -> list[int]:
    if not text:
        return []
    value = live.run.evaluate(text, token.scope, node)
    found = (_number(live, one) for one in (value if isinstance(value, list) else [value]))
    return [number for number in found if number is not None]


def _priority(live: Live, token: Token, node: Node) -> int:
    if not node.extension.priority:
        return DEFAULT_PRIORITY
    value = live.run.evaluate(node.extension.priority, token.scope, node)
    return max(0, min(int(value), 100)) if isinstance(value, int | float) else DEFAULT_PRIORITY


def _moment(live: Live, token: Token, node: Node, text: str | None) -> str | None:
    """A due or follow-up time: a moment, a duration from now, or nothing."""
    if not text:
        return None
    value: Any = text if is_duration(text) or is_date(text) else live.run.evaluate(text, token.scope, node)
    if value is None or value == "":
        return None
    try:
        with working_time.using(live.host.calendar):
            return due_date(value, live.host.now).isoformat()
    except TimeError as error:
        raise ProcessError(node.id, node.title, error) from error
