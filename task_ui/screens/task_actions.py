"""What is done with a task from its card: complete, take, give back, hand over, postpone, comment."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import sales, tasks
from processes.views import Completion, TaskView
from task_ui import flashes, forms, words
from task_ui.forms import Input
from task_ui.screens.tasks import card_values, list_args
from task_ui.web import View, _, attempt, ctx, go, page

blueprint = Blueprint("task_actions", __name__)

UNTIL = Input("until", "", "datetime")
NO_TIME = N_("Choose a time in the future.")
NOBODY = N_("Choose a person.")


@blueprint.post("/tasks/<int:task_id>/complete")
def complete(task_id: int) -> View:
    task = tasks.get_task(ctx(), task_id)
    typed = forms.read(forms.of_task(task.form.fields), request.form)
    result = request.form.get("result") or None
    done, errors = attempt(_completing(task, result, _wanted(task, forms.strip_prefix(typed), result)))
    if done is None:
        return _again(task_id, typed, errors)
    if not isinstance(done, Completion):
        return go(_list(), _("Done. The task is back with the person who asked you."))
    return _onwards(done)


def _completing(task: TaskView, result: str | None, variables: dict[str, Any]) -> Callable[[], Completion | TaskView]:
    if task.delegation == "pending":
        return lambda: tasks.resolve_task(ctx(), task.id, result=result, variables=variables)
    choose = request.form.getlist("choose") or None
    return lambda: tasks.complete_task(ctx(), task.id, result=result, variables=variables, choose=choose)


def _again(task_id: int, typed: dict[str, Any], errors: dict[str, list[str]]) -> View:
    """The card once more with what was typed; where somebody else was faster, with who and when."""
    conflict = bool(g.get("conflict"))
    said = " ".join(errors.get("", [])) if conflict else None
    shown = {} if conflict else forms.without_prefix(errors)
    values = card_values(task_id, request.form.get("view", "page"), errors=shown, typed=typed)
    return page("tasks/page.html", said=said, **values), 409 if conflict else 422


def _wanted(task: TaskView, values: dict[str, Any], result: str | None) -> dict[str, Any]:
    """Answers to the fields of the chosen result; what other results ask for is not sent."""
    other = {field.key for field in task.form.fields if field.results and result not in field.results}
    return {key: value for key, value in values.items() if key not in other and value not in (None, "")}


def _onwards(done: Completion) -> Response:
    """To the next task of this person in the same process, else back to the list, saying what the process did."""
    me = ctx().actor.user_id
    mine = next((task for task in done.next_tasks if task.assignee and task.assignee.id == me), None)
    flashes.tell(
        "step",
        text=_("Done: %(task)s.", task=_with_result(done.task)),
        stage=_stage(done),
        next=_("Here is the next step.") if mine else None,
        others=_others([task for task in done.next_tasks if not task.assignee or task.assignee.id != me])
        or _waiting(done),
        link=(f"/deals/{done.deal.id}", done.deal.title) if done.deal else None,
    )
    if request.form.get("view") == "list":
        return go(_list(mine.id if mine else None))
    return go(f"/tasks/{mine.id}" if mine else _list())


def _with_result(task: TaskView) -> str:
    label = next((choice.label for choice in task.results if choice.code == task.result), "")
    return f"{task.name} — {label.lower()}" if label and len(task.results) > 1 else task.name


def _stage(done: Completion) -> str | None:
    if not done.deal or not done.stage_changed:
        return None
    return _("The deal is now at “%(stage)s”.", stage=words.label("stage", done.deal.stage))


def _others(others: list[TaskView]) -> str | None:
    """Who has the next step where it is not the person himself."""
    if not others:
        return None
    if others[0].assignee:
        return _("Next, %(person)s: %(task)s", person=others[0].assignee.name, task=others[0].name)
    return _("Next, for whoever takes it: %(task)s", task=others[0].name)


def _waiting(done: Completion) -> str | None:
    """What the process waits for where nobody has a next task: a presentation to be given, a time, a letter."""
    if done.next_tasks or done.deal is None or done.instance.state != "active":
        return None
    return sales.deal_process(ctx(), done.deal.id).sentence


def _list(task_id: int | None = None) -> str:
    kept = list_args()
    chosen = f"task={task_id}" if task_id else ""
    return "/tasks" + (f"?{'&'.join(part for part in (kept, chosen) if part)}" if kept or chosen else "")


@blueprint.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> View:
    tasks.claim_task(ctx(), task_id)
    return go(_to(task_id), _("The task is yours."))


@blueprint.post("/tasks/<int:task_id>/unclaim")
def unclaim(task_id: int) -> View:
    tasks.unclaim_task(ctx(), task_id)
    return go(_list(), _("The task is free for others again."))


@blueprint.post("/tasks/<int:task_id>/assign")
def assign(task_id: int) -> View:
    user_id = request.form.get("user_id", type=int)
    if not user_id:
        raise ValidationFailed({"user_id": [NOBODY]})
    hand = tasks.delegate_task if request.form.get("how") == "delegate" else tasks.assign_task
    task = hand(ctx(), task_id, user_id=user_id)
    return go(_list(), _("%(person)s has the task now.", person=task.assignee.name if task.assignee else ""))


@blueprint.post("/tasks/<int:task_id>/postpone")
def postpone(task_id: int) -> View:
    until = forms.value_of(UNTIL, request.form)
    try:
        moment = datetime.fromisoformat(until or "")
    except ValueError:
        raise ValidationFailed({"until": [NO_TIME]}) from None
    tasks.postpone_task(ctx(), task_id, until=moment, reason=request.form.get("reason") or None)
    return go(_list(), _("The task comes back when its time has come."))


@blueprint.post("/tasks/<int:task_id>/comments")
def comment(task_id: int) -> View:
    tasks.comment_task(ctx(), task_id, text=request.form.get("text", ""))
    return go(_to(task_id))


def _to(task_id: int) -> str:
    return _list(task_id) if request.form.get("view") == "list" else f"/tasks/{task_id}"
