"""Tells what each row would become, before anything is changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, text, update

from crm_model import inputs
from crm_model.imports.tables import CHECKED, DUPLICATE, NEW, WRONG, Import, ImportRow, Row, load_rows, save_rows
from crm_model.imports.targets import COMPANY, Target, storable
from kernel.context import Context
from kernel.errors import Message, ValidationFailed

REPEATS = text(
    "WITH keyed AS ("
    " SELECT number, unnest(keys) AS key FROM import_rows WHERE import_id = :id AND verdict <> 'wrong'"
    "), firsts AS (SELECT key, min(number) AS first FROM keyed GROUP BY key"
    "), repeated AS (SELECT number, min(first) AS first FROM keyed JOIN firsts USING (key)"
    " WHERE first < number GROUP BY number)"
    " UPDATE import_rows AS row SET verdict = 'repeated', same_as_row = repeated.first FROM repeated"
    " WHERE row.import_id = :id AND row.number = repeated.number"
)


def check_rows(ctx: Context, batch: Import, target: Target, rows: Sequence[Row]) -> None:
    """Fills values, errors, keys and verdict; duplicates are looked for among all records, seen or not."""
    mapped = [(int(number), target.column(key)) for number, key in batch.mapping.items()]
    for row in rows:
        given = {
            column.key: column.convert(row.cells[number])
            for number, column in mapped
            if column is not None and row.cells[number]
        }
        row.errors, row.same_as_id, row.same_as_row = None, None, None
        try:
            clean = read_values(ctx, target, given)
        except ValidationFailed as error:
            row.errors = {key: [_as_json(message) for message in found] for key, found in error.fields.items()}
            row.values, row.keys, row.verdict = None, None, WRONG
            continue
        row.values = {key: storable(value) for key, value in clean.items()}
        row.keys, row.verdict = target.keys(clean), NEW
    _find_duplicates(ctx, target, [row for row in rows if row.keys])
    save_rows(ctx.session, batch, rows, CHECKED)


def read_values(ctx: Context, target: Target, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row as Python values. Raises ValidationFailed with the fields that are wrong."""
    company = given.get(COMPANY)
    own = {key: value for key, value in given.items() if key != COMPANY}
    clean = inputs.read(ctx, own, target.fields, read_only=target.read_only)
    if company:
        try:
            clean[COMPANY] = inputs.name(ctx, company)
        except inputs.Wrong as wrong:
            raise ValidationFailed({COMPANY: [wrong.message]}) from None
    return clean


def find_repeats(ctx: Context, batch: Import) -> None:
    """Rows about somebody of whom an earlier row of the file speaks."""
    ctx.session.flush()
    # Without knowing how many rows have just come the planner compares each with each: minutes for a large file.
    ctx.session.execute(text("ANALYZE import_rows"))
    ctx.session.execute(REPEATS, {"id": batch.id})


def forget_check(ctx: Context, batch: Import) -> None:
    cleared = {"values": None, "errors": None, "keys": None, "verdict": None, "same_as_id": None, "same_as_row": None}
    ctx.session.execute(update(ImportRow).where(ImportRow.import_id == batch.id).values(cleared))


def rows_after(ctx: Context, batch: Import, number: int, limit: int) -> list[Row]:
    query = select(ImportRow).where(ImportRow.import_id == batch.id, ImportRow.number > number)
    return load_rows(ctx.session, query.order_by(ImportRow.number), limit)


def _find_duplicates(ctx: Context, target: Target, rows: Sequence[Row]) -> None:
    keys = sorted({key for row in rows for key in row.keys or ()})
    if not keys:
        return
    known: dict[str, int] = {}
    for record_id, key in ctx.session.execute(target.having(keys)):
        known[key] = min(record_id, known.get(key, record_id))
    for row in rows:
        same = next((known[key] for key in row.keys or () if key in known), None)
        if same is not None:
            row.verdict, row.same_as_id = DUPLICATE, same


def _as_json(message: str | Message) -> dict[str, Any]:
    if isinstance(message, Message):
        return {"template": message.template, "params": {key: storable(value) for key, value in message.params.items()}}
    return {"template": message, "params": {}}
