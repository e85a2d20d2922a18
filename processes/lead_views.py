"""A lead as its card shows it: who it may be already, its processes, and the work that is open."""

from __future__ import annotations

from dataclasses import dataclass

from crm_model import access, duplicates
from crm_model.duplicates import Duplicate
from crm_model.leads import Lead
from engine.tables import InstanceRow
from kernel.context import Context
from kernel.paging import Page
from kernel.permissions import use_case
from processes import lead_flow, presenting, task_access, view_rows
from processes.tasks import list_tasks
from processes.views import InstanceView, TaskFilter, TaskView


@dataclass(frozen=True, slots=True)
class LeadWork:
    """`instances` are all that ran for the lead, the newest first; `current` the one to look at now. `hidden` is how
    many likenesses the caller may not see."""

    instances: tuple[InstanceView, ...]
    current: InstanceView | None
    tasks: tuple[TaskView, ...]
    duplicates: tuple[Duplicate, ...]
    hidden: int


@use_case("records.read")
def lead_work(context: Context, lead_id: int) -> LeadWork:
    lead = access.get_visible(context, Lead, lead_id)
    key = f"lead:{lead.id}"
    own_key = (InstanceRow.business_key == key) | (InstanceRow.origin_key == key)
    rows = context.session.execute(
        view_rows.INSTANCES.where(own_key, InstanceRow.parent_id.is_(None)).order_by(InstanceRow.id.desc()).limit(20)
    ).all()
    found = tuple(presenting.instances(context, rows))
    running = [one for one in found if one.state in ("active", "suspended")]
    own = [one for one in running if one.definition.key in (lead_flow.QUALIFICATION, lead_flow.NURTURING)]
    current = next(iter((*own, *running, *found)), None)
    tasks = list_tasks(context, TaskFilter(subject=key, postponed=None), Page(20)).items
    seen, hidden = _likenesses(context, lead)
    return LeadWork(found, current, tuple(tasks), seen, hidden)


@use_case("records.read")
def list_duplicates(context: Context, lead_id: int) -> list[Duplicate]:
    """Those the caller may see, exact ones first, each with its reasons."""
    return list(_likenesses(context, access.get_visible(context, Lead, lead_id))[0])


def _likenesses(context: Context, lead: Lead) -> tuple[tuple[Duplicate, ...], int]:
    everything = duplicates.of_lead(context, lead)
    seen = tuple(one for one in everything if access.find(context, type(one.record), one.record.id) is not None)
    return seen, len(everything) - len(seen)


@use_case("tasks.work")
def lead_of_task(context: Context, task_id: int) -> Lead | None:
    """The lead a task is about: whoever may do the task sees whom it is about."""
    row = task_access.get_visible(context, task_id)
    return context.session.get(Lead, row.subject_id) if row.subject_type == "lead" else None
