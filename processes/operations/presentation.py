"""Operations on the presentation a deal's process waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.live import Step
from kernel.i18n import N_
from processes import presentation
from processes.operations.registry import operation
from processes.operations.subject import deal_of


@operation(
    "presentation.ensure",
    title=N_("Plan the presentation if it is not planned yet"),
    gives=("presentation_activity_id", "presentation_given"),
)
def ensure(step: Step) -> Mapping[str, Any]:
    return presentation.ensure(step.execution, step.live, deal_of(step))


@operation("presentation.reschedule", title=N_("Move the presentation to another time"))
def reschedule(step: Step, *, presentation_at: datetime | None = None) -> Mapping[str, Any]:
    if presentation_at is None:
        return {}
    activity = presentation.current(step.execution, step.live)
    if activity is None:
        return presentation.plan(step.execution, step.live, deal_of(step), presentation_at)
    if activity.status != "completed":
        activity.start = activity.due = presentation_at
    return {}
