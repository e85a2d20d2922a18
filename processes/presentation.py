"""*Give presentation*: an activity made early, done in any order, and owned by the stage `presentation`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm_model import activities, stages, users
from crm_model.activities import Activity
from crm_model.deal_entities import Deal
from engine.execution import Execution
from engine.live import Live
from kernel.i18n import N_, translate

ELEMENT = "give_presentation"
TITLE = N_("Give presentation")
ACTIVITY, GIVEN = "presentation_activity_id", "presentation_given"


def current(execution: Execution, live: Live) -> Activity | None:
    """The presentation this instance counts on now."""
    number = live.state.variables.get(ACTIVITY)
    return execution.context.session.get(Activity, number) if isinstance(number, int) else None


def plan(execution: Execution, live: Live, deal: Deal, start: datetime) -> dict[str, Any]:
    """Makes the activity for the deal and remembers it in the instance; a deal that is past it has it called off."""
    activity = activities.make(
        execution.context,
        kind="presentation",
        subject=translate(TITLE, users.language_of(execution.context, deal.owner_id)),
        owner_id=deal.owner_id,
        start=start,
        due=start,
        deal_id=deal.id,
        account_id=deal.account_id,
        contact_id=deal.contact_id,
        instance_id=live.id,
        element_id=ELEMENT,
    )
    if _is_past(deal.stage):
        activities.cancel_by_process(execution.context, activity)
        return {}
    return {ACTIVITY: activity.id, GIVEN: False}


def _is_past(stage: str) -> bool:
    return stages.BY_CODE[stage].order > stages.BY_CODE[stages.PRESENTATION].order


def ensure(execution: Execution, live: Live, deal: Deal) -> dict[str, Any]:
    """Makes the activity where this round of the stage has none yet; says whether it has been done already."""
    activity = current(execution, live)
    if activity is None:
        return plan(execution, live, deal, execution.context.now())
    return {ACTIVITY: activity.id, GIVEN: activity.status == activities.COMPLETED}


def stage_changed(execution: Execution, live: Live, deal: Deal, left: str | None, entered: str) -> None:
    """Leaving `presentation`, or entering a later stage, ends its activity; the next round makes a fresh one."""
    if left != stages.PRESENTATION and not _is_past(entered):
        return
    activity = current(execution, live)
    if activity is not None and activity.status in activities.OPEN_STATUSES:
        activities.cancel_by_process(execution.context, activity)
    if ACTIVITY in live.state.variables:
        live.run.set_variables({ACTIVITY: None, GIVEN: False})


def activity_changed(execution: Execution, live: Live, activity: Activity) -> None:
    """Tells the waiting process what became of its activity; cancelled counts as not given."""
    if live.state.variables.get(ACTIVITY) != activity.id:
        return
    if activity.next_id is not None:
        live.run.set_variables({ACTIVITY: activity.next_id})
    live.run.set_variables({GIVEN: activity.status == activities.COMPLETED})
