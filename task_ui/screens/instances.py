"""Running processes: the list, and one with its diagram, history, waits, variables and what an operator may do."""

from typing import Any

from flask import Blueprint, request

from kernel.paging import Page
from kernel.permissions import may
from processes import designs, incidents, instances, tasks
from processes.views import InstanceFilter, TaskFilter
from task_ui import diagram, words
from task_ui.card import tab_of
from task_ui.web import View, _, ctx, go, page, paging

blueprint = Blueprint("instances", __name__, url_prefix="/instances")

TABS = ("history", "waits", "tasks", "variables", "jobs", "incidents", "actions")


@blueprint.get("")
def index() -> View:
    context = ctx()
    state = request.args.get("state", "active")
    asked = InstanceFilter(
        definition_key=request.args.get("process") or None,
        state=None if state == "any" else state,
        has_incident=True if request.args.get("incident") else None,
        text=request.args.get("q") or None,
        owner_id=context.actor.user_id if request.args.get("mine") else None,
    )
    return page(
        "processes/instances.html",
        instances=instances.list_instances(context, asked, paging()),
        state=state,
        states=[(code, words.label("instance_state", code)) for code in words.LABELS["instance_state"]],
        processes=[(row.key, row.name) for row in designs.list_definitions(context, Page(200), latest=True).items],
    )


@blueprint.get("/<int:instance_id>")
def card(instance_id: int) -> View:
    context = ctx()
    instance = instances.get_instance(context, instance_id)
    history = instances.list_history(context, instance_id).items
    troubles = (
        incidents.list_incidents(context, Page(50), instance_id=instance_id, state=None).items
        if may(context, "instances.operate")
        else ()
    )
    tabs = TABS if may(context, "instances.operate") else ("history", "waits", "tasks", "actions")
    tab = tab_of(tabs)
    return page(
        "processes/instance.html",
        instance=instance,
        history=history,
        picture=diagram.of_instance(instance, history, troubles),
        tab=tab,
        tabs=tabs,
        troubles=troubles,
        waits=instances.list_waits(context, instance_id).items,
        family=instances.list_family(context, instance_id),
        **_tab(instance_id, tab),
    )


def _tab(instance_id: int, tab: str) -> dict[str, Any]:
    context = ctx()
    if tab == "tasks":
        states = ("open", "completed", "cancelled")
        found = [
            tasks.list_tasks(context, TaskFilter(instance_id=instance_id, state=state), Page(100)).items
            for state in states
        ]
        return {"tasks": [task for part in found for task in part]}
    if tab == "variables":
        return {"variables": sorted(instances.get_variables(context, instance_id).items())}
    if tab == "jobs":
        return {"jobs": incidents.list_jobs(context, Page(100), instance_id=instance_id).items}
    if tab == "actions":
        return {"actions": instances.list_operator_actions(context, instance_id)}
    return {}


@blueprint.post("/<int:instance_id>/suspend")
def suspend(instance_id: int) -> View:
    instances.suspend_instance(ctx(), instance_id, reason=request.form.get("reason") or None)
    return go(f"/instances/{instance_id}", _("Suspended. Nobody can go on until it is resumed."))


@blueprint.post("/<int:instance_id>/resume")
def resume(instance_id: int) -> View:
    instances.resume_instance(ctx(), instance_id)
    return go(f"/instances/{instance_id}", _("It goes on."))


@blueprint.post("/<int:instance_id>/cancel")
def cancel(instance_id: int) -> View:
    instances.cancel_instance(ctx(), instance_id, reason=request.form.get("reason", ""))
    return go(f"/instances/{instance_id}", _("Cancelled."))


@blueprint.post("/<int:instance_id>/release")
def release(instance_id: int) -> View:
    instances.release_wait(ctx(), instance_id, element_id=request.form.get("element_id", ""))
    return go(f"/instances/{instance_id}?tab=waits", _("Released. The process has gone on."))
