"""Imports of clients from spreadsheets: send a file, map its columns, look at the rows, run it, take it back."""

from typing import Any

from flask import g, request
from marshmallow import fields, validate

from api.records import blueprint
from api.schemas import Answer, Anything, Body, Number, PageArgs, Text, Time, Whole, list_of, page_of, path, shown
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import imports

bp = blueprint("imports", "Imports")

NO_FILE = N_("Send a file.")


class ImportForm(Body):
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    kind = Text(required=True)


class CheckBody(Body):
    mapping = fields.Dict(keys=fields.String(), values=Text(), load_default=None, allow_none=True)
    options = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), load_default=None, allow_none=True)


class RowArgs(PageArgs):
    verdict = Text(validate=validate.OneOf(("new", "duplicate", "repeated", "wrong")))
    outcome = Text(validate=validate.OneOf(("created", "updated", "skipped", "removed", "restored", "kept")))


class ImportAnswer(Answer):
    id = Number(required=True)
    kind = Text(required=True)
    file_name = Text(required=True)
    state = Text(required=True)
    mapping = fields.Dict(keys=fields.String(), values=Text(), required=True)
    options = fields.Dict(required=True)
    total = Whole(required=True)
    done = Whole(required=True)
    progress = Whole(required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    created_at = Time(required=True)
    created_by = Text(required=True)
    started_at = Time(required=True, allow_none=True)
    finished_at = Time(required=True, allow_none=True)
    error = Text(required=True, allow_none=True)
    waiting = Whole(
        required=True, metadata={"description": "Leads of a finished import whose qualification has still to begin."}
    )


class ImportRowAnswer(Answer):
    number = Whole(required=True)
    cells = fields.List(Text(), required=True)
    verdict = Text(required=True, allow_none=True)
    outcome = Text(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(Text()), required=True)
    same_as_id = Number(required=True, allow_none=True)
    same_as_row = Whole(required=True, allow_none=True)
    record_id = Number(required=True, allow_none=True)


@bp.route("/imports", methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(ImportAnswer))
def list_imports(args: dict[str, Any]) -> Any:
    """Imports, newest first."""
    return shown(imports.list_imports(g.context, page_of(args)))


@bp.route("/imports", methods=["POST"])
@bp.doc(requestBody={"content": {"multipart/form-data": {"schema": ImportForm}}, "required": True})
@bp.response(201, ImportAnswer)
def upload_import() -> Any:
    """Keeps the rows of a CSV file or an Excel workbook; `kind` is leads, contacts or accounts."""
    file = request.files.get("file")
    if file is None:
        raise ValidationFailed({"file": [NO_FILE]})
    kind = request.form.get("kind") or ""
    return imports.upload_import(g.context, kind=kind, file_name=file.filename or "", content=file.read())


@bp.route(path("/imports/{import_id}"), methods=["GET"])
@bp.response(200, ImportAnswer)
def get_import(import_id: int) -> Any:
    """An import with its progress and counts."""
    return imports.get_import(g.context, import_id)


@bp.route(path("/imports/{import_id}"), methods=["DELETE"])
@bp.response(204)
def delete_import(import_id: int) -> None:
    """Throws away an import that has changed nothing yet."""
    imports.delete_import(g.context, import_id)


@bp.route(path("/imports/{import_id}/rows"), methods=["GET"])
@bp.arguments(RowArgs, location="query")
@bp.response(200, list_of(ImportRowAnswer))
def list_rows(args: dict[str, Any], import_id: int) -> Any:
    """The rows: what each is or would become, and what is wrong with it."""
    page = page_of(args)
    return shown(imports.list_import_rows(g.context, import_id, page, **args))


@bp.route(path("/imports/{import_id}/check"), methods=["POST"])
@bp.arguments(CheckBody)
@bp.response(200, ImportAnswer)
def check(given: dict[str, Any], import_id: int) -> Any:
    """Looks at every row in the background. `mapping`: number of a column → field; `options.duplicates`: skip, update,
    create."""
    return imports.check_import(g.context, import_id, **given)


@bp.route(path("/imports/{import_id}/run"), methods=["POST"])
@bp.response(200, ImportAnswer)
def run(import_id: int) -> Any:
    """Makes and changes the records, in the background."""
    return imports.run_import(g.context, import_id)


@bp.route(path("/imports/{import_id}/undo"), methods=["POST"])
@bp.response(200, ImportAnswer)
def undo(import_id: int) -> Any:
    """Takes it back, updates included; what people have worked on since stays."""
    return imports.undo_import(g.context, import_id)
