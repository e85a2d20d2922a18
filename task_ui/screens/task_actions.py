"""What is done with a task from its card: complete, take, give back, hand over, postpone, comment."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kernel.errors import ValidationFailed
from processes import tasks
from processes.views import Completion, TaskView
from task_ui import forms, words
from task_ui.forms import Input
from task_ui.screens.tasks import card_values
from task_ui.web import View, _, attempt, ctx, go, page

blueprint = Blueprint("task_actions", __name__)

UNTIL = Input("until", "", "datetime")


@blueprint.post("/tasks/<int:task_id>/complete")
def complete(task_id: int) -> View:
    task = tasks.get_task(ctx(), task_id)
    typed = forms.read(forms.of_task(task.form.fields), request.form)
    result = request.form.get("result") or None
    answers = {
        "result": result,
        "variables": _wanted(task, forms.strip_prefix(typed), result),
        "choose": request.form.getlist("choose") or None,
    }
    act = tasks.resolve_task if task.delegation == "pending" else tasks.complete_task
    if act is tasks.resolve_task:
        answers.pop("choose")
    done, errors = attempt(lambda: act(ctx(), task_id, **answers))
    if errors:
        view = request.form.get("view", "page")
        return page(
            "tasks/page.html", **card_values(task_id, view, errors=forms.without_prefix(errors), typed=typed)
        ), 422
    if not isinstance(done, Completion):
        return go("/tasks", _("Done. The task is back with the person who asked you."))
    return _onwards(done)


def _wanted(task: TaskView, values: dict[str, Any], result: str | None) -> dict[str, Any]:
    """Answers to the fields of the chosen result; what other results ask for is not sent."""
    other = {field.key for field in task.form.fields if field.results and result not in field.results}
    return {key: value for key, value in values.items() if key not in other and value not in (None, "")}


def _onwards(done: Completion) -> Response:
    """To the next task of this person in the same process, else back to the list, saying what the process did."""
    me = ctx().actor.user_id
    mine = next((task for task in done.next_tasks if task.assignee and task.assignee.id == me), None)
    said = [_("Done.")]
    if done.stage_changed and done.deal:
        said.append(_("The deal is now at “%(stage)s”.", stage=words.label("stage", done.deal.stage)))
    if mine:
        said.append(_("Next: %(task)s", task=mine.name))
        return go(
            f"/tasks?task={mine.id}" if request.form.get("view") == "list" else f"/tasks/{mine.id}", " ".join(said)
        )
    others = done.next_tasks[0] if done.next_tasks else None
    if others and others.assignee:
        said.append(_("Next, %(person)s: %(task)s", person=others.assignee.name, task=others.name))
    link = (f"/deals/{done.deal.id}", done.deal.title) if done.deal else None
    return go("/tasks", " ".join(said), link=link)


@blueprint.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> View:
    task = tasks.claim_task(ctx(), task_id)
    return go(_to(task), _("The task is yours."))


@blueprint.post("/tasks/<int:task_id>/unclaim")
def unclaim(task_id: int) -> View:
    tasks.unclaim_task(ctx(), task_id)
    return go("/tasks", _("The task is free for others again."))


@blueprint.post("/tasks/<int:task_id>/assign")
def assign(task_id: int) -> View:
    user_id = request.form.get("user_id", type=int) or 0
    hand = tasks.delegate_task if request.form.get("how") == "delegate" else tasks.assign_task
    task = hand(ctx(), task_id, user_id=user_id)
    return go("/tasks", _("%(person)s has the task now.", person=task.assignee.name if task.assignee else ""))


@blueprint.post("/tasks/<int:task_id>/postpone")
def postpone(task_id: int) -> View:
    until = forms.value_of(UNTIL, request.form)
    if not until:
        raise ValidationFailed({"until": [_("Choose a time in the future.")]})
    from datetime import datetime

    tasks.postpone_task(ctx(), task_id, until=datetime.fromisoformat(until), reason=request.form.get("reason") or None)
    return go("/tasks", _("The task comes back when its time has come."))


@blueprint.post("/tasks/<int:task_id>/comments")
def comment(task_id: int) -> View:
    tasks.comment_task(ctx(), task_id, text=request.form.get("text", ""))
    return go(request.form.get("back") or f"/tasks/{task_id}")


def _to(task: TaskView) -> str:
    return f"/tasks?task={task.id}" if request.form.get("view") == "list" else f"/tasks/{task.id}"
