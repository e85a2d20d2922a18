"""Merging two records of one client or person together with their processes, and undoing it as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from crm_model import access
from crm_model.leads import Lead
from crm_model.merging import applying, choosing, undoing
from crm_model.merging.choosing import Choice
from crm_model.merging.tables import MODELS, MergeBatch
from engine import instances, subjects
from engine.execution import Execution
from engine.tables import SUSPENDED, InstanceRow
from kernel.context import Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import engine_room, lead_flow

SAME = N_("Choose two different records.")
HAS_DEAL = N_("This lead has become a deal, so it is the one to keep: merge the other lead into it.")
MERGED = "merged into another lead"


@use_case("records.read")
def compare(context: Context, kind: str, survivor_id: int, loser_id: int) -> tuple[Any, Any, list[Choice]]:
    """Both records, and field by field what each says and which of the two would be taken."""
    survivor, loser = _both(context, kind, survivor_id, loser_id)
    return survivor, loser, choosing.compare(kind, survivor, loser)


@use_case("records.write")
def merge(
    context: Context, *, kind: str, survivor_id: int, loser_id: int, choices: Mapping[str, str] | None = None
) -> MergeBatch:
    """Makes two records one: everything that refers to the second belongs to the first, which both keys find. `choices`
    say per field whose value to take (survivor, loser, both); left out, the survivor's unless it is empty."""
    _both(context, kind, survivor_id, loser_id)
    execution = engine_room.execution(context)
    survivor_key, loser_key = (kind, survivor_id), (kind, loser_id)
    subjects.lock(execution, survivor_key, loser_key)
    model = MODELS[kind]
    locked = {number: access.get_for_change(context, model, number) for number in sorted((survivor_id, loser_id))}
    survivor, loser = locked[survivor_id], locked[loser_id]
    suspended = _suspend(execution, survivor, loser) if isinstance(survivor, Lead) else []
    batch = applying.merge(context, kind, survivor, loser, choices or {})
    batch.moved = {**batch.moved, **subjects.move(context.session, loser_key, survivor_key)}
    batch.suspended = suspended
    context.session.flush()
    context.session.expire_all()
    return batch


@use_case("records.write")
def undo_merge(context: Context, merge_id: int) -> Any:
    """Makes of one record two again, with all that belonged to each; answers the one that is there again. What came to the
    kept record since stays with it; where somebody changed what the merge had set, the undo is refused."""
    seen = _get(context, merge_id)
    execution = engine_room.execution(context)
    old, new = (seen.kind, seen.loser_id), (seen.kind, seen.survivor_id)
    subjects.lock(execution, new)
    batch = context.session.get_one(MergeBatch, merge_id, with_for_update=True, populate_existing=True)
    if context.session.get(MODELS[batch.kind], batch.survivor_id) is not None:
        access.get_for_change(context, MODELS[batch.kind], batch.survivor_id)
    record = undoing.undo(context, batch)
    subjects.move_back(context.session, batch.moved, old, new)
    for instance_id in _still_suspended(context, batch):
        instances.resume(execution, instance_id)
    execution.write()
    return record


@use_case("records.read")
def list_merges(
    context: Context, page: Page, *, kind: str | None = None, record_id: int | None = None
) -> Slice[MergeBatch]:
    """Merges of records the caller sees, newest first."""
    seen = [
        (MergeBatch.kind == name) & MergeBatch.survivor_id.in_(select(model.id).where(access.visible(context, model)))
        for name, model in MODELS.items()
    ]
    query = select(MergeBatch).where(or_(*seen)).options(joinedload(MergeBatch.by)).order_by(MergeBatch.id.desc())
    if kind is not None:
        query = query.where(MergeBatch.kind == kind)
    if record_id is not None:
        query = query.where(MergeBatch.survivor_id == record_id)
    if page.after is not None:
        query = query.where(MergeBatch.id < page.key(int)[0])
    return slice_of(context.session.scalars(query.limit(page.limit + 1)).all(), page, lambda row: [row.id])


@use_case("records.read")
def get_merge(context: Context, merge_id: int) -> MergeBatch:
    return _get(context, merge_id)


def _get(context: Context, merge_id: int) -> MergeBatch:
    batch = context.session.get(MergeBatch, merge_id)
    if batch is None:
        raise NotFound()
    access.get_visible(context, MODELS[batch.kind], batch.survivor_id)
    return batch


def _both(context: Context, kind: str, survivor_id: int, loser_id: int) -> tuple[Any, Any]:
    survivor, loser = (access.get_visible(context, MODELS[kind], number) for number in (survivor_id, loser_id))
    if survivor.id == loser.id:
        raise ValidationFailed({"loser_id": [SAME]})
    if isinstance(loser, Lead) and loser.deal_id is not None and survivor.deal_id is None:
        raise Conflict("lead_has_deal", HAS_DEAL)
    return survivor, loser


def _suspend(execution: Execution, survivor: Lead, loser: Lead) -> list[int]:
    """One lead is worked on once: where something runs for the survivor, what runs for the other stands still."""
    ways = (lead_flow.QUALIFICATION, lead_flow.NURTURING)
    goes_on = survivor.deal_id or lead_flow.running(execution.context, [survivor.id], *ways, lead_flow.SALE)
    second = lead_flow.running(execution.context, [loser.id], *ways) if goes_on else []
    for instance_id in second:
        instances.suspend(execution, instance_id, MERGED)
    return second


def _still_suspended(context: Context, batch: MergeBatch) -> list[int]:
    query = select(InstanceRow.id).where(InstanceRow.id.in_(batch.suspended), InstanceRow.state == SUSPENDED)
    return list(context.session.scalars(query.order_by(InstanceRow.id)))
