"""The long parts of an import in the background: rows checked, applied and taken back, processes begun; a chunk a
transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm_model import campaign_members, users
from crm_model.imports import applying, checking, tables, undoing
from crm_model.imports.tables import Import, ImportRow
from crm_model.imports.targets import TARGETS
from crm_model.users import User
from engine import background
from kernel.context import Context
from processes import imported_leads
from processes.import_views import QUALIFY

CHECK, RUN, UNDO = "imports.check", "imports.run", "imports.undo"
CHUNK = 1000
QUALIFY_CHUNK = 100


@background.task(CHECK)
def _check(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    batch, after = _locked(context, payload["import_id"]), payload.get("after", 0)
    rows = checking.rows_after(context, batch, after, CHUNK)
    checking.check_rows(_as_maker(context, batch), batch, TARGETS[batch.kind], rows)
    batch.done += len(rows)
    if len(rows) == CHUNK:
        return {"import_id": batch.id, "after": rows[-1].number}
    checking.find_repeats(context, batch)
    batch.state = tables.READY
    return None


@background.task(RUN)
def _run(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    batch, after = _locked(context, payload["import_id"]), payload.get("after", 0)
    rows = checking.rows_after(context, batch, after, CHUNK)
    applying.apply_rows(_as_maker(context, batch), batch, TARGETS[batch.kind], rows)
    batch.done += len(rows)
    if len(rows) == CHUNK:
        return {"import_id": batch.id, "after": rows[-1].number}
    batch.state, batch.finished_at = tables.DONE, context.now()
    if batch.kind == "leads":
        background.schedule(context, QUALIFY, {"import_id": batch.id})
    return None


@background.task(UNDO)
def _undo(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    batch = _locked(context, payload["import_id"])
    campaign_members.take_back_import(context, batch.id)
    rows = undoing.rows_to_undo(context, batch, payload.get("below"), CHUNK)
    worked_on: dict[int, str] = {}
    if batch.kind == "leads":
        made = [row.record_id for row in rows if row.outcome == tables.CREATED and row.record_id is not None]
        worked_on = imported_leads.take_back(context, made)
    undoing.undo_rows(_as_maker(context, batch), batch, TARGETS[batch.kind], rows, worked_on)
    batch.done = min(batch.total, batch.done + len(rows))
    if len(rows) == CHUNK:
        return {"import_id": batch.id, "below": rows[-1].number}
    batch.state, batch.done, batch.finished_at = tables.UNDONE, batch.total, context.now()
    return None


@background.task(QUALIFY)
def _qualify(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    """Every lead starts its process; those of an import do so after they are there, a few a transaction."""
    batch, after = _locked(context, payload["import_id"]), payload.get("after", 0)
    if batch.state != tables.DONE:
        return None
    query = select(ImportRow.number, ImportRow.record_id).where(
        ImportRow.import_id == batch.id, ImportRow.outcome == tables.CREATED, ImportRow.number > after
    )
    rows = context.session.execute(query.order_by(ImportRow.number).limit(QUALIFY_CHUNK)).all()
    imported_leads.begin(_as_maker(context, batch), [record_id for _, record_id in rows if record_id is not None])
    return {"import_id": batch.id, "after": rows[-1].number} if len(rows) == QUALIFY_CHUNK else None


def _as_maker(context: Context, batch: Import) -> Context:
    """What an import changes is the doing of whoever sent it, with that person's rights."""
    user = context.session.get_one(User, batch.created_by_id)
    return Context(context.session, users.actor_of(user), context.clock)


def _locked(context: Context, import_id: int) -> Import:
    return context.session.get_one(Import, import_id, with_for_update=True, populate_existing=True)
