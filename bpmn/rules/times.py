"""Timers hold a date, a duration or a cycle in ISO 8601, or an expression that gives one."""

from collections.abc import Iterator

from bpmn.expressions import compile_expression
from bpmn.model import Diagram, Finding
from bpmn.normalise.untranslatable_events import is_time, time_is_readable
from bpmn.rules.findings import at, error, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "“%(text)s” at “%(element)s” is not a time. Write a duration (PT15M, P3D), a date (2026-01-31T09:00:00Z), "
    "a cycle (R3/PT1H) or an expression."
)


NOTHING_YET = N_(
    "“%(text)s” at “%(element)s” reads data, but the process that it starts has none yet. Write a date, a cycle, or an "
    "expression that reads no more than now."
)
KNOWN_BEFORE = frozenset({"now"})


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        for event in node.events:
            if event.timer is not None and not time_is_readable(event):
                yield at(error("invalid-time", node, MESSAGE, text=event.timer[1]), event.line)
            elif (
                event.timer is not None
                and node.type == "startEvent"
                and node.scope == process.id
                and _reads(event.timer)
            ):
                yield at(error("invalid-time", node, NOTHING_YET, text=event.timer[1]), event.line)


def _reads(timer: tuple[str, str]) -> bool:
    kind, text = timer
    return not is_time(kind, text) and not compile_expression(text).names <= KNOWN_BEFORE
