"""Web forms for marketing: the list with what became of the posts, the editor with a live picture, the code to embed."""

from typing import Any

from flask import Blueprint, g, make_response, render_template, request

from crm_model import campaigns, web_forms
from crm_model.web_forms import LeadCount, WebForm
from kernel.paging import MAXIMUM_LIMIT, Page
from processes.web_forms import TRAP
from task_ui import safety, web_form_editor
from task_ui.web import View, _, act, attempt, ctx, form_answer, go, only_for, page, paging
from task_ui.web_form_editor import ABOUT, AFTER, TEXTS, Row

blueprint = Blueprint("web_forms", __name__, url_prefix="/forms")

AS_PICTURE = safety.POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


@blueprint.get("")
def index() -> View:
    found = web_forms.list_web_forms(ctx(), paging(), q=request.args.get("q") or None)
    counts = web_forms.count_leads(ctx(), [form.key for form in found.items])
    return page("web_forms/list.html", forms=found, counts=counts, uncounted=LeadCount())


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(web_forms.create_web_form)
def new() -> View:
    usual = web_forms.draw_web_form(ctx(), {"key": "new", "name": _("New form")})
    rows = web_form_editor.rows_of(usual.fields)
    values: dict[str, Any] = {"language": g.language, "active": True}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        rows = web_form_editor.sent_rows(request.form)
        values = web_form_editor.values_of(request.form, rows)
        if "move" not in request.form:
            made, errors = attempt(lambda: web_forms.create_web_form(ctx(), values))
            if made:
                return go(f"/forms/{made.key}", _("The form is ready: put its code into a page."))
    return _editor(None, values, rows, errors)


@blueprint.route("/<key>", methods=["GET", "POST"])
@only_for(web_forms.update_web_form)
def edit(key: str) -> View:
    form = web_forms.get_web_form(ctx(), key)
    rows, values = web_form_editor.rows_of(form.fields), web_form_editor.filled(form)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        rows = web_form_editor.sent_rows(request.form)
        values = web_form_editor.values_of(request.form, rows)
        values.pop("key")
        version = request.form.get("version", type=int)
        if "move" not in request.form:
            saved, errors = attempt(lambda: web_forms.update_web_form(ctx(), key, {**values, "version": version}))
            if saved:
                return go(f"/forms/{key}", _("Saved."))
    return _editor(form, values, rows, errors)


@blueprint.post("/<key>/active")
def switch(key: str) -> View:
    on = request.form.get("active") == "1"
    done = _("The form takes posts.") if on else _("The form is off: its address answers that there is nothing.")
    return act("/forms", lambda: web_forms.update_web_form(ctx(), key, {"active": on}), done)


@blueprint.post("/preview")
def preview() -> View:
    """The form as it stands in the editor, saved or not, for the frame beside it."""
    rows = web_form_editor.sent_rows(request.form)
    values = {**web_form_editor.values_of(request.form, rows), "key": "preview"}
    values["name"] = values["name"] or _("New form")
    form, errors = attempt(lambda: web_forms.draw_web_form(ctx(), values))
    if form is not None:
        g.language = form.language
        drawn = render_template("public/form.html", form=form, trap=TRAP, values={}, errors={}, marks={}, preview=True)
    else:
        drawn = render_template("web_forms/no_picture.html", errors=errors)
    answer = make_response(drawn)
    answer.headers["Content-Security-Policy"] = AS_PICTURE
    return answer


def _editor(form: WebForm | None, values: dict[str, Any], rows: list[Row], errors: dict[str, list[str]]) -> View:
    listed = campaigns.list_campaigns(ctx(), Page(MAXIMUM_LIMIT)).items
    address = f"{request.host_url}f/{form.key}" if form else ""
    drawn = page(
        "web_forms/form.html",
        form=form,
        values=values,
        rows=rows,
        errors=errors,
        about=ABOUT,
        after=AFTER,
        texts=TEXTS,
        campaigns=[(str(row.id), row.name) for row in listed],
        address=address,
        plain=render_template("web_forms/plain.html", form=form, address=address, trap=TRAP) if form else "",
    )
    return form_answer(drawn, errors)
