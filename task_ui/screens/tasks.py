"""My tasks: the list in groups on the left, the chosen card on the right."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from crm_model import substitutions
from kernel.i18n import N_
from processes import designs, tasks
from processes.task_card import task_card
from processes.views import TaskCard, TaskFilter, TaskView
from task_ui import formatting, forms
from task_ui.formatting import is_late, is_today
from task_ui.shell import task_counts
from task_ui.task_card import around, form_parts, later_times, needs
from task_ui.web import View, ctx, page, paging

blueprint = Blueprint("tasks", __name__)

SORTS = (("due", N_("By due date")), ("-priority", N_("By priority")), ("-created", N_("Newest first")))


GROUPS = (
    ("overdue", N_("Overdue")), ("today", N_("Today")), ("later", N_("Later")), ("available", N_("You can take")),
)  # fmt: skip
POSTPONED = ("postponed", N_("Postponed"))
LIST_ARGUMENTS = ("group", "q", "process", "sort", "who")


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    title: str
    tasks: list[TaskView]


@blueprint.get("/tasks")
def show() -> View:
    context = ctx()
    wanted = request.args.get("group", "")
    found = tasks.list_tasks(context, _filter(wanted), paging(200 if wanted else 100))
    groups = [Group(*POSTPONED, list(found.items))] if wanted == "postponed" else grouped(list(found.items))
    if wanted and wanted != "postponed":
        groups = [group for group in groups if group.code == wanted]
    chosen = request.args.get("task", type=int) or next((t.id for group in groups for t in group.tasks), None)
    return page(
        "tasks/list.html",
        groups=[group for group in groups if group.tasks],
        group=wanted,
        group_counts=_counts(),
        next=found.next,
        processes=designs.names_of_published(context),
        sorts=SORTS,
        chosen=chosen,
        absent=substitutions.stood_in_for(context),
        **(card_values(chosen, "list") if chosen else {"card": None, "list_args": list_args()}),
    )


def _filter(group: str) -> TaskFilter:
    return TaskFilter(
        mine_or_candidate=request.args.get("who") != "all",
        unassigned=True if group == "available" else None,
        due_before=ctx().now() if group == "overdue" else None,
        definition_key=request.args.get("process") or None,
        text=request.args.get("q") or None,
        postponed=True if group == "postponed" else None,
        sort=request.args.get("sort", "due"),
    )


def _counts() -> list[tuple[str, str, int]]:
    """The chips above the list: code, name, and how many tasks of one's own are there."""
    counts = task_counts()
    numbers = {code: getattr(counts, code) for code, _title in (*GROUPS, POSTPONED)}
    whole = sum(number for code, number in numbers.items() if code != "postponed")
    listed = [(code, title, numbers[code]) for code, title in (*GROUPS, POSTPONED)]
    return [("", N_("All tasks"), whole), *(chip for chip in listed if chip[2] or chip[0] == request.args.get("group"))]


def grouped(found: list[TaskView]) -> list[Group]:
    """In the order in which they press: overdue, today, later, and what one may take."""
    groups = [Group(code, title, []) for code, title in GROUPS]
    for task in found:
        if task.assignee is None:
            place = 3
        elif is_late(task.due):
            place = 0
        else:
            place = 1 if is_today(task.due) else 2
        groups[place].tasks.append(task)
    return [group for group in groups if group.tasks]


def list_args() -> str:
    """The filters of the list, for the way back to it; a form carries them in its field `list`."""
    if request.method == "POST":
        return request.form.get("list", "")
    kept = {name: request.args[name] for name in LIST_ARGUMENTS if request.args.get(name)}
    return urlencode(kept)


@blueprint.get("/tasks/<int:task_id>")
def card(task_id: int) -> View:
    view = "list" if request.args.get("pane") else "page"
    return page("tasks/page.html", **card_values(task_id, view))


def card_values(
    task_id: int, view: str, *, errors: dict[str, list[str]] | None = None, typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """All that the card shows; what was typed wins over what is known."""
    found: TaskCard = task_card(ctx(), task_id)
    inputs = forms.of_task(found.task.form.fields)
    known = {f"v.{field.key}": found.values.get(field.key, field.default) for field in found.task.form.fields}
    values = typed if typed is not None else known
    return {
        "card": found,
        "task": found.task,
        "view": view,
        "inputs": inputs,
        "parts": form_parts(found.task, inputs),
        "values": values,
        "needs": needs(found.task, values),
        "errors": errors or {},
        "list_args": list_args(),
        "later_times": later_times(formatting.now()),
        **around(ctx(), found.task),
    }
