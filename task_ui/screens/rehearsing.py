"""Trying a process: it is played on made-up records, step by step, and nothing of it is kept."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, request

from kernel.errors import ValidationFailed
from processes import designs, drafts, made_up, performance, rehearsal
from processes.performance import RehearsalView, Script
from processes.views import TaskView
from task_ui import diagram, flashes, forms
from task_ui.web import View, _, attempt, ctx, page
from task_ui.words import choices

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
        [
            (row.element_id, row.name or row.element_id)
            for row in elements
            if row.type == "startEvent" and not row.depth
        ],
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
        [],
    )


def _rehearsed(
    title: str, home: str, play: Play, picture_url: str, names: dict[str, str], starts: list[tuple[str, str]]
) -> View:
    """The rehearsal after what was pressed; a step that cannot be done leaves it where it was."""
    script = sent_script()
    common = {"title": title, "home": home, "begun": script, "abouts": made_up.ABOUT, "starts": starts}
    common |= {"given": request.form.get("given") or _given_lines(script["variables"])}
    if request.method == "GET":
        return page("processes/rehearsal.html", **common, seen=None, script="", picture=diagram.Picture(picture_url))
    seen, errors = attempt(lambda: play(read_script(script)))
    if seen is None:
        flashes.tell("error", text=_told(errors))
        return redirect(f"{home}/rehearse" if request.form.get("given") else home, 303)
    steps = script["steps"][:-1] if request.form.get("do") == "undo" else [*script["steps"], *_pressed(seen)]
    if steps != script["steps"]:
        wanted = {**script, "began": script["began"] or seen.began.isoformat(), "steps": steps}
        after, errors = attempt(lambda: play(read_script(wanted)))
        if after is not None:
            script, seen = wanted, after
    shown = page(
        "processes/rehearsal.html",
        **common,
        seen=seen,
        script=json.dumps({**script, "began": seen.began.isoformat()}, ensure_ascii=False),
        steps=[{**step, "name": names.get(step["element"], step["element"])} for step in script["steps"]],
        said=_told(errors),
        cards=[(task, _inputs(task, seen), _known(task, seen)) for task in seen.tasks],
        operations={one.name: one.title for one in designs.list_operations(ctx())},
        document_kinds=choices("document_kind"),
        waits=[wait for wait in seen.waits if wait.task_id is None],
        picture=diagram.of_rehearsal(picture_url, seen),
    )
    return (shown, 422) if errors else shown


def sent_script() -> dict[str, Any]:
    """The script that the page carries along, or a new one as its head says."""
    about = request.values.get("about")
    begun: dict[str, Any] = {
        "about": about if about in made_up.ABOUT else "nothing",
        "began": None,
        "variables": _given(request.form.get("given", "")),
        "start_event_id": request.form.get("start_event") or None,
        "steps": [],
    }
    try:
        sent = json.loads(request.form.get("script", ""))
    except ValueError:
        return begun
    return {**begun, **sent} if isinstance(sent, dict) and isinstance(sent.get("steps"), list) else begun


def read_script(script: dict[str, Any]) -> Script:
    try:
        return performance.read_script(script)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationFailed({"steps": [performance.UNREADABLE]}) from error


def _given(text: str) -> dict[str, Any]:
    """Lines `amount = 100000`; what is no number, list or truth is text."""
    found = {}
    for line in text.splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if equals and name:
            try:
                found[name] = json.loads(value)
            except ValueError:
                found[name] = value
    return found


def _given_lines(variables: dict[str, Any]) -> str:
    texts = ((name, value if isinstance(value, str) else json.dumps(value)) for name, value in variables.items())
    return "\n".join(f"{name} = {text}" for name, text in texts)


def _pressed(seen: RehearsalView) -> list[dict[str, Any]]:
    """The step that a button of the page stands for."""
    kind, element = request.form.get("do"), request.form.get("element", "")
    if kind not in performance.KINDS:
        return []
    step: dict[str, Any] = {"kind": kind, "element": element}
    task = next((task for task in seen.tasks if task.element_id == element), None)
    if kind == "complete" and task is not None:
        result = request.form.get("result") or None
        step |= {"result": result, "choose": request.form.getlist("choose"), "variables": _typed(task, result, seen)}
    return [step]


def _typed(task: TaskView, result: str | None, seen: RehearsalView) -> dict[str, Any]:
    """What was filled in for a result; what other results ask for is not sent."""
    typed = forms.strip_prefix(forms.read(_inputs(task, seen), request.form))
    other = {field.key for field in task.form.fields if field.results and result not in field.results}
    return {key: value for key, value in typed.items() if key not in other and value not in (None, "")}


def _inputs(task: TaskView, seen: RehearsalView) -> list[forms.Input]:
    """The task's form, in which the made-up records stand for those that a person would look up; a field that only some
    results ask for says which."""
    titles = {choice.code: choice.label for choice in task.results}
    asked_for = {
        f"v.{field.key}": ", ".join(titles.get(code, code) for code in field.results)
        for field in task.form.fields
        if field.results
    }
    drawn = []
    for field in forms.of_task(task.form.fields):
        results = asked_for.get(field.name)
        shown = replace(field, hint=_("For “%(results)s”", results=results)) if results and not field.hint else field
        if field.type in seen.made:
            shown = replace(shown, type="select", options=((f"${field.type}", _("made up for the rehearsal")),))
        drawn.append(shown)
    return drawn


def _known(task: TaskView, seen: RehearsalView) -> dict[str, Any]:
    made = {(kind, number): f"${kind}" for kind, number in seen.made.items()}
    return {f"v.{field.key}": made.get((field.type, field.default), field.default) for field in task.form.fields}


def _told(errors: dict[str, list[str]]) -> str:
    return " ".join(text for texts in errors.values() for text in texts)
