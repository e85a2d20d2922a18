"""Segments: built from chips with a live count, kept by name, frozen into lists, filled by hand."""

from typing import Any

from flask import Blueprint, request

from crm_model import segments
from crm_model.segment_fields import LEADS, SUBJECTS
from kernel.i18n import N_
from task_ui import conditions, flashes, forms
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, ctx, form_answer, go, only_for, page, paging, plural

blueprint = Blueprint("segments", __name__, url_prefix="/segments")

LIST = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("subject", N_("Who is in it"), "select", required=True, group="segment_subject"),
    Input("shared", N_("Everybody may use it"), "boolean"),
)
NAME = (Input("name", N_("Name"), required=True, wide=True),)


@blueprint.get("")
def index() -> View:
    asked: dict[str, Any] = {name: request.args.get(name) or None for name in ("q", "subject")}
    return page(
        "marketing/segments.html", segments=segments.list_segments(ctx(), paging(), **asked), in_words=conditions.told
    )


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(segments.create_segment)
def new() -> View:
    """The question is in the address, so that it can be passed on before it is kept."""
    subject = request.values.get("subject") or LEADS
    if request.method == "POST":
        values = {**_named(), "subject": subject, "conditions": conditions.complete(conditions.read(request.form))}
        made, errors = attempt(lambda: segments.create_segment(ctx(), values))
        if made:
            return go(f"/segments/{made.id}", _("The segment is kept."))
        return form_answer(_builder(subject, conditions.read(request.form), errors), errors)
    return _builder(subject, conditions.read(request.args))


@blueprint.route("/<int:segment_id>/edit", methods=["GET", "POST"])
@only_for(segments.update_segment)
def edit(segment_id: int) -> View:
    segment = segments.get_segment(ctx(), segment_id)
    if request.method == "POST":
        found = conditions.complete(conditions.read(request.form))
        values: dict[str, Any] = {**_named(), "version": request.form.get("version", type=int)}
        if not segment.is_list:
            values["conditions"] = found
        saved, errors = attempt(lambda: segments.update_segment(ctx(), segment_id, values))
        if saved:
            return go(f"/segments/{segment_id}", _("Saved."))
        return form_answer(_builder(segment.subject, conditions.read(request.form), errors, segment), errors)
    asked = conditions.read(request.args) if "subject" in request.args else list(segment.conditions)
    return _builder(segment.subject, asked, segment=segment)


@blueprint.route("/lists/new", methods=["GET", "POST"])
@only_for(segments.create_segment)
def new_list() -> View:
    values: dict[str, Any] = {"subject": LEADS}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(LIST, request.form)
        made, errors = attempt(lambda: segments.create_segment(ctx(), {**forms.given(values), "is_list": True}))
        if made:
            return go(f"/segments/{made.id}", _("The list is made. Put people into it."))
    answer = page(
        "form_page.html", title=_("New list"), inputs=LIST, values=values, errors=errors, back="/segments", context={}
    )
    return form_answer(answer, errors)


@blueprint.get("/<int:segment_id>")
def card(segment_id: int) -> View:
    context = ctx()
    segment = segments.get_segment(context, segment_id)
    found = segments.look_at(context, segment_id, rows=0)
    people = segments.list_segment_members(context, segment_id, paging())
    return page("marketing/segment.html", segment=segment, count=found.count, people=people, in_words=conditions.told)


@blueprint.route("/<int:segment_id>/freeze", methods=["GET", "POST"])
@only_for(segments.freeze)
def freeze(segment_id: int) -> View:
    segment = segments.get_segment(ctx(), segment_id)
    values: dict[str, Any] = {"name": segment.name}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(NAME, request.form)
        made, errors = attempt(lambda: segments.freeze(ctx(), segment_id, name=values["name"] or ""))
        if made:
            return go(f"/segments/{made.id}", _("A list of those who are in the segment now is made."))
    answer = page(
        "form_page.html", title=_("Make a list of it"), crumb=(f"/segments/{segment_id}", segment.name), inputs=NAME,
        values=values, errors=errors, back=f"/segments/{segment_id}", button=_("Make the list"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/<int:segment_id>/members")
def put_in(segment_id: int) -> View:
    chosen = request.form.getlist("person", type=int)

    def told(count: int) -> str:
        return plural("%(count)d person is put into the list.", "%(count)d people are put into the list.", count)

    return act(f"/segments/{segment_id}", lambda: segments.put_in(ctx(), segment_id, chosen), told)


@blueprint.post("/<int:segment_id>/members/<int:person_id>/remove")
def take_out(segment_id: int, person_id: int) -> View:
    done = _("Taken out of the list.")
    return act(f"/segments/{segment_id}", lambda: segments.take_out(ctx(), segment_id, person_id), done)


@blueprint.post("/<int:segment_id>/delete")
def delete(segment_id: int) -> View:
    gone, errors = attempt(lambda: segments.delete_segment(ctx(), segment_id) or True)
    if gone:
        return go("/segments", _("Deleted."))
    flashes.tell("error", text=" ".join(text for texts in errors.values() for text in texts))
    return go(f"/segments/{segment_id}")


def _named() -> dict[str, Any]:
    return {"name": request.form.get("name", ""), "shared": "shared" in request.form}


def _builder(
    subject: str, asked: list[dict[str, Any]], errors: dict[str, list[str]] | None = None, segment: Any = None
) -> str:
    subject = subject if subject in SUBJECTS else LEADS
    whole = [] if segment is not None and segment.is_list else conditions.complete(asked)
    found, wrong = attempt(lambda: segments.preview(ctx(), subject, whole))
    return page(
        "marketing/segment_builder.html",
        subject=subject,
        asked=asked,
        fields=dict(conditions.offered(subject)),
        options=conditions.options,
        found=found,
        errors={**wrong, **(errors or {})},
        segment=segment,
        name=request.values.get("name", segment.name if segment else ""),
        shared="shared" in request.values or bool(segment and segment.shared),
    )
