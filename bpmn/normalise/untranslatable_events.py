"""By consent: an event whose time or condition nobody here understands is let go by hand."""

import re
from collections.abc import Callable
from dataclasses import replace

from bpmn.cycles import parse_cycle
from bpmn.durations import TimeError, parse_date, parse_duration
from bpmn.expressions import ExpressionError, compile_expression
from bpmn.model import Diagram, EventDefinition, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

READERS: dict[str, Callable[[str], object]] = {"date": parse_date, "duration": parse_duration, "cycle": parse_cycle}
MEANT_AS_TIME = re.compile(r"\s*(-?P([\dT]|\s*$)|R-?\d*/|R\d+\s*$|\d{4}-\d|\w*/P)", re.IGNORECASE)
"""Begins as a time in ISO 8601 does; no expression of a time does so."""
ISO_LIKE = re.compile(r"(R-?\d*/?)?-?P?[\dTYMWDHS.,:+Z/-]*", re.IGNORECASE)
BACKWARDS = re.compile(r"\s*-\s*P\d|\s*-\s*PT", re.IGNORECASE)
"""A duration that would be over before it begins."""
MESSAGE = N_("“%(text)s” at “%(element)s” cannot be translated: a person lets it go.")


def time_is_readable(event: EventDefinition) -> bool:
    """Whether a timer's text is a time in ISO 8601 (or cron), or an expression."""
    if event.timer is None:
        return True
    kind, text = event.timer
    if kind == "duration" and BACKWARDS.match(text):
        return False
    return is_time(kind, text) or (
        not MEANT_AS_TIME.match(text) and not text.strip().isdigit() and expression_compiles(text)
    )


def is_time(kind: str, text: str) -> bool:
    """Whether the text itself is a date, duration or cycle, as its kind asks for."""
    try:
        READERS[kind](text)
    except TimeError:
        return False
    return True


def expression_compiles(text: str | None) -> bool:
    if text is None:
        return True
    try:
        compile_expression(text)
    except ExpressionError:
        return False
    return True


def is_mistyped(text: str) -> bool:
    """Whether a text that is no time was meant as one in ISO 8601; that is mended by the designer, not by a person."""
    return ISO_LIKE.fullmatch(text) is not None


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        events = tuple(_by_hand(event, node, repairs) for event in node.events)
        return replace(node, events=events) if events != node.events else node

    return each_node(diagram, change)


def _by_hand(event: EventDefinition, node: Node, repairs: Repairs) -> EventDefinition:
    if event.timer is not None and not time_is_readable(event) and not is_mistyped(event.timer[1]):
        repairs.note("untranslatable-event", node, MESSAGE, text=event.timer[1])
        return replace(event, timer=None)
    if event.kind == "conditional" and not expression_compiles(event.condition):
        repairs.note("untranslatable-event", node, MESSAGE, text=event.condition or "")
        return replace(event, condition=None)
    return event
