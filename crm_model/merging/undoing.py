"""Makes of one record two again: refused where somebody has changed since what would be lost."""

from typing import Any

from sqlalchemy import delete, insert, update

from crm_model import consents
from crm_model.audit import AuditEntry
from crm_model.consents import Consent
from crm_model.merging import referring, rows
from crm_model.merging.applying import MERGE
from crm_model.merging.tables import DONE, MODELS, UNDONE, MergeBatch
from kernel.context import Context
from kernel.errors import Conflict
from kernel.i18n import N_

NOT_DONE = N_("This merge can no longer be undone.")
SURVIVOR_GONE = N_("The record that was kept is no longer there, or was itself merged. Undo that merge first.")
CHANGED = N_("Values that came from the merge have been changed since: %(fields)s. Undoing would lose those changes.")
LETTERS = ("consent", "consent_at", "opted_out", "opted_out_at")
INCIDENTAL = frozenset({"version", "updated_at", "sort_key", "search_key", "last_contact_at", "next_contact_at"})
CLOSING = ("withdrawn_at", "withdrawn_by_id", "withdrawn_source", "withdrawn_reason")


def undo(ctx: Context, batch: MergeBatch) -> Any:
    """Answers the record that is there again. The survivor is locked by the caller."""
    session, model = ctx.session, MODELS[batch.kind]
    table = rows.table_of(model)
    session.flush()
    now = rows.one(session, table, batch.survivor_id)
    changed = _check(batch, now)
    keep = [name for name in LETTERS if name in changed and (now or {})[name] != batch.became[name]]
    rows.insert(session, table, [_possible(ctx, table, batch.loser)])
    referring.move_back(session, batch.moved, batch.loser_id, batch.survivor_id)
    referring.put_back(session, batch.removed)
    rows.restore(session, table, batch.was, [name for name in changed if name not in keep])
    _reopen_consents(ctx, batch)
    _tell(ctx, batch, changed)
    batch.state, batch.undone_at, batch.undone_by_id = UNDONE, ctx.now(), ctx.actor.user_id
    session.flush()
    session.expire_all()
    if batch.kind in consents.KINDS.values():
        consents.project(session, session.get_one(model, batch.survivor_id))
        session.flush()
    return session.get_one(model, batch.loser_id)


def _check(batch: MergeBatch, now: dict[str, Any] | None) -> list[str]:
    """The columns that the merge changed, if all of them are as it left them."""
    if batch.state != DONE:
        raise Conflict("merge_not_done", NOT_DONE)
    if now is None:
        raise Conflict("merge_survivor_gone", SURVIVOR_GONE)
    changed = [name for name, was in batch.was.items() if was != batch.became.get(name) and name not in INCIDENTAL]
    since = [name for name in changed if now[name] != batch.became[name] and name not in LETTERS]
    if since:
        raise Conflict("merge_changed_since", CHANGED, params={"fields": ", ".join(since)}, details={"fields": since})
    return changed


def _possible(ctx: Context, table: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The row without links to what is no longer there."""
    return row | dict.fromkeys(referring.missing_targets(ctx.session, table, row))


def _reopen_consents(ctx: Context, batch: MergeBatch) -> None:
    """Rows that the merge closed hold again; refusals that it had to write down itself go."""
    mine = Consent.id.in_(batch.closed) & (Consent.withdrawn_source == MERGE)
    ctx.session.execute(delete(Consent).where(mine, Consent.given_at.is_(None)))
    ctx.session.execute(update(Consent).where(mine).values(dict.fromkeys(CLOSING)))


def _tell(ctx: Context, batch: MergeBatch, changed: list[str]) -> None:
    common = {"at": ctx.now(), "actor_id": ctx.actor.user_id, "cause": {"merge_undone": batch.id}}
    back = {name: [batch.became[name], batch.was[name]] for name in changed}
    for number, action, changes in ((batch.survivor_id, "update", back), (batch.loser_id, "create", {})):
        place = {"entity": batch.kind, "entity_id": number, "record_type": batch.kind, "record_id": number}
        ctx.session.execute(insert(AuditEntry).values({**common, **place, "action": action, "changes": changes}))
