"""Takes an import back, updates included; what people have worked on since is left and told."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from crm_model import bulk, inputs, references
from crm_model.accounts import Account
from crm_model.audit import caused_by
from crm_model.imports.tables import (
    CREATED,
    KEPT,
    REMOVED,
    RESTORED,
    TAKEN_BACK,
    UPDATED,
    Import,
    ImportRow,
    Row,
    load_rows,
    save_rows,
)
from crm_model.imports.targets import Target, storable
from crm_model.records import change
from kernel.context import Context, acting
from kernel.i18n import N_

CHANGED_SINCE = N_("It has been changed since.")
GONE = N_("It is no longer there.")
PARTLY = N_("Some fields have been changed since and stay as they are.")


def rows_to_undo(ctx: Context, batch: Import, below: int | None, limit: int) -> list[Row]:
    """The last ones first, so that a record changed twice goes back the way it came."""
    query = select(ImportRow).where(ImportRow.import_id == batch.id, ImportRow.outcome.in_((CREATED, UPDATED)))
    if below is not None:
        query = query.where(ImportRow.number < below)
    return load_rows(ctx.session, query.order_by(ImportRow.number.desc()), limit)


def undo_rows(ctx: Context, batch: Import, target: Target, rows: Sequence[Row], worked_on: Mapping[int, str]) -> None:
    """`worked_on`: records that must stay, with the reason."""
    with acting(ctx), caused_by(ctx.session, import_id=batch.id):
        model = target.model
        wanted = [row.record_id for row in rows if row.record_id is not None]
        there = select(model).where(bulk.among(model.id, wanted))
        records = {record.id: record for record in ctx.session.scalars(there)}
        made = [row.record_id for row in rows if row.outcome == CREATED and row.record_id is not None]
        used = references.used_among(ctx, model, made)
        gone: list[Any] = []
        for row in rows:
            record = records.get(row.record_id or 0)
            if record is None:
                row.outcome, row.reason = KEPT, GONE
            elif row.outcome == UPDATED:
                _restore(ctx, target, row, record)
            elif record.id in worked_on or record.id in used:
                row.outcome, row.reason = KEPT, worked_on.get(record.id) or used[record.id]
            elif not _as_imported(row, record):
                row.outcome, row.reason = KEPT, CHANGED_SINCE
            else:
                gone.append(record)
                row.outcome, row.reason = REMOVED, None
        bulk.delete_records(ctx, gone, cause={"import_id": batch.id})
        _remove_companies(ctx, rows)
    save_rows(ctx.session, batch, rows, TAKEN_BACK)


def _restore(ctx: Context, target: Target, row: Row, record: Any) -> None:
    before, values = row.before or {}, row.values or {}
    untouched = {
        name: was for name, was in before.items() if storable(getattr(record, name)) == _now(values, name, record)
    }
    clean = inputs.read(ctx, untouched, _lenient(target), partial=True)
    change(record, clean)
    row.outcome = RESTORED
    row.reason = PARTLY if len(untouched) < len(before) else None


def _now(values: Mapping[str, Any], name: str, record: Any) -> Any:
    """What the import set; a company by name is there as the account's id."""
    return values[name] if name in values else storable(getattr(record, name))


def _lenient(target: Target) -> inputs.Fields:
    """A field may go back to being empty, whatever it must be when people fill it in."""
    return {name: inputs.Field(field.read) for name, field in target.fields.items()}


def _as_imported(row: Row, record: Any) -> bool:
    return all(
        storable(getattr(record, name)) == value for name, value in (row.values or {}).items() if hasattr(record, name)
    )


def _remove_companies(ctx: Context, rows: Sequence[Row]) -> None:
    made = [row.account_made_id for row in rows if row.account_made_id is not None and row.outcome == REMOVED]
    used = references.used_among(ctx, Account, made)
    for account in ctx.session.scalars(select(Account).where(Account.id.in_(made))):
        if account.id not in used and account.version == 1:
            ctx.session.delete(account)
    ctx.session.flush()
