"""Imports of clients from spreadsheets: sent, mapped, checked, run and undone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm_model import bulk, campaigns, inputs
from crm_model.campaigns import Campaign
from crm_model.files import safe_name
from crm_model.imports import applying, checking, tables
from crm_model.imports.spreadsheets import read_sheet
from crm_model.imports.tables import Import, ImportRow
from crm_model.imports.targets import TARGETS, Target, guess
from crm_model.inputs import Field
from crm_model.products import Product
from crm_model.users import User
from engine import background
from kernel.context import ADMINISTRATOR, SUPERVISOR, Context
from kernel.errors import Conflict, Message, NotFound, ValidationFailed
from kernel.i18n import N_, translate
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes.import_views import ImportRowView, ImportView, row_view_of, view_of
from processes.import_work import CHECK, RUN, UNDO

NOT_NOW = N_("This import is busy or already done, so this cannot be changed now.")
NOT_CHECKED = N_("Check the rows first.")
UNDONE_TOO_LATE = N_("Only an import that was run can be undone, once.")
NO_SUCH_KIND = N_("Choose one of: %(options)s.")
NO_SUCH_COLUMN = N_("There is no such column.")
NO_SUCH_FIELD = N_("There is no such field.")
TWICE = N_("Two columns are mapped to this field.")
NEEDED = N_("Say which column holds “%(field)s”.")


OPTIONS = {
    "duplicates": Field(inputs.choice(applying.DUPLICATES), nullable=False),
    "owner_id": Field(inputs.record(User)),
    "product_id": Field(inputs.record(Product)),
    "campaign_id": Field(inputs.record(Campaign)),
    "member_state": Field(inputs.choice(campaigns.MEMBER_STATES)),
}
FOR_ONE_FILE = ("campaign_id", "member_state")
"""What a later file with the same heading does not take over."""


@use_case("imports.manage")
def fields_of(context: Context, kind: str) -> list[tuple[str, str, bool]]:
    """What a column may be mapped to: key, title in the reader's language, whether it is needed."""
    language = context.actor.language
    return [(column.key, translate(column.title, language), column.required) for column in TARGETS[kind].columns]


@use_case("imports.manage")
def upload_import(
    context: Context, *, kind: str, file_name: str, content: bytes, campaign_id: int | None = None
) -> ImportView:
    """Keeps the rows; columns are mapped as the last time a file had this heading, else by their names."""
    target = TARGETS.get(kind)
    if target is None:
        raise ValidationFailed({"kind": [Message(NO_SUCH_KIND, options=", ".join(TARGETS))]})
    sheet = read_sheet(file_name, content)
    header_key = hashlib.sha256("\n".join(sheet.header).encode()).hexdigest()
    before = context.session.scalar(
        select(Import)
        .where(Import.kind == kind, Import.header_key == header_key, Import.state != tables.MAPPING)
        .order_by(Import.id.desc())
        .limit(1)
    )
    batch = Import(
        kind=kind,
        file_name=safe_name(file_name),
        header=sheet.header,
        header_key=header_key,
        mapping=dict(before.mapping) if before else guess(target, sheet.header),
        options=_first_options(context, before, campaign_id),
        total=len(sheet.rows),
        created_at=context.now(),
        created_by_id=context.actor.user_id,
    )
    context.session.add(batch)
    context.session.flush()
    rows = [{"import_id": batch.id, "number": number, "cells": cells} for number, cells in sheet.rows]
    bulk.insert_rows(context.session, ImportRow, rows)
    return view_of(context, batch)


def _first_options(context: Context, before: Import | None, campaign_id: int | None) -> dict[str, Any]:
    options = dict(before.options) if before else {"duplicates": applying.SKIP}
    options = {key: value for key, value in options.items() if key not in FOR_ONE_FILE}
    return options | inputs.read(context, {"campaign_id": campaign_id} if campaign_id else {}, OPTIONS)


@use_case("imports.manage")
def list_imports(context: Context, page: Page) -> Slice[ImportView]:
    """Newest first: one's own, or all for those who see everything."""
    query = select(Import).options(joinedload(Import.created_by)).order_by(Import.id.desc())
    if not _sees_all(context):
        query = query.where(Import.created_by_id == context.actor.user_id)
    if page.after is not None:
        query = query.where(Import.id < page.key(int)[0])
    found = slice_of(context.session.scalars(query.limit(page.limit + 1)).all(), page, lambda row: [row.id])
    return found.map(lambda row: view_of(context, row, with_columns=False))


@use_case("imports.manage")
def get_import(context: Context, import_id: int) -> ImportView:
    return view_of(context, _batch(context, import_id))


@use_case("imports.manage")
def list_import_rows(
    context: Context, import_id: int, page: Page, *, verdict: str | None = None, outcome: str | None = None
) -> Slice[ImportRowView]:
    """Rows in the order of the file."""
    batch = _batch(context, import_id)
    query = select(ImportRow).where(ImportRow.import_id == batch.id)
    if verdict is not None:
        query = query.where(ImportRow.verdict == verdict)
    if outcome is not None:
        query = query.where(ImportRow.outcome == outcome)
    if page.after is not None:
        query = query.where(ImportRow.number > page.key(int)[0])
    rows = context.session.scalars(query.order_by(ImportRow.number).limit(page.limit + 1)).all()
    return slice_of(rows, page, lambda row: [row.number]).map(lambda row: row_view_of(context, row))


@use_case("imports.manage")
def check_import(
    context: Context,
    import_id: int,
    *,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> ImportView:
    """Maps the columns and has every row looked at; nothing of the customer's is changed yet."""
    batch = _batch(context, import_id, lock=True)
    if batch.state not in (tables.MAPPING, tables.READY):
        raise Conflict("import_busy", NOT_NOW)
    chosen = dict(mapping if mapping is not None else batch.mapping)
    _check_mapping(context, TARGETS[batch.kind], batch, chosen)
    batch.mapping = chosen
    if options is not None:
        try:
            batch.options = {**batch.options, **inputs.read(context, options, OPTIONS)}
        except ValidationFailed as error:
            raise error.prefixed("options") from None
    checking.forget_check(context, batch)
    _begin(context, batch, tables.CHECKING, CHECK)
    return view_of(context, batch)


@use_case("imports.manage")
def run_import(context: Context, import_id: int) -> ImportView:
    batch = _batch(context, import_id, lock=True)
    if batch.state != tables.READY:
        raise Conflict("import_not_ready", NOT_CHECKED if batch.state == tables.MAPPING else NOT_NOW)
    batch.started_at = context.now()
    _begin(context, batch, tables.RUNNING, RUN)
    return view_of(context, batch)


@use_case("imports.manage")
def undo_import(context: Context, import_id: int) -> ImportView:
    """What was made goes, what was changed is as it was; what people have worked on since stays and is told."""
    batch = _batch(context, import_id, lock=True)
    if batch.state != tables.DONE:
        raise Conflict("import_not_done", UNDONE_TOO_LATE)
    _begin(context, batch, tables.UNDOING, UNDO)
    return view_of(context, batch)


@use_case("imports.manage")
def delete_import(context: Context, import_id: int) -> None:
    """Throws away one that has changed nothing yet."""
    batch = _batch(context, import_id, lock=True)
    if batch.state not in (tables.MAPPING, tables.READY):
        raise Conflict("import_busy", NOT_NOW)
    context.session.delete(batch)
    context.session.flush()


def _begin(context: Context, batch: Import, state: str, task: str) -> None:
    batch.state, batch.done, batch.finished_at = state, 0, None
    context.session.flush()
    background.schedule(context, task, {"import_id": batch.id})


def _check_mapping(context: Context, target: Target, batch: Import, mapping: Mapping[str, str]) -> None:
    errors: dict[str, list[str | Message]] = {}
    for number, key in mapping.items():
        if not (number.isascii() and number.isdigit() and int(number) < len(batch.header)):
            errors[f"mapping.{number}"] = [NO_SUCH_COLUMN]
        elif target.column(key) is None:
            errors[f"mapping.{number}"] = [NO_SUCH_FIELD]
        elif list(mapping.values()).count(key) > 1:
            errors[f"mapping.{number}"] = [TWICE]
    for column in target.columns:
        if column.required and column.key not in mapping.values():
            title = translate(column.title, context.actor.language)
            errors.setdefault("mapping", []).append(Message(NEEDED, field=title))
    if errors:
        raise ValidationFailed(errors)


def _batch(context: Context, import_id: int, *, lock: bool = False) -> Import:
    query = select(Import).where(Import.id == import_id).options(joinedload(Import.created_by))
    if lock:
        query = query.with_for_update(of=Import)
    batch = context.session.scalar(query.execution_options(populate_existing=True))
    if batch is None or not (_sees_all(context) or batch.created_by_id == context.actor.user_id):
        raise NotFound()
    return batch


def _sees_all(context: Context) -> bool:
    return context.actor.is_system or context.actor.has_role(ADMINISTRATOR, SUPERVISOR)
