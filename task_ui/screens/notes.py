"""Notes on deals, accounts and contacts, written on top of the timeline."""

from flask import Blueprint, request

from crm_model import notes
from task_ui.web import View, _, back, ctx, go

blueprint = Blueprint("notes", __name__, url_prefix="/notes")


@blueprint.post("")
def create() -> View:
    links = {name: request.form.get(name, type=int) for name in ("deal_id", "account_id", "contact_id")}
    values = {name: key for name, key in links.items() if key}
    notes.create_note(ctx(), {"text": request.form.get("text", ""), **values})
    return go(back("/"), _("Note added."))


@blueprint.post("/<int:note_id>/pin")
def pin(note_id: int) -> View:
    notes.update_note(ctx(), note_id, {"pinned": request.form.get("pinned") == "1"})
    return go(back("/"))


@blueprint.post("/<int:note_id>/delete")
def delete(note_id: int) -> View:
    notes.delete_note(ctx(), note_id)
    return go(back("/"), _("Deleted."))
