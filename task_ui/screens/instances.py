"""Running processes: the list, the map, and one of them with its diagram, history, waits and data."""

import json
from typing import Any

from flask import Blueprint, request

from kernel.paging import Page
from kernel.permissions import may
from processes import designs, incidents, instances, monitoring, moving, tasks
from processes.design_views import DefinitionView
from processes.views import InstanceFilter, InstanceView, TaskFilter
from task_ui import diagram, words
from task_ui.card import tab_of
from task_ui.web import View, ctx, page, paging

blueprint = Blueprint("instances", __name__, url_prefix="/instances")

TABS = ("history", "tasks", "variables", "jobs", "actions")
FILTERS = ("q", "process", "version", "incident", "round", "mine", "element", "state")
WAITS = (
    "incident",
    "task",
    "choice",
    "manual_release",
    "timer",
    "condition",
    "job",
    "call",
    "join",
    "message",
    "signal",
)
"""What presses first; messages that may come at any time last."""
SHOWN = 300
"""Entries of the history on the page; the diagram is painted from all of them."""


@blueprint.get("")
def index() -> View:
    context = ctx()
    state = request.args.get("state", "active")
    asked = InstanceFilter(
        definition_key=request.args.get("process") or None,
        definition_id=request.args.get("version", type=int),
        element_id=request.args.get("element") or None,
        state=None if state == "any" else state,
        has_incident=True if request.args.get("incident") else None,
        goes_round=bool(request.args.get("round")),
        text=request.args.get("q") or None,
        owner_id=context.actor.user_id if request.args.get("mine") else None,
    )
    return page(
        "processes/instances.html",
        instances=instances.list_instances(context, asked, paging()),
        state=state,
        states=[(code, words.label("instance_state", code)) for code in words.LABELS["instance_state"]],
        processes=[(row.key, row.name) for row in _newest()],
        filters=FILTERS,
    )


def _newest() -> list[DefinitionView]:
    return list(designs.list_definitions(ctx(), Page(200), latest=True).items)


@blueprint.get("/map")
def process_map() -> View:
    """Where everything stands, drawn on the diagram of one version."""
    context = ctx()
    newest = _newest()
    key = request.args.get("process") or next((row.key for row in newest if row.instances), None)
    key = key or next((row.key for row in newest), None)
    versions = list(designs.list_definitions(context, Page(100), key=key).items) if key else []
    wanted = request.args.get("version", type=int)
    chosen = next((row for row in versions if row.id == wanted), None) or _busiest(versions)
    loads = monitoring.process_map(context, chosen.id) if chosen else []
    return page(
        "processes/map.html",
        processes=newest,
        versions=[row for row in versions if row.instances or row == chosen],
        chosen=chosen,
        loads=loads,
        picture=diagram.of_map(chosen.id, loads) if chosen else None,
    )


def _busiest(versions: list[DefinitionView]) -> DefinitionView | None:
    return max(versions, key=lambda row: (row.instances, row.state == "published", row.version), default=None)


@blueprint.get("/map/<int:definition_id>/<element_id>")
def at_element(definition_id: int, element_id: str) -> View:
    """The side panel of the map: what stands at one element."""
    context = ctx()
    load = next((row for row in monitoring.process_map(context, definition_id) if row.element_id == element_id), None)
    asked = InstanceFilter(ids=load.instance_ids[:200] if load else ())
    return page(
        "processes/at_element.html", load=load, instances=instances.list_instances(context, asked, Page(50)).items
    )


@blueprint.get("/<int:instance_id>")
def card(instance_id: int) -> View:
    context = ctx()
    instance = instances.get_instance(context, instance_id)
    history = instances.list_history(context, instance_id).items
    operates = may(context, "instances.operate")
    troubles = incidents.list_incidents(context, Page(50), instance_id=instance_id).items if operates else []
    tabs = TABS if operates else ("history", "tasks", "actions")
    tab = tab_of(tabs)
    flows = instances.flows_taken(context, instance_id)
    return page(
        "processes/instance.html",
        instance=instance,
        history=list(reversed(history))[:SHOWN],
        steps=len(history),
        picture=diagram.of_instance(instance, history, troubles, flows),
        tab=tab,
        tabs=tabs,
        troubles=troubles,
        waits=sorted(instances.list_waits(context, instance_id).items, key=lambda wait: WAITS.index(wait.kind)),
        family=instances.list_family(context, instance_id),
        operates=operates,
        goes_back=moving.STANDS_AT if operates else (),
        **_tab(instance, tab),
    )


def _tab(instance: InstanceView, tab: str) -> dict[str, Any]:
    context, instance_id = ctx(), instance.id
    if tab == "tasks":
        states = ("open", "completed", "cancelled")
        found = [
            tasks.list_tasks(context, TaskFilter(instance_id=instance_id, state=state), Page(100)).items
            for state in states
        ]
        return {"tasks": [task for part in found for task in part]}
    if tab == "variables":
        changes = instances.list_variable_changes(context, instance_id, Page(30)).items
        known = sorted(instances.get_variables(context, instance_id).items())
        return {
            "variables": [(name, _shown(value), isinstance(value, str)) for name, value in known if not _blank(value)],
            "blank": [name for name, value in known if _blank(value)],
            "changes": [(row.at, row.name, _shown(row.was), _shown(row.became)) for row in changes],
        }
    if tab == "jobs":
        return {"jobs": incidents.list_jobs(context, Page(100), instance_id=instance_id).items}
    if tab == "actions":
        names = {row.element_id: row.name for row in designs.list_elements(context, instance.definition.id)}
        return {"actions": instances.list_operator_actions(context, instance_id), "names": names}
    return {}


def _blank(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _shown(value: Any) -> str:
    """Text as it is, anything else as JSON, each entry of a list on its own line."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "\n".join(json.dumps(entry, ensure_ascii=False) for entry in value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)
