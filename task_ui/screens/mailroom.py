"""The mailbox that is read for letters of clients: its settings, and the log of what came and what became of it."""

from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file

from crm_model import contacts, inbound_letters, mailboxes
from crm_model.mailboxes import Mailbox
from kernel.errors import NotFound
from kernel.i18n import N_
from processes import connections
from processes.connections import Trial
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, ctx, form_answer, go, page, paging

blueprint = Blueprint("mailroom", __name__)

MAILBOX = (
    Input("host", N_("IMAP server"), required=True, hint=N_("For example: imap.example.com")),
    Input("port", N_("Port"), "integer", required=True),
    Input("security", N_("Encryption"), "select", required=True, group="imap_security"),
    Input("folder", N_("Folder"), required=True),
    Input("username", N_("User name"), required=True),
    Input("password", N_("Password"), "password", autocomplete="new-password", hint=N_("Empty: stays as it is.")),
    Input("poll_minutes", N_("Look into it every so many minutes"), "integer", required=True),
    Input("active", N_("The mailbox is read"), "boolean", wide=True),
)
NEW = {"port": 993, "security": "tls", "folder": mailboxes.USUAL_FOLDER, "poll_minutes": 5, "active": True}


@blueprint.route("/settings/mailbox", methods=["GET", "POST"])
def settings() -> View:
    found = mailboxes.get_mailbox(ctx())
    values: dict[str, Any] = forms.filled(found, MAILBOX) if found else dict(NEW)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(MAILBOX, request.form)
        sent = {name: value for name, value in values.items() if name != "password" or value}
        saved, errors = attempt(lambda: mailboxes.save_mailbox(ctx(), sent))
        if saved:
            return go("/settings/mailbox", _("Saved. The mailbox is looked into right away."))
    return form_answer(_settings(found, values, errors), errors)


def _settings(
    found: Mailbox | None, values: dict[str, Any], errors: dict[str, list[str]], trial: Trial | None = None
) -> str:
    return page("settings/mailbox.html", found=found, inputs=MAILBOX, values=values, errors=errors, trial=trial)


@blueprint.post("/settings/mailbox/try")
def try_out() -> View:
    """Signs in with the settings that are saved and says what failed."""
    trial = connections.try_mailbox(ctx())
    found = mailboxes.get_mailbox(ctx())
    return _settings(found, forms.filled(found, MAILBOX), {}, trial)


@blueprint.post("/settings/mailbox/check")
def check() -> View:
    return act("/settings/mailbox", lambda: mailboxes.check_now(ctx()), _("The mailbox is looked into right away."))


@blueprint.get("/inbox")
def index() -> View:
    asked = {name: request.args.get(name) or None for name in ("q", "kind", "outcome")}
    return page("inbox/list.html", letters=inbound_letters.list_inbound_letters(ctx(), paging(), **asked))


@blueprint.get("/inbox/<int:letter_id>")
def card(letter_id: int) -> View:
    letter = inbound_letters.get_inbound_letter(ctx(), letter_id)
    return page("inbox/letter.html", letter=letter, may_open_contact=_may_open_contact(letter.contact_id))


def _may_open_contact(contact_id: int | None) -> bool:
    """Whoever reads the mailbox reads letters of clients of others too."""
    if contact_id is None:
        return False
    try:
        contacts.get_contact(ctx(), contact_id)
    except NotFound:
        return False
    return True


@blueprint.get("/inbox/<int:letter_id>/files/<int:attachment_id>")
def attachment(letter_id: int, attachment_id: int) -> View:
    """Handed out to be saved, never to be shown: a stranger sent it."""
    found = inbound_letters.get_attachment(ctx(), letter_id, attachment_id)
    answer = send_file(
        BytesIO(found.content), "application/octet-stream", as_attachment=True, download_name=found.file_name
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
