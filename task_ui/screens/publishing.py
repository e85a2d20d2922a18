"""Publishing: what it would mean, the scenarios that guard it, and the one button that does it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, g, redirect, request

from kernel.db import savepoint
from kernel.errors import Conflict, ValidationFailed
from kernel.paging import Page
from processes import designs, drafts, outlooks, scenarios
from processes.design_views import Outlook
from processes.scenarios import ScenarioView
from task_ui import diagram, differences, flashes, scenario_words
from task_ui.web import View, _, ctx, go, page

blueprint = Blueprint("publishing", __name__, url_prefix="/processes")


@blueprint.route("/<int:definition_id>/publish", methods=["GET", "POST"])
def version(definition_id: int) -> View:
    broken: list[dict[str, Any]] = []
    if request.method == "POST":
        done, broken = _tried(
            lambda: designs.publish(ctx(), definition_id, comment=_typed("comment"), despite=_typed("despite")).id
        )
        if done:
            return _published(done)
    outlook = outlooks.of_version(ctx(), definition_id)
    kept = scenarios.list_scenarios(ctx(), definition_id, Page(200)).items
    home = f"/processes/{definition_id}"
    return _page(outlook, home, diagram.url_of(definition_id), kept, broken)


@blueprint.route("/drafts/<int:draft_id>/publish", methods=["GET", "POST"])
def draft(draft_id: int) -> View:
    """Of a draft as it was saved last; the draft becomes a version and is done with."""
    home = f"/processes/drafts/{draft_id}"
    broken: list[dict[str, Any]] = []
    try:
        if request.method == "POST":
            done, broken = _tried(lambda: _publish_draft(draft_id))
            if done:
                return _published(done)
        outlook = outlooks.of_draft(ctx(), draft_id)
    except (ValidationFailed, Conflict) as error:
        flashes.tell("error", text=error.in_language(g.language))
        return redirect(home, 303)
    kept = scenarios.list_scenarios_of(ctx(), outlook.key, Page(200)).items
    revision = drafts.get_draft(ctx(), draft_id).revision
    return _page(outlook, home, f"{home}/diagram.bpmn", kept, broken, revision=revision)


def _publish_draft(draft_id: int) -> int:
    done = drafts.publish_draft(
        ctx(), draft_id, revision=request.form.get("revision", 0, int), comment=_typed("comment"),
        despite=_typed("despite"), accept_repairs=bool(request.form.get("accept_repairs")),
    )  # fmt: skip
    return done.definitions[0].id


def _typed(name: str) -> str | None:
    return (request.form.get(name) or "").strip() or None


def _tried(publish: Callable[[], int]) -> tuple[int | None, list[dict[str, Any]]]:
    """The id of what is published, or the scenarios that went differently, with nothing changed."""
    try:
        with savepoint(ctx().session):
            return publish(), []
    except ValidationFailed as error:
        if error.code != "scenarios_broken":
            raise
        return None, error.details["scenarios"]


def _published(definition_id: int) -> View:
    done = designs.get_definition(ctx(), definition_id)
    said = _("Version %(version)s is published: new processes start on it.", version=done.version)
    return go(f"/processes/{definition_id}", said)


def _page(
    outlook: Outlook,
    home: str,
    picture_url: str,
    kept: Sequence[ScenarioView],
    broken: list[dict[str, Any]],
    revision: int | None = None,
) -> View:
    repairs = ({**repair, "severity": "repair"} for repair in outlook.repairs)
    findings = diagram.numbered([*outlook.findings, *repairs])
    names = scenario_words.names_of(outlook.elements)
    own = [one for one in broken if one["key"] == outlook.key]
    shown = page(
        "processes/publish.html",
        outlook=outlook,
        home=home,
        revision=revision,
        findings=findings,
        errors=[row for row in findings if row["severity"] == "error"],
        picture=diagram.of_broken(picture_url, own) if broken else diagram.of_findings(picture_url, findings),
        difference=_difference(outlook, names) if outlook.difference else None,
        scenarios=[one for one in kept if one.guards],
        broken=broken,
        names=names,
        proof=_proof(findings),
        typed=request.form,
    )
    return (shown, 422) if broken else shown


def _difference(outlook: Outlook, names: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    before = designs.list_elements(ctx(), outlook.current.id) if outlook.current else []
    return differences.readable(outlook.difference or {}, scenario_words.names_of(before) | names, g.language)


def _proof(findings: list[dict[str, Any]]) -> str:
    """Whether every state has one stage: proved, proved but for some that have none, or not all looked at."""
    rules = {finding["rule"] for finding in findings}
    return "partly" if "stage-proof-bound" in rules else "open" if rules & {"no-stage", "perhaps-no-stage"} else "whole"
