"""Makes and changes records as the checked rows say, a chunk at a time, and remembers what was there before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from crm_model import access, bulk, campaign_members, campaigns, consents, lead_history
from crm_model.accounts import Account
from crm_model.audit import caused_by
from crm_model.imports.checking import read_values
from crm_model.imports.tables import APPLIED, CREATED, NEW, SKIPPED, UPDATED, WRONG, Import, ImportRow, Row, save_rows
from crm_model.imports.targets import COMPANY, Target, storable
from crm_model.leads import NEW as NEW_LEAD
from crm_model.records import change, fold
from kernel.context import Context, acting
from kernel.i18n import N_

SKIP, UPDATE, CREATE = "skip", "update", "create"
LINKS = {"leads": campaign_members.LEAD, "contacts": campaign_members.CONTACT}
DUPLICATES = (SKIP, UPDATE, CREATE)
ALREADY_THERE = N_("It is already there.")
NOT_YOURS = N_("It is already there, and you may not change it.")
ROW_IS_WRONG = N_("The row has mistakes.")


def apply_rows(ctx: Context, batch: Import, target: Target, rows: Sequence[Row]) -> None:
    """What is new is made in bulk; what is met is changed one by one, so that the audit tells what it was."""
    with acting(ctx), caused_by(ctx.session, import_id=batch.id):
        companies, defaults = _companies(ctx, batch, rows), _defaults(batch, target)
        made: list[tuple[Row, Any]] = []
        met: list[tuple[Row, dict[str, Any]]] = []
        for row in rows:
            if row.verdict == WRONG or row.values is None:
                row.outcome, row.reason = SKIPPED, ROW_IS_WRONG
                continue
            values = read_values(ctx, target, row.values)
            company = values.pop(COMPANY, None)
            if company is not None:
                account, is_new = companies[fold(company)]
                values["account_id"] = account.id
                row.account_made_id = account.id if is_new else None
                companies[fold(company)] = (account, False)
            if row.verdict == NEW or batch.options["duplicates"] == CREATE:
                if values.get("consent"):
                    values["consent_at"] = ctx.now()
                made.append((row, target.model(**defaults, **values)))
                row.outcome = CREATED
            else:
                met.append((row, values))
        ids = bulk.insert_records(ctx, [record for _, record in made], cause={"import_id": batch.id})
        for (row, _), given in zip(made, ids, strict=True):
            row.record_id = given
        if target.kind == "leads":
            lead_history.begin(ctx, ids, NEW_LEAD)
        _note_consents(ctx, batch, [record for _, record in made], ids)
        present = _present(ctx, batch, target, [row for row, _ in met], {row.number: row for row in rows})
        for row, values in met:
            _meet(batch, row, present.get(row.number), values)
        _enrol(ctx, batch, target, rows)
    save_rows(ctx.session, batch, rows, APPLIED)


def _enrol(ctx: Context, batch: Import, target: Target, rows: Sequence[Row]) -> None:
    """Whoever the file names takes part in the campaign it is imported for, those who were known before too."""
    campaign_id, link = batch.options.get("campaign_id"), LINKS.get(target.kind)
    if campaign_id is None or link is None:
        return
    said = [row.record_id or row.same_as_id for row in rows if row.verdict != WRONG]
    named = {number for number in said if number is not None}
    seen = select(target.model.id).where(bulk.among(target.model.id, named), access.visible(ctx, target.model))
    people = sorted(ctx.session.scalars(seen))
    state = batch.options.get("member_state") or campaigns.INVITED
    campaign = campaigns.get_campaign(ctx, campaign_id)
    campaign_members.enrol(ctx, campaign, state, link, people, import_id=batch.id)


def _meet(batch: Import, row: Row, record: Any, values: dict[str, Any]) -> None:
    """A row about somebody who is there already. What a person said of letters is never changed by a file."""
    row.outcome = SKIPPED
    if batch.options["duplicates"] == SKIP:
        row.reason = ALREADY_THERE
    elif record is None:
        row.reason = NOT_YOURS
    else:
        values.pop("consent", None)
        row.record_id, row.outcome, row.reason = record.id, UPDATED, None
        row.before = {
            name: storable(getattr(record, name)) for name, value in values.items() if value != getattr(record, name)
        }
        change(record, values)


def _note_consents(ctx: Context, batch: Import, records: Sequence[Any], ids: Sequence[int]) -> None:
    allowed = [given for given, record in zip(ids, records, strict=True) if getattr(record, "consent", False)]
    if allowed:
        kind = consents.KINDS[records[0].__tablename__]
        proof = {"import_id": batch.id, "file": batch.file_name}
        consents.note_many(ctx, kind, allowed, source=consents.IMPORT, proof=proof)


def _defaults(batch: Import, target: Target) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if batch.options.get("owner_id") is not None or target.kind != "leads":
        told["owner_id"] = batch.options.get("owner_id") or batch.created_by_id
    if target.kind == "leads":
        told |= {"source": "import"}
        told |= {key: batch.options[key] for key in ("product_id", "campaign_id") if batch.options.get(key)}
    return told


def _present(ctx: Context, batch: Import, target: Target, met: Sequence[Row], chunk: dict[int, Row]) -> dict[int, Any]:
    """By number of row: the record it speaks of, where the person may change it."""
    if batch.options["duplicates"] != UPDATE:
        return {}
    earlier = sorted({row.same_as_row for row in met if row.same_as_row is not None and row.same_as_row not in chunk})
    query = select(ImportRow.number, ImportRow.record_id)
    query = query.where(ImportRow.import_id == batch.id, ImportRow.number.in_(earlier))
    firsts = dict(ctx.session.execute(query).all()) | {number: row.record_id for number, row in chunk.items()}
    wanted = {row.number: row.same_as_id or firsts.get(row.same_as_row or 0) for row in met}
    model = target.model
    wanted_ids = {found for found in wanted.values() if found is not None}
    seen = select(model).where(bulk.among(model.id, wanted_ids), access.visible(ctx, model)).with_for_update(of=model)
    records = {record.id: record for record in ctx.session.scalars(seen)}
    return {number: records[found] for number, found in wanted.items() if found in records}


def _companies(ctx: Context, batch: Import, rows: Sequence[Row]) -> dict[str, tuple[Account, bool]]:
    """Accounts by folded name, each with whether it was made just now."""
    names = {fold(name): name for row in rows if (name := (row.values or {}).get(COMPANY))}
    if not names:
        return {}
    there = select(Account).where(Account.sort_key.in_(names), access.visible(ctx, Account)).order_by(Account.id.desc())
    found = {account.sort_key: (account, False) for account in ctx.session.scalars(there)}
    owner = batch.options.get("owner_id") or batch.created_by_id
    new = {key: Account(name=name, owner_id=owner) for key, name in names.items() if key not in found}
    ctx.session.add_all(new.values())
    ctx.session.flush()
    return found | {key: (account, True) for key, account in new.items()}
