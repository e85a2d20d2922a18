"""Leads that came in a file start their processes, and give them up when the import is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from crm_model import bulk
from crm_model.activities import Activity
from crm_model.leads import Lead
from engine import definitions, instances
from engine.errors import DefinitionNotFound
from engine.tables import ACTIVE, SUSPENDED, InstanceRow, UserTaskRow
from kernel.context import Context
from kernel.i18n import N_
from processes import engine_room
from processes.lead_flow import QUALIFICATION

WORKED_ON = N_("People have worked on it since.")
TAKEN_BACK = "import undone"


def begin(context: Context, lead_ids: Sequence[int]) -> None:
    """One qualification for each lead that is still there and has none."""
    try:
        latest = definitions.latest_published(context.session, QUALIFICATION)
    except DefinitionNotFound:
        return
    definition = definitions.load(context.session, latest)
    execution = engine_room.execution(context)
    keys = {f"lead:{number}": number for number in lead_ids}
    begun = set(context.session.scalars(select(InstanceRow.business_key).where(InstanceRow.business_key.in_(keys))))
    there = set(context.session.scalars(select(Lead.id).where(Lead.id.in_(lead_ids))))
    for key, number in keys.items():
        if number in there and key not in begun:
            instances.start(execution, definition, variables={}, business_key=key, subject=("lead", number))
    execution.write()


def take_back(context: Context, lead_ids: Sequence[int]) -> dict[int, str]:
    """Ends what runs for the leads and removes what their processes put down. Leads that somebody has done a task for,
    or that have become a deal, are left alone and answered with the reason."""
    session = context.session
    done = select(UserTaskRow.subject_id).where(
        UserTaskRow.subject_type == "lead",
        bulk.among(UserTaskRow.subject_id, lead_ids),
        UserTaskRow.state == "completed",
    )
    spoken = select(Activity.lead_id).where(
        bulk.among(Activity.lead_id, lead_ids), or_(Activity.instance_id.is_(None), Activity.completed_at.is_not(None))
    )
    handed = select(Lead.id).where(bulk.among(Lead.id, lead_ids), Lead.deal_id.is_not(None))
    kept = {number for query in (done, spoken, handed) for number in session.scalars(query) if number is not None}
    free = [number for number in lead_ids if number not in kept]
    running = select(InstanceRow.id).where(
        InstanceRow.business_key.in_([f"lead:{number}" for number in free]),
        InstanceRow.parent_id.is_(None),
        InstanceRow.state.in_((ACTIVE, SUSPENDED)),
    )
    execution = engine_room.execution(context)
    for instance_id in session.scalars(running.order_by(InstanceRow.id)).all():
        instances.cancel(execution, instance_id, TAKEN_BACK)
    execution.write()
    session.execute(delete(Activity).where(bulk.among(Activity.lead_id, free)))
    return dict.fromkeys(kept, WORKED_ON)
