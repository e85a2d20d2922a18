"""What an act ends and begins: all that waits in an instance and those around it, compared before and after."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, fields

from sqlalchemy import or_, select

from crm_model.activities import OPEN_STATUSES, Activity
from engine.tables import InstanceRow
from kernel.context import Context
from processes import presenting, waits
from processes.views import Effect, InstanceView, MovedInstance, NewIncident, Wait


@dataclass(frozen=True, slots=True)
class Standing:
    """How an instance and all that hangs together with it stand at one moment."""

    instance: InstanceView
    effects: dict[Hashable, Effect]
    incidents: dict[Hashable, NewIncident]


def standing(context: Context, instance_id: int) -> Standing:
    effects: dict[Hashable, Effect] = {}
    incidents: dict[Hashable, NewIncident] = {}
    family = _family(context, instance_id)
    for row in family:
        for (token, index), wait in waits.by_token(context, row).items():
            key = (row.id, token, wait.kind, index)
            if wait.kind == "incident":
                incidents[key] = NewIncident(row.id, wait.element_id, wait.element_name, wait.text or "")
            else:
                effects[key] = _effect(row.id, wait)
    planned = select(Activity).where(
        Activity.instance_id.in_([row.id for row in family]),
        Activity.task_id.is_(None),
        Activity.status.in_(OPEN_STATUSES),
    )
    for activity in context.session.scalars(planned.order_by(Activity.id)):
        assert activity.instance_id is not None
        effects["activity", activity.id] = Effect(
            "activity", activity.element_id or "", activity.subject, activity.instance_id, activity_id=activity.id
        )
    return Standing(presenting.instance(context, instance_id), effects, incidents)


def _family(context: Context, instance_id: int) -> list[InstanceRow]:
    """The instances under one root, however deep they have called one another."""
    row = context.session.get(InstanceRow, instance_id, populate_existing=True)
    assert row is not None
    root = row.root_id or row.id
    together = select(InstanceRow).where(or_(InstanceRow.id == root, InstanceRow.root_id == root))
    rows = context.session.scalars(together.order_by(InstanceRow.id).execution_options(populate_existing=True))
    return list(rows)


def _effect(instance_id: int, wait: Wait) -> Effect:
    return Effect(
        wait.kind, wait.element_id, wait.element_name, instance_id, task_id=wait.task_id, job_id=wait.job_id,
        subscription_id=wait.subscription_id, called_instance_id=wait.instance_id,
    )  # fmt: skip


def moved(before: Standing, after: Standing, gone_out: tuple[Effect, ...] = ()) -> MovedInstance:
    """What the act has done, by what stood before it and what stands now."""
    was, is_now = (standing.instance.deal for standing in (before, after))
    stage = is_now.stage if is_now is not None and (was is None or was.stage != is_now.stage) else None
    return MovedInstance(
        **{field.name: getattr(after.instance, field.name) for field in fields(after.instance)},
        cancels=tuple(effect for key, effect in before.effects.items() if key not in after.effects),
        creates=tuple(effect for key, effect in after.effects.items() if key not in before.effects),
        new_incidents=tuple(one for key, one in after.incidents.items() if key not in before.incidents),
        stage=stage,
        gone_out=gone_out,
    )
