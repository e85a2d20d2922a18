"""Templates of letters: written with personal fields, looked at as a real person would get them, tried on oneself."""

from typing import Any

from flask import Blueprint, request

from crm_model import letter_language, letter_templates
from kernel.i18n import N_
from processes import letter_desk
from task_ui import forms
from task_ui.forms import Input
from task_ui.screens.letters import as_letter
from task_ui.web import View, _, attempt, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("letter_templates", __name__, url_prefix="/letters/templates")

INPUTS = (
    Input("name", N_("Name"), required=True),
    Input("language", N_("Language"), "select", required=True, options=(("ru", "Русский"), ("en", "English"))),
    Input("code", N_("Code"), hint=N_("Processes ask for the template by it; may stay empty.")),
    Input("active", N_("In use"), "boolean"),
    Input("subject", N_("Subject"), required=True, wide=True),
    Input("html", N_("Letter (HTML)"), "text", wide=True),
    Input("text", N_("Letter without HTML"), "text", wide=True, hint=N_("Empty: made from the HTML.")),
)


@blueprint.get("")
def index() -> View:
    found = letter_templates.list_templates(ctx(), paging(), q=request.args.get("q") or None)
    return page("letters/templates.html", templates=found)


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(letter_templates.create_template)
def new() -> View:
    values: dict[str, Any] = {"language": ctx().actor.language, "active": True}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        made, errors = attempt(lambda: letter_templates.create_template(ctx(), values))
        if made:
            return go(f"/letters/templates/{made.id}", _("Saved."))
    return _editor(_("New template"), values, errors)


@blueprint.route("/<int:template_id>", methods=["GET", "POST"])
def edit(template_id: int) -> View:
    template = letter_templates.get_template(ctx(), template_id)
    values = forms.filled(template, INPUTS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        version = request.form.get("version", type=int)
        changed = {**values, "version": version}
        saved, errors = attempt(lambda: letter_templates.update_template(ctx(), template_id, changed))
        if saved:
            return go(f"/letters/templates/{template_id}", _("Saved."))
    return _editor(template.name, values, errors, template_id, template.version)


@blueprint.post("/<int:template_id>/delete")
def delete(template_id: int) -> View:
    letter_templates.delete_template(ctx(), template_id)
    return go("/letters/templates", _("Deleted."))


@blueprint.post("/preview")
def preview() -> View:
    """What stands in the editor, saved or not, as the chosen person would get it."""
    values = forms.read(INPUTS, request.form)
    letter, errors = attempt(lambda: letter_desk.preview(ctx(), values, **_person()))
    if letter is None:
        return as_letter(page("letters/preview_errors.html", errors=_named(errors)))
    return as_letter(letter_desk.preview_page(ctx(), letter))


@blueprint.post("/try")
def try_on_me() -> View:
    values = forms.read(INPUTS, request.form)
    sent, errors = attempt(lambda: letter_desk.send_to_me(ctx(), values, **_person()))
    if sent is None:
        return as_letter(page("letters/preview_errors.html", errors=_named(errors)))
    return as_letter(page("letters/preview_sent.html", address=sent.to_address))


def _person() -> dict[str, int | None]:
    kind, _colon, number = (request.form.get("for") or "").partition(":")
    chosen = int(number) if number.isdigit() else None
    return {
        "lead_id": chosen if kind == "lead" else None,
        "contact_id": request.form.get("contact_id", type=int) if chosen is None else None,
    }


def _named(errors: dict[str, list[str]]) -> list[tuple[str, str]]:
    titles = {field.name: _(field.label) for field in INPUTS}
    return [(titles.get(path, ""), text) for path, texts in errors.items() for text in texts]


def _editor(
    title: str,
    values: dict[str, Any],
    errors: dict[str, list[str]],
    template_id: int | None = None,
    version: int | None = None,
) -> View:
    answer = page(
        "letters/template.html",
        title=title,
        inputs=INPUTS,
        values=values,
        errors=errors,
        template_id=template_id,
        version=version,
        fields=letter_language.FIELDS,
        leads=letter_desk.newest_leads(ctx()),
        action=f"/letters/templates/{template_id or 'new'}",
    )
    return form_answer(answer, errors)
