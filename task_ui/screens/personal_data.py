"""Personal data: what is known about a person to download, what an erasure would do, doing it, and its protocol."""

import io
import json
import zipfile
from typing import Any

from flask import Blueprint, Response, render_template, request

from processes import known_data, personal_data
from task_ui.web import View, _, attempt, ctx, form_answer, go, page, paging

blueprint = Blueprint("personal_data", __name__)

KINDS = {"leads": "lead", "contacts": "contact"}
ADDRESS = "/<any(leads, contacts):kind>/<int:record_id>/personal-data"


@blueprint.route(ADDRESS, methods=["GET", "POST"])
def card(kind: str, record_id: int) -> View:
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        said = {name: request.form.get(name) or "" for name in ("confirm", "reason")}
        erasure, errors = attempt(lambda: personal_data.erase_person(ctx(), KINDS[kind], record_id, **said))
        if erasure:
            return go(f"/erasures/{erasure.id}", _("The data are erased."))
    answer = page(
        "personal/card.html",
        preview=personal_data.preview_erasure(ctx(), KINDS[kind], record_id),
        url=f"/{kind}/{record_id}",
        errors=errors,
        reason=request.form.get("reason", ""),
    )
    return form_answer(answer, errors)


@blueprint.get(f"{ADDRESS}/download")
def download(kind: str, record_id: int) -> View:
    """The same twice: for programs and for reading."""
    found = known_data.export_person(ctx(), KINDS[kind], record_id)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=2, default=str))
        archive.writestr("data.html", render_template("personal/export.html", found=found))
    name = f"personal-data-{KINDS[kind]}-{record_id}.zip"
    return Response(
        packed.getvalue(),
        mimetype="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/erasures")
def index() -> View:
    return page("personal/erasures.html", erasures=personal_data.list_erasures(ctx(), paging()))


@blueprint.get("/erasures/<int:erasure_id>")
def protocol(erasure_id: int) -> View:
    return page("personal/protocol.html", erasure=personal_data.get_erasure(ctx(), erasure_id))


@blueprint.get("/erasures/<int:erasure_id>/download")
def download_protocol(erasure_id: int) -> View:
    """The protocol as a file of its own, to be kept or printed."""
    erasure = personal_data.get_erasure(ctx(), erasure_id)
    values: dict[str, Any] = {"erasure": erasure}
    return Response(
        render_template("personal/protocol_file.html", **values),
        mimetype="text/html",
        headers={"Content-Disposition": f'attachment; filename="erasure-{erasure.id}.html"'},
    )
