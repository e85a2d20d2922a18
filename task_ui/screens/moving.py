"""A running process is moved by a supervisor: what would come of it stands on the page before it is done."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, request

from bpmn.model import SUB_PROCESSES
from kernel.i18n import N_
from kernel.paging import Page
from processes import designs, instances, moving, tasks
from processes.views import HistoryRow, TaskFilter
from task_ui import diagram
from task_ui.web import View, _, attempt, ctx, form_answer, go, page

blueprint = Blueprint("moving", __name__, url_prefix="/instances/<int:instance_id>")

NOTHING_CHOSEN = N_("Choose where it shall leave or where it shall go on.")
LISTS = ("cancel", "cancel_runs", "start_before", "start_after")


@blueprint.route("/move", methods=["GET", "POST"])
def move(instance_id: int) -> View:
    """Where to leave and where to go on; a look lists what that would end and begin, and changes nothing."""
    context = ctx()
    instance = instances.get_instance(context, instance_id)
    chosen = {name: request.form.getlist(name) for name in LISTS}
    reason = request.form.get("reason", "").strip()
    errors: dict[str, list[str]] = {}
    outcome = None
    if request.method == "POST":
        if not any(chosen.values()):
            errors = {"": [_(NOTHING_CHOSEN)]}
        elif request.form.get("look"):
            outcome, errors = attempt(lambda: _moved(instance_id, chosen, reason or "—", preview=True))
        else:
            done, errors = attempt(lambda: _moved(instance_id, chosen, reason))
            if done:
                return go(f"/instances/{instance_id}", _("Moved. Look where it stands now."))
    history = instances.list_history(context, instance_id).items
    elements = designs.list_elements(context, instance.definition.id)
    runs = _single_runs(history)
    answer = page(
        "processes/move.html", instance=instance, outcome=outcome, chosen=chosen, reason=reason, errors=errors,
        begins=[element for element in elements if element.type not in ("boundaryEvent", "startEvent")],
        follows=[element for element in elements if not element.type.endswith("Gateway") and element.leads_to],
        runs=runs, scopes=[row for rows in runs.values() for row in rows if row.element_type in SUB_PROCESSES],
        people=_people(instance_id), within=request.form.get("within", type=int),
        picture=diagram.of_instance(instance, history, (), instances.flows_taken(context, instance_id)),
    )  # fmt: skip
    return answer if request.form.get("look") else form_answer(answer, errors)


@blueprint.route("/rewind/<int:run>", methods=["GET", "POST"])
def rewind(instance_id: int, run: int) -> View:
    """Back to where a run of the history was entered: what that ends and begins is on the page, then the button."""
    context = ctx()
    instance = instances.get_instance(context, instance_id)
    reason = request.form.get("reason", "").strip()
    errors: dict[str, list[str]] = {}
    outcome = None
    if request.method == "POST":
        look = bool(request.form.get("look"))
        given: dict[str, Any] = {"run": run, "reason": reason or ("—" if look else ""), "preview": look}
        done, errors = attempt(lambda: moving.rewind_instance(context, instance_id, **given))
        if done and not look:
            return go(f"/instances/{instance_id}", _("Put back. Look where it stands now."))
        outcome = done
    history = instances.list_history(context, instance_id).items
    answer = page(
        "processes/rewind.html", instance=instance, outcome=outcome, reason=reason, errors=errors,
        row=next((row for row in history if row.run == run), None),
    )  # fmt: skip
    return form_answer(answer, errors)


def _moved(instance_id: int, chosen: dict[str, list[str]], reason: str, *, preview: bool = False) -> Any:
    return moving.modify_instance(
        ctx(), instance_id, cancel=chosen["cancel"], start_before=chosen["start_before"],
        cancel_runs=[int(run) for run in chosen["cancel_runs"] if run.isdecimal()], start_after=chosen["start_after"],
        within=request.form.get("within", type=int), reason=reason, preview=preview,
    )  # fmt: skip


def _single_runs(history: Iterable[HistoryRow]) -> dict[str, list[HistoryRow]]:
    """What runs more than once at a time, run by run."""
    running: dict[str, list[HistoryRow]] = {}
    for row in history:
        if row.outcome is None:
            running.setdefault(row.element_id, []).append(row)
    return {element: rows for element, rows in running.items() if len(rows) > 1}


def _people(instance_id: int) -> dict[int, str]:
    """Who has the open tasks of the instance."""
    found = tasks.list_tasks(ctx(), TaskFilter(instance_id=instance_id, state="open"), Page(200)).items
    return {task.id: task.assignee.name for task in found if task.assignee}
