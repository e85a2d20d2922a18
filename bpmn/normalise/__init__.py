"""Repairs: what a diagram leaves open is settled by BPMN's meaning, in the open. One repair a module.

The XML is never changed. Every repair is a `Finding` of severity `repair` in plain words. Those of `BY_CONSENT` change
what was drawn and are made only where the designer (or an accepted upload) says so.
"""

from collections.abc import Callable

from bpmn.model import Diagram, Finding
from bpmn.normalise import (
    called_processes,
    choices,
    collapsed_sub_processes,
    computed_names,
    default_conditions,
    empty_pools,
    foreign_assignments,
    foreign_work,
    implicit_ends,
    implicit_splits,
    implicit_starts,
    messages_between_pools,
    nameless_events,
    scripts,
    timers_without_time,
    unbounded_repetition,
    untranslatable_conditions,
    untranslatable_events,
)
from bpmn.normalise.repairs import Repairs

Repair = Callable[[Diagram, Repairs], Diagram]

ALWAYS: tuple[Repair, ...] = (
    empty_pools.repair,
    collapsed_sub_processes.repair,
    called_processes.repair,
    scripts.repair,
    foreign_work.repair,
    foreign_assignments.repair,
    messages_between_pools.repair,
    nameless_events.repair,
    timers_without_time.repair,
    default_conditions.repair,
    choices.repair,
    implicit_splits.repair,
    implicit_starts.repair,
    implicit_ends.repair,
)
BY_CONSENT: tuple[Repair, ...] = (
    untranslatable_conditions.repair,
    untranslatable_events.repair,
    computed_names.repair,
    unbounded_repetition.repair,
)


def normalise(diagram: Diagram, *, accept: bool = False) -> tuple[Diagram, list[Finding]]:
    """The diagram as it will run, and what was repaired. `accept` also makes the repairs that need a word."""
    repairs = Repairs(diagram.file)
    for repair in (*BY_CONSENT, *ALWAYS) if accept else ALWAYS:
        diagram = repair(diagram, repairs)
    return diagram, repairs.found
