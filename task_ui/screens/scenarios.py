"""Scenarios of a process: kept from a rehearsal, looked at, replayed, renewed, renamed and taken away."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request

from processes import designs, scenarios
from processes.replaying import Outcome
from task_ui import diagram, flashes, scenario_words
from task_ui.screens.rehearsing import read_script, sent_script
from task_ui.web import View, _, act, attempt, ctx, go, page, plural

blueprint = Blueprint("scenarios", __name__, url_prefix="/processes")


@blueprint.post("/<int:definition_id>/scenarios")
def record(definition_id: int) -> View:
    made, errors = attempt(
        lambda: scenarios.record_scenario(
            ctx(), definition_id, name=request.form.get("name", ""), script=read_script(sent_script())
        )
    )
    if made is None:
        return _told(errors, f"/processes/{definition_id}/rehearse")
    return go(f"/processes/{definition_id}/scenarios/{made.id}", _("The scenario is kept: it guards each publication."))


@blueprint.post("/drafts/<int:draft_id>/scenarios")
def record_on_draft(draft_id: int) -> View:
    return act(
        f"/processes/drafts/{draft_id}",
        lambda: scenarios.record_on_draft(
            ctx(), draft_id, name=request.form.get("name", ""), script=read_script(sent_script())
        ),
        _("The scenario is kept: it guards each publication."),
    )


def _told(errors: dict[str, list[str]], url: str) -> View:
    flashes.tell("error", text=" ".join(text for texts in errors.values() for text in texts))
    return redirect(url, 303)


@blueprint.get("/<int:definition_id>/scenarios/<int:scenario_id>")
def card(definition_id: int, scenario_id: int) -> View:
    """The steps with what is expected after each, and where the last replay on this version went differently."""
    definition = designs.get_definition(ctx(), definition_id)
    scenario = scenarios.get_scenario(ctx(), definition_id, scenario_id)
    elements = designs.list_elements(ctx(), definition_id)
    current = scenario.checked_version == definition.version
    difference = scenario.difference if current else None
    return page(
        "processes/scenario.html",
        definition=definition,
        scenario=scenario,
        checked=current,
        steps=scenario_words.steps(scenario, difference, elements),
        names=scenario_words.names_of(elements),
        script=diagram.script_text(scenario.script),
        picture=diagram.of_difference(definition_id, difference),
    )


@blueprint.post("/<int:definition_id>/scenarios/<int:scenario_id>/replay")
def replay(definition_id: int, scenario_id: int) -> View:
    return act(
        f"/processes/{definition_id}/scenarios/{scenario_id}",
        lambda: scenarios.replay_scenario(ctx(), definition_id, scenario_id),
        lambda outcome: _summary([outcome]),
    )


@blueprint.post("/<int:definition_id>/scenarios/replay")
def replay_all(definition_id: int) -> View:
    outcomes = scenarios.replay_scenarios(ctx(), definition_id)
    return go(f"/processes/{definition_id}?tab=scenarios", _summary(outcomes))


def _summary(outcomes: list[Outcome]) -> str:
    broken = sum(outcome.difference is not None for outcome in outcomes)
    if broken:
        return plural("%(count)s scenario goes differently.", "%(count)s scenarios go differently.", broken)
    return _("Everything goes as expected.")


@blueprint.post("/<int:definition_id>/scenarios/<int:scenario_id>/renew")
def renew(definition_id: int, scenario_id: int) -> View:
    return _changed(
        definition_id,
        scenario_id,
        lambda: scenarios.renew_scenario(ctx(), definition_id, scenario_id),
        _("From now on this is expected."),
    )


@blueprint.post("/<int:definition_id>/scenarios/renew")
def renew_all(definition_id: int) -> View:
    left = scenarios.renew_scenarios(ctx(), definition_id)
    told = _("From now on this is expected.")
    if left:
        told = plural(
            "%(count)s scenario has a step that cannot be done any more: record it anew or take it away.",
            "%(count)s scenarios have steps that cannot be done any more: record them anew or take them away.",
            len(left),
        )
    return go(f"/processes/{definition_id}?tab=scenarios", told)


@blueprint.post("/<int:definition_id>/scenarios/<int:scenario_id>/guard")
def guard(definition_id: int, scenario_id: int) -> View:
    guards = bool(request.form.get("guards"))
    return _changed(
        definition_id,
        scenario_id,
        lambda: scenarios.set_guarding(ctx(), definition_id, scenario_id, guards=guards),
        _("It is replayed before each publication.") if guards else _("It is replayed by hand only."),
    )


@blueprint.post("/<int:definition_id>/scenarios/<int:scenario_id>/rename")
def rename(definition_id: int, scenario_id: int) -> View:
    name = request.form.get("name", "")
    return _changed(
        definition_id,
        scenario_id,
        lambda: scenarios.rename_scenario(ctx(), definition_id, scenario_id, name=name),
        _("Saved"),
    )


def _changed(definition_id: int, scenario_id: int, action: Callable[[], Any], done: str) -> View:
    return act(f"/processes/{definition_id}/scenarios/{scenario_id}", action, done)


@blueprint.post("/<int:definition_id>/scenarios/<int:scenario_id>/delete")
def delete(definition_id: int, scenario_id: int) -> View:
    scenarios.delete_scenario(ctx(), definition_id, scenario_id)
    return go(f"/processes/{definition_id}?tab=scenarios", _("The scenario is taken away."))
