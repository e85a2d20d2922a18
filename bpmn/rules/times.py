"""Timers hold a date, a duration or a cycle in ISO 8601, or an expression that gives one."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.normalise.untranslatable_events import time_is_readable
from bpmn.rules.findings import at, error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "“%(text)s” at “%(element)s” is not a time. Write a duration (PT15M, P3D), a date (2026-01-31T09:00:00Z), "
    "a cycle (R3/PT1H) or an expression."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        for event in node.events:
            if event.timer is not None and not time_is_readable(event):
                yield at(error("invalid-time", node, MESSAGE, text=event.timer[1]), event.line)
