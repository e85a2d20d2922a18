"""My tasks: the list in groups on the left, the chosen card on the right."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from kernel.i18n import N_
from kernel.paging import Page
from processes import designs, tasks
from processes.task_card import task_card
from processes.views import TaskCard, TaskFilter, TaskView
from task_ui import forms
from task_ui.formatting import is_late, is_today
from task_ui.web import View, ctx, page, paging

blueprint = Blueprint("tasks", __name__)

SORTS = (("due", N_("By due date")), ("-priority", N_("By priority")), ("-created", N_("Newest first")))


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    title: str
    tasks: list[TaskView]


@blueprint.get("/tasks")
def show() -> View:
    context = ctx()
    me = context.actor.user_id
    asleep = request.args.get("postponed") == "1"
    whole = TaskFilter(
        mine_or_candidate=request.args.get("who") != "all",
        definition_key=request.args.get("process") or None,
        text=request.args.get("q") or None,
        postponed=True if asleep else None,
        sort=request.args.get("sort", "due"),
    )
    found = tasks.list_tasks(context, whole, paging(100))
    groups = grouped(list(found.items), me)
    chosen = request.args.get("task", type=int) or next((t.id for group in groups for t in group.tasks), None)
    return page(
        "tasks/list.html",
        groups=groups,
        next=found.next,
        counts=tasks.count_tasks(context),
        processes=[
            (row.key, row.name)
            for row in designs.list_definitions(context, Page(200), state="published", latest=True).items
        ],
        sorts=SORTS,
        chosen=chosen,
        **(card_values(chosen, "list") if chosen else {"card": None}),
    )


def grouped(found: list[TaskView], me: int | None) -> list[Group]:
    """In the order in which they press: overdue, today, later, and what one may take."""
    groups = [
        Group("overdue", N_("Overdue"), []), Group("today", N_("Today"), []),
        Group("later", N_("Later"), []), Group("available", N_("You can take"), []),
    ]  # fmt: skip
    for task in found:
        if task.assignee is None:
            place = 3
        elif is_late(task.due):
            place = 0
        else:
            place = 1 if is_today(task.due) else 2
        groups[place].tasks.append(task)
    return [group for group in groups if group.tasks]


@blueprint.get("/tasks/<int:task_id>")
def card(task_id: int) -> View:
    view = "list" if request.args.get("pane") else "page"
    return page("tasks/page.html", **card_values(task_id, view))


def card_values(
    task_id: int, view: str, *, errors: dict[str, list[str]] | None = None, typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """All that the card shows; what was typed wins over what is known."""
    from task_ui.task_card import around, form_parts

    found: TaskCard = task_card(ctx(), task_id)
    inputs = forms.of_task(found.task.form.fields)
    values = {f"v.{field.key}": found.values.get(field.key, field.default) for field in found.task.form.fields}
    return {
        "card": found,
        "task": found.task,
        "view": view,
        "inputs": inputs,
        "parts": form_parts(found.task, inputs),
        "values": typed if typed is not None else values,
        "errors": errors or {},
        **around(ctx(), found.task),
    }
