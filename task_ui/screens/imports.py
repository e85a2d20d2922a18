"""Importing clients from a spreadsheet: send, map the columns, look at what would happen, run, take back."""

from typing import Any

from flask import Blueprint, request

from processes import imports
from processes.imports import ImportView
from task_ui.web import View, _, attempt, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("imports", __name__, url_prefix="/imports")

KINDS = ("leads", "contacts", "accounts")
RECORD_URL = {"leads": "/leads/{}", "contacts": "/contacts/{}", "accounts": "/accounts/{}"}
SHOWN = {"ready": "verdict", "done": "outcome", "undone": "outcome"}
"""By which of the two the rows of an import are filtered."""


@blueprint.get("")
def index() -> View:
    return page("imports/list.html", imports=imports.list_imports(ctx(), paging()))


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(imports.upload_import)
def new() -> View:
    """Chooses the kind and the file."""
    errors: dict[str, list[str]] = {}
    kind = request.values.get("kind") or KINDS[0]
    if request.method == "POST":
        file = request.files.get("file")
        content = file.read() if file else b""
        name = (file.filename if file else None) or ""
        sent, errors = attempt(
            lambda: imports.upload_import(
                ctx(), kind=kind, file_name=name, content=content, campaign_id=request.form.get("campaign_id", type=int)
            )
        )
        if sent:
            return go(f"/imports/{sent.id}")
    asked = request.values.get("campaign_id", type=int)
    return form_answer(page("imports/new.html", kinds=KINDS, kind=kind, campaign_id=asked, errors=errors), errors)


@blueprint.get("/<int:import_id>")
def card(import_id: int) -> View:
    """One page that goes with the import: mapping, progress, what would happen, what has happened."""
    return _card(imports.get_import(ctx(), import_id), {})


@blueprint.post("/<int:import_id>/check")
def check(import_id: int) -> View:
    form = request.form
    mapping = {name.removeprefix("column."): key for name, key in form.items() if name.startswith("column.") and key}
    options: dict[str, Any] = {"duplicates": form.get("duplicates") or "skip"}
    options["owner_id"] = form.get("owner_id", type=int)
    options["campaign_id"] = form.get("campaign_id", type=int)
    options["member_state"] = form.get("member_state") or None
    done, errors = attempt(lambda: imports.check_import(ctx(), import_id, mapping=mapping, options=options))
    if done:
        return go(f"/imports/{import_id}")
    return form_answer(_card(imports.get_import(ctx(), import_id), errors, mapping), errors)


@blueprint.post("/<int:import_id>/map")
def remap(import_id: int) -> View:
    """Back from the preview to the columns."""
    return go(f"/imports/{import_id}?columns=1")


@blueprint.post("/<int:import_id>/run")
def run(import_id: int) -> View:
    imports.run_import(ctx(), import_id)
    return go(f"/imports/{import_id}")


@blueprint.post("/<int:import_id>/undo")
def undo(import_id: int) -> View:
    imports.undo_import(ctx(), import_id)
    return go(f"/imports/{import_id}")


@blueprint.post("/<int:import_id>/delete")
def delete(import_id: int) -> View:
    imports.delete_import(ctx(), import_id)
    return go("/imports", _("The file is thrown away; nothing was changed."))


def _card(batch: ImportView, errors: dict[str, list[str]], mapping: dict[str, str] | None = None) -> str:
    context = ctx()
    mapped = batch.mapping if mapping is None else mapping
    mapping_shown = batch.state == "mapping" or (batch.state == "ready" and bool(errors or request.args.get("columns")))
    filtered = SHOWN.get(batch.state)
    rows, choices = None, imports.fields_of(context, batch.kind)
    if filtered and not mapping_shown:
        which = {filtered: request.args["show"]} if request.args.get("show") else {}
        rows = imports.list_import_rows(context, batch.id, paging(), **which)
    return page(
        "imports/import.html",
        batch=batch,
        mapped=mapped,
        mapping_shown=mapping_shown,
        fields=choices,
        titles={key: title for key, title, _needed in choices},
        shown_columns=[(int(number), key) for number, key in sorted(mapped.items(), key=lambda item: int(item[0]))],
        record_url=RECORD_URL[batch.kind],
        filtered=filtered,
        rows=rows,
        errors=errors,
    )
