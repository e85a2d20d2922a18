"""Timers: when a timer event is due, read from ISO 8601 texts or expressions; each is a job row of the same step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bpmn.cycles import parse_cycle
from bpmn.durations import TimeError, due_date, is_date, is_duration, short
from bpmn.model import EventDefinition, Node
from engine.errors import ProcessError
from kernel import working_time
from kernel.i18n import N_

if TYPE_CHECKING:
    from engine.runtime import Run
    from engine.state import Token


def arm(run: Run, token: Token, node: Node, index: int, event: EventDefinition) -> None:
    """Notes when the timer is due in the token; one without a time is let go by hand."""
    if event.timer is None:
        return
    kind, text = event.timer
    if kind == "cycle":
        token.data[f"began{index}"] = run.host.now.timestamp()
        rearm(run, token, node, index, event)
        return
    value = _value(run, token, node, text)
    try:
        with working_time.using(run.host.calendar):
            due = due_date(value, run.host.now)
    except TimeError as error:
        raise _invalid(node, error) from error
    token.data[f"due{index}"] = due.timestamp()


def rearm(run: Run, token: Token, node: Node, index: int, event: EventDefinition) -> bool:
    """Sets a repeating timer for its next time; False when it has fired its last."""
    if event.timer is None:
        return True
    kind, text = event.timer
    if kind != "cycle":
        return False
    fired = token.data.get(f"fired{index}", 0)
    previous = _moment(token.data.get(f"due{index}"))
    began = _moment(token.data[f"began{index}"])
    assert began is not None
    zone, value = run.host.calendar().zone, str(_value(run, token, node, text))
    try:
        due = parse_cycle(value, zone).next_time(began.astimezone(zone), fired, previous)
    except TimeError as error:
        raise _invalid(node, error) from error
    if due is None:
        return False
    token.data[f"due{index}"] = due.timestamp()
    token.data[f"fired{index}"] = fired + 1
    return True


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _invalid(node: Node, error: TimeError) -> ProcessError:
    return ProcessError(node.id, node.title, error, code="timer_invalid")


def _value(run: Run, token: Token, node: Node, text: str) -> Any:
    try:
        return said(text, lambda expression: run.evaluate(expression, token.scope, node))
    except TimeError as error:
        raise _invalid(node, error) from error


def said(text: str, evaluate: Callable[[str], Any]) -> Any:
    """What a timer's text gives: ISO and cron texts stand for themselves, anything else is an expression. Raises
    `TimeError` where that gives nothing."""
    plain = text.strip()
    value = plain if is_plain(plain) else evaluate(plain)
    if value is None:
        raise TimeError(N_("“%(text)s” gives no time: the data it reads is not there."), text=short(plain))
    return value


def is_plain(text: str) -> bool:
    return is_duration(text) or is_date(text) or _is_cycle(text)


def _is_cycle(text: str) -> bool:
    try:
        parse_cycle(text)
    except TimeError:
        return False
    return True
