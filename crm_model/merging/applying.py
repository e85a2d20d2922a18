"""Makes two records one: the chosen values, what refers to the other, the stricter word on letters, and what it was."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm_model import consents
from crm_model.audit import caused_by
from crm_model.consents import Consent
from crm_model.merging import choosing, referring, rows
from crm_model.merging.tables import MODELS, MergeBatch
from crm_model.records import change
from kernel.context import Context

MERGE = "merge"


def merge(ctx: Context, kind: str, survivor: Any, loser: Any, choices: Mapping[str, str]) -> MergeBatch:
    """`loser` is gone afterwards; whoever asks for it finds `survivor`. Both are locked by the caller."""
    session, table = ctx.session, rows.table_of(MODELS[kind])
    values = choosing.chosen(kind, survivor, loser, choices) | _times(survivor, loser)
    was, lost = rows.one(session, table, survivor.id), rows.one(session, table, loser.id)
    batch = MergeBatch(
        kind=kind,
        survivor_id=survivor.id,
        loser_id=loser.id,
        at=ctx.now(),
        by_id=ctx.actor.user_id,
        loser=lost,
        was=was,
        became={},
    )
    session.add(batch)
    session.flush()
    refusals = _refusals(ctx, survivor, loser) if kind in consents.KINDS.values() else []
    with caused_by(session, merge_id=batch.id):
        batch.moved, batch.removed = referring.move(session, MODELS[kind], loser.id, survivor.id)
        members, twice = referring.move_members(session, kind, loser.id, survivor.id)
        batch.moved, batch.removed = {**batch.moved, **members}, {**batch.removed, **twice}
        batch.removed = {**batch.removed, **referring.take_pairs(session, kind, loser.id)}
        session.delete(loser)
        change(survivor, values)
        if kind in consents.KINDS.values():
            batch.closed = _settle_consents(ctx, survivor, refusals, refused=loser.opted_out)
    batch.moved = {**batch.moved, **referring.move_audit(session, kind, loser.id, survivor.id)}
    batch.became = rows.one(session, table, survivor.id) or {}
    session.flush()
    return batch


def _times(survivor: Any, loser: Any) -> dict[str, Any]:
    """When one was in touch last and will be next, with either of the two."""
    if not hasattr(survivor, "last_contact_at"):
        return {}
    return {
        "last_contact_at": _pick(max, survivor.last_contact_at, loser.last_contact_at),
        "next_contact_at": _pick(min, survivor.next_contact_at, loser.next_contact_at),
    }


def _pick(which: Any, *moments: datetime | None) -> datetime | None:
    found = [moment for moment in moments if moment is not None]
    return which(found) if found else None


def _refusals(ctx: Context, *people: Any) -> list[tuple[str, str]]:
    """What either of the two has taken back and not allowed again, as purpose and channel."""
    found: list[tuple[str, str]] = []
    for person in people:
        ledger = list(ctx.session.scalars(select(Consent).where(consents.rows_of(person))))
        taken = {(row.purpose, row.channel) for row in ledger if not row.holds}
        found += [one for one in sorted(taken) if not _allowed(ledger, *one)]
    return found


def _allowed(ledger: Iterable[Consent], purpose: str, channel: str) -> bool:
    return any(row.holds and row.purpose == purpose and row.channel in (channel, consents.ANY) for row in ledger)


def _settle_consents(ctx: Context, survivor: Any, refusals: list[tuple[str, str]], *, refused: bool) -> list[int]:
    """Whatever one of the two has refused is refused; the rows of the ledger that this has closed."""
    taken: list[Consent] = []
    for purpose, channel in refusals:
        taken += consents.withdraw(ctx, survivor, purpose=purpose, channel=channel, source=MERGE)
    if refused or survivor.opted_out:
        taken += consents.refuse(ctx, survivor, source=MERGE)
    consents.project(ctx.session, survivor)
    return [row.id for row in taken]
