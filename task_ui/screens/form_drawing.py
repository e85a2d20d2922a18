"""Drawing a form: the deployed one to begin from, and how it looks on the card of whoever will fill it in."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template

from kernel.i18n import LANGUAGES
from processes import draft_forms, drafts
from processes.views import Choice, TaskForm
from task_ui import forms
from task_ui.script_answers import Sent, told
from task_ui.task_card import form_parts, needs
from task_ui.web import View, ctx

blueprint = Blueprint("form_drawing", __name__, url_prefix="/processes/forms")


@dataclass(frozen=True, slots=True)
class SampleTask:
    """As much of a task as its form and its results need."""

    form: TaskForm
    results: tuple[Choice, ...]
    id: int = 0
    flows: tuple[Choice, ...] = ()


@blueprint.post("/open")
def begin() -> View:
    sent = Sent()
    return told(lambda: {"form": drafts.get_form(ctx(), sent.text("key"), definition_id=sent.number("definition"))})


@blueprint.post("/preview")
def preview() -> View:
    """The card's own form in the language asked for; nothing is stored."""
    sent = Sent()
    wanted = sent.text("language")
    return told(lambda: _drawn(sent, wanted if wanted in LANGUAGES else g.language))


def _drawn(sent: Sent, language: str) -> dict[str, Any]:
    seen = draft_forms.preview_form(ctx(), content=sent.record("form") or {}, language=language)
    own, g.language = g.language, language
    try:
        task = SampleTask(seen.form, _results(sent, language))
        inputs = forms.of_task(task.form.fields)
        known = {f"v.{field.key}": field.default for field in task.form.fields if not field.read_only}
        asked = [(field, drawn) for field, drawn in zip(task.form.fields, inputs, strict=True) if not field.read_only]
        shown = SampleTask(TaskForm(None, tuple(field for field, _drawn in asked)), task.results)
        html = render_template(
            "processes/form_preview.html",
            task=shown,
            parts=form_parts(shown, [drawn for _field, drawn in asked]),  # type: ignore[arg-type]
            needs=needs(shown, known),  # type: ignore[arg-type]
            values=known,
            told=[field for field in task.form.fields if field.read_only],
            language=language,
        )
    finally:
        g.language = own
    return {"html": html, "problems": list(seen.problems)}


def _results(sent: Sent, language: str) -> tuple[Choice, ...]:
    """The results as the panel of properties has them."""
    title = "titleRu" if language == "ru" else "titleEn"
    return tuple(
        Choice(str(row.get("code") or ""), str(row.get(title) or row.get("code") or ""), row.get("primary") is True)
        for row in sent.rows("results")
    )
