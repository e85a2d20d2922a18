"""Letters: the log of what was sent to whom and what became of it, each as it looked, and addresses that get none."""

from typing import Any

from flask import Blueprint, Response, current_app, request

from crm_model import letters, suppressions
from kernel.i18n import N_
from kernel.permissions import may
from processes import letter_desk
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("letters", __name__, url_prefix="/letters")

LETTER_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""A letter may look as it likes, and do nothing: no script, no request to anybody else."""
ADDRESS = (
    Input("address", N_("E-mail"), "email", required=True, wide=True),
    Input("reason", N_("Why"), "select", required=True, group="suppression_reason"),
    Input("note", N_("Note"), wide=True),
)


@blueprint.get("")
def index() -> View:
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("q", "status", "purpose")}
    found = letters.list_letters(ctx(), paging(), **asked)
    state = letter_desk.post_state(ctx()) if may(ctx(), "letters.manage") else None
    count = letters.count_letters(ctx(), **asked)
    return page("letters/list.html", letters=found, count=count, state=state, mail=current_app.config["MAIL"])


@blueprint.get("/<int:letter_id>")
def card(letter_id: int) -> View:
    return page("letters/letter.html", letter=letters.get_letter(ctx(), letter_id))


@blueprint.get("/<int:letter_id>/shown")
def shown(letter_id: int) -> View:
    """The letter alone, for the frame of its card."""
    return as_letter(letter_desk.letter_page(ctx(), letter_id))


def as_letter(html: str) -> Response:
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": LETTER_POLICY})


@blueprint.post("/<int:letter_id>/resend")
def resend(letter_id: int) -> View:
    done = _("The letter is sent again.")
    return act(f"/letters/{letter_id}", lambda: letters.resend_letter(ctx(), letter_id), done)


@blueprint.get("/suppressions")
def refused() -> View:
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("q", "reason")}
    return page("letters/suppressions.html", rows=suppressions.list_suppressions(ctx(), paging(), **asked))


@blueprint.route("/suppressions/new", methods=["GET", "POST"])
@only_for(suppressions.create_suppression)
def refuse() -> View:
    values: dict[str, Any] = {"reason": suppressions.BY_HAND}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(ADDRESS, request.form)
        made, errors = attempt(lambda: suppressions.create_suppression(ctx(), forms.given(values)))
        if made:
            return go("/letters/suppressions", _("%(address)s gets no letters any more.", address=made.address))
    answer = page(
        "form_page.html", title=_("An address that gets no letters"), inputs=ADDRESS, values=values, errors=errors,
        crumb=("/letters/suppressions", _("Who gets no letters")), cancel="/letters/suppressions", context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/suppressions/<int:suppression_id>/delete")
def allow(suppression_id: int) -> View:
    suppressions.delete_suppression(ctx(), suppression_id)
    return go("/letters/suppressions", _("The address may get letters again."))
