"""The gallery of processes: pictures, versions, publishing, retiring, comparing."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, g, redirect, request

from kernel.paging import Page
from kernel.permissions import may
from processes import designs, drafts, instances, manual_starts, scenarios, version_events, versioning
from processes.design_views import DefinitionView
from task_ui import diagram, differences, flashes, scenario_words
from task_ui.card import tab_of
from task_ui.web import View, _, act, attempt, ctx, go, page, paging

blueprint = Blueprint("definitions", __name__, url_prefix="/processes")

TABS = ("diagram", "scenarios", "versions", "history", "text")


@blueprint.get("")
def gallery() -> View:
    context = ctx()
    state = request.args.get("state") or None
    found = designs.list_definitions(context, paging(60), state=state, latest=True)
    wanted = (request.args.get("q") or "").strip().casefold()
    shown = [row for row in found.items if wanted in row.name.casefold() or wanted in row.key.casefold()]
    everything = designs.list_definitions(context, Page(200)).items
    running = Counter({row.key: 0 for row in shown})
    for row in everything:
        running[row.key] += row.instances
    drawn = drafts.list_drafts(context) if may(context, "definitions.draft") and not request.args else []
    return page("processes/gallery.html", definitions=shown, next=found.next, running=running, drafts=drawn)


@blueprint.get("/<int:definition_id>")
def card(definition_id: int) -> View:
    context = ctx()
    definition = designs.get_definition(context, definition_id)
    tab = tab_of(TABS)
    findings = noted(definition)
    found = scenarios.list_scenarios(context, definition_id, Page(200)).items
    return page(
        "processes/definition.html",
        definition=definition,
        versions=versions_of(definition),
        findings=findings,
        picture=diagram.of_definition(definition_id, findings),
        elements=designs.list_elements(context, definition_id) if tab == "text" else [],
        history=version_events.list_history(context, definition_id, paging(50)) if tab == "history" else None,
        scenarios=found,
        names=scenario_words.names_of(designs.list_elements(context, definition_id)) if tab == "scenarios" else {},
        asks=_asks(definition),
        tab=tab,
    )


def _asks(definition: DefinitionView) -> bool:
    """Whether new processes start on this version, and are asked something first."""
    if definition.state != "published" or not may(ctx(), "instances.start"):
        return False
    version = (definition.key, definition.version)
    found = manual_starts.list_beginnings(ctx())
    return any(one.form.fields for one in found if (one.key, one.version) == version)


def noted(definition: DefinitionView) -> list[dict[str, Any]]:
    """Findings and repairs of a version under one count."""
    repairs = ({**repair, "severity": "repair"} for repair in definition.repairs)
    return diagram.numbered([*definition.findings, *repairs])


def versions_of(definition: DefinitionView) -> list[DefinitionView]:
    return list(designs.list_definitions(ctx(), Page(100), key=definition.key).items)


@blueprint.get("/<int:definition_id>/diagram.bpmn")
def xml(definition_id: int) -> View:
    definition = designs.get_definition(ctx(), definition_id)
    answer = Response(designs.get_xml(ctx(), definition_id), mimetype="application/xml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{definition.key}-{definition.version}.bpmn")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.cache_control.private = True
    answer.cache_control.max_age = 3600
    return answer


@blueprint.post("/<int:definition_id>/start")
def start(definition_id: int) -> View:
    """Starts a process about no record, to try it or because it is about none."""
    started, errors = attempt(lambda: instances.start_instance(ctx(), definition_id=definition_id))
    if started is None:
        flashes.tell("error", text=" ".join(text for texts in errors.values() for text in texts))
        return redirect(f"/processes/{definition_id}", 303)
    return go(f"/instances/{started.id}", _("Started. Here you see where it stands."))


@blueprint.post("/<int:definition_id>/retire")
def retire(definition_id: int) -> View:
    designs.retire(ctx(), definition_id)
    return go(f"/processes/{definition_id}", _("Retired: no new process starts on it."))


@blueprint.post("/<int:definition_id>/tag")
def retag(definition_id: int) -> View:
    tag = (request.form.get("version_tag") or "").strip() or None
    return act(
        f"/processes/{definition_id}",
        lambda: versioning.retag_definition(ctx(), definition_id, version_tag=tag),
        _("Saved"),
    )


@blueprint.post("/<int:definition_id>/restore")
def restore(definition_id: int) -> View:
    """An old version becomes the newest one; publishing it is the next page."""
    comment = _("From version %(n)s", n=designs.get_definition(ctx(), definition_id).version)
    made, errors = attempt(lambda: versioning.restore_definition(ctx(), definition_id, comment=comment))
    if made is None:
        flashes.tell("error", text=" ".join(text for texts in errors.values() for text in texts))
        return redirect(f"/processes/{definition_id}?tab=versions", 303)
    said = _(
        "It is there as version %(version)s. New processes start on it once it is published.", version=made.version
    )
    return go(f"/processes/{made.id}/publish", said)


def difference_of(before: DefinitionView, after: DefinitionView) -> dict[str, list[dict[str, Any]]]:
    names = {row.element_id: row.name for one in (before, after) for row in designs.list_elements(ctx(), one.id)}
    return differences.readable(designs.compare(ctx(), before.id, after.id), names, g.language)


@blueprint.get("/<int:definition_id>/compare")
def compare(definition_id: int) -> View:
    """Any two versions side by side: what one has more, less and different."""
    definition = designs.get_definition(ctx(), definition_id)
    versions = versions_of(definition)
    if len(versions) < 2:
        return go(f"/processes/{definition_id}", _("There is only one version so far."))
    own = _chosen(versions, "one") or next(row for row in versions if row.id == definition.id)
    older = next((row for row in versions if row.version < own.version), versions[-1])
    other = _chosen(versions, "with") or (older if older.id != own.id else versions[0])
    before, after = sorted((own, other), key=lambda row: row.version)
    difference = difference_of(before, after)
    kinds = {kind: [(row["element_id"], kind) for row in difference[kind]] for kind in ("added", "removed", "changed")}
    return page(
        "processes/compare.html",
        definition=definition,
        versions=versions,
        before=before,
        after=after,
        difference=difference,
        was=diagram.of_changes(before.id, kinds["removed"] + kinds["changed"]),
        became=diagram.of_changes(after.id, kinds["added"] + kinds["changed"]),
    )


def _chosen(versions: list[DefinitionView], name: str) -> DefinitionView | None:
    wanted = request.args.get(name, type=int)
    return next((row for row in versions if row.id == wanted), None)
