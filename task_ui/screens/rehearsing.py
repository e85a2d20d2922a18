"""Trying a process: it is played on made-up records, step by step, and nothing of it is kept."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request

from kernel.errors import ValidationFailed
from processes import designs, drafts, rehearsal
from processes.rehearsal import RehearsalView, Script
from processes.views import TaskView
from task_ui import diagram, flashes, forms
from task_ui.web import View, attempt, ctx, page

Play = Callable[[Script], RehearsalView]

blueprint = Blueprint("rehearsing", __name__, url_prefix="/processes")


@blueprint.route("/<int:definition_id>/rehearse", methods=["GET", "POST"])
def of_version(definition_id: int) -> View:
    definition = designs.get_definition(ctx(), definition_id)
    elements = designs.list_elements(ctx(), definition_id)
    names = {row.element_id: row.name for row in elements}
    return _rehearsed(
        definition.name,
        f"/processes/{definition_id}",
        lambda script: rehearsal.rehearse(ctx(), definition_id=definition_id, script=script),
        diagram.url_of(definition_id),
        names,
    )


@blueprint.route("/drafts/<int:draft_id>/rehearse", methods=["GET", "POST"])
def of_draft(draft_id: int) -> View:
    draft = drafts.get_draft(ctx(), draft_id)
    return _rehearsed(
        draft.name,
        f"/processes/drafts/{draft_id}",
        lambda script: rehearsal.rehearse_draft(ctx(), draft_id=draft_id, script=script),
        f"/processes/drafts/{draft_id}/diagram.bpmn",
        {},
    )


def _rehearsed(title: str, home: str, play: Play, picture_url: str, names: dict[str, str]) -> View:
    """The rehearsal after what was pressed; a step that cannot be done leaves it where it was."""
    script = _script()
    common = {"title": title, "home": home, "about": script["about"], "abouts": rehearsal.ABOUT}
    if request.method == "GET":
        return page("processes/rehearsal.html", **common, seen=None, script="", picture=diagram.Picture(picture_url))
    seen, errors = attempt(lambda: play(_read(script)))
    if seen is None:
        flashes.tell("error", text=_told(errors))
        return redirect(home, 303)
    steps = script["steps"][:-1] if request.form.get("do") == "undo" else [*script["steps"], *_pressed(seen)]
    if steps != script["steps"]:
        wanted = {**script, "began": script["began"] or seen.began.isoformat(), "steps": steps}
        after, errors = attempt(lambda: play(_read(wanted)))
        if after is not None:
            script, seen = wanted, after
    shown = page(
        "processes/rehearsal.html",
        **common,
        seen=seen,
        script=json.dumps({**script, "began": seen.began.isoformat()}, ensure_ascii=False),
        steps=[{**step, "name": names.get(step["element"], step["element"])} for step in script["steps"]],
        said=_told(errors),
        cards=[(task, forms.of_task(task.form.fields), _known(task)) for task in seen.tasks],
        waits=[wait for wait in seen.waits if wait.task_id is None],
        picture=diagram.of_rehearsal(picture_url, seen),
    )
    return (shown, 422) if errors else shown


def _script() -> dict[str, Any]:
    about = request.values.get("about")
    begun: dict[str, Any] = {"about": about if about in rehearsal.ABOUT else "nothing", "steps": [], "began": None}
    try:
        sent = json.loads(request.form.get("script", ""))
    except ValueError:
        return begun
    return {**begun, **sent} if isinstance(sent, dict) and isinstance(sent.get("steps"), list) else begun


def _read(script: dict[str, Any]) -> Script:
    try:
        return rehearsal.read_script(script)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationFailed({"steps": [rehearsal.UNREADABLE]}) from error


def _pressed(seen: RehearsalView) -> list[dict[str, Any]]:
    """The step that a button of the page stands for."""
    kind, element = request.form.get("do"), request.form.get("element", "")
    if kind not in rehearsal.KINDS:
        return []
    step: dict[str, Any] = {"kind": kind, "element": element}
    task = next((task for task in seen.tasks if task.element_id == element), None)
    if kind == "complete" and task is not None:
        result = request.form.get("result") or None
        step |= {"result": result, "choose": request.form.getlist("choose"), "variables": _typed(task, result)}
    return [step]


def _typed(task: TaskView, result: str | None) -> dict[str, Any]:
    """What was filled in for a result; what other results ask for is not sent."""
    typed = forms.strip_prefix(forms.read(forms.of_task(task.form.fields), request.form))
    other = {field.key for field in task.form.fields if field.results and result not in field.results}
    return {key: value for key, value in typed.items() if key not in other and value not in (None, "")}


def _known(task: TaskView) -> dict[str, Any]:
    return {f"v.{field.key}": field.default for field in task.form.fields}


def _told(errors: dict[str, list[str]]) -> str:
    return " ".join(text for texts in errors.values() for text in texts)
