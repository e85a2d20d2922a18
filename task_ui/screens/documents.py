"""Documents: uploading, versions, handing out."""

from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file

from crm_model import documents
from kernel.i18n import N_
from kernel.paging import Page
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, attempt, back, ctx, form_answer, go, only_for, page

blueprint = Blueprint("documents", __name__, url_prefix="/documents")

INPUTS = (
    Input("title", N_("Title"), required=True),
    Input("kind", N_("Kind"), "select", required=True, group="document_kind"),
)


@blueprint.post("")
def upload() -> View:
    """Every file sent becomes a document."""
    links = {name: request.form.get(name, type=int) for name in ("deal_id", "account_id")}
    values: dict[str, Any] = {name: key for name, key in links.items() if key}
    values |= {name: request.form[name] for name in ("title", "kind") if request.form.get(name)}
    sent = [file for file in request.files.getlist("file") if file.filename]
    if len(sent) > 1:
        values.pop("title", None)
    for file in sent:
        documents.create_document(
            ctx(), values, file_name=file.filename, content=file.read(), content_type=file.mimetype
        )
    return go(back("/"), _("Uploaded.") if sent else _("Choose a file first."))


@blueprint.get("/<int:document_id>")
def card(document_id: int) -> View:
    document = documents.get_document(ctx(), document_id)
    return page(
        "library/document.html", document=document, versions=documents.list_versions(ctx(), document_id, Page(100))
    )


@blueprint.route("/<int:document_id>/edit", methods=["GET", "POST"])
@only_for(documents.update_document)
def edit(document_id: int) -> View:
    document = documents.get_document(ctx(), document_id)
    values: dict[str, Any] = forms.filled(document, INPUTS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        saved, errors = attempt(lambda: documents.update_document(ctx(), document_id, values))
        if saved:
            return go(f"/documents/{document_id}", _("Saved."))
    answer = page(
        "form_page.html",
        title=_("Change the document"),
        inputs=INPUTS,
        values=values,
        errors=errors,
        back=f"/documents/{document_id}",
        context={},
    )
    return form_answer(answer, errors)


@blueprint.post("/<int:document_id>/versions")
def add_version(document_id: int) -> View:
    file = request.files.get("file")
    if file and file.filename:
        documents.add_version(
            ctx(), document_id, file_name=file.filename, content=file.read(), content_type=file.mimetype
        )
    return go(f"/documents/{document_id}", _("New version uploaded."))


@blueprint.get("/<int:document_id>/file")
def download(document_id: int) -> View:
    found = documents.get_content(ctx(), document_id, request.args.get("version", type=int))
    return send_file(
        BytesIO(found.content), mimetype="application/octet-stream", as_attachment=True, download_name=found.file_name
    )


@blueprint.post("/<int:document_id>/delete")
def delete(document_id: int) -> View:
    document = documents.get_document(ctx(), document_id)
    home = f"/deals/{document.deal_id}?tab=documents" if document.deal_id else "/"
    documents.delete_document(ctx(), document_id)
    return go(home, _("Deleted."))
