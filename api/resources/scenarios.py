"""Scenarios of a process: kept rehearsals, replayed on any version and before each publication."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.resources.definitions import RehearsalBody
from api.resources.shapes import PersonRef
from api.schemas import (
    Answer,
    Anything,
    Body,
    Flag,
    Nothing,
    Number,
    PageArgs,
    Text,
    Time,
    Whole,
    list_of,
    page_of,
    path,
    shown,
)
from processes import performance, scenarios

bp = blueprint("scenarios", "Scenarios of processes")
LIST = path("/process-definitions/{definition_id}/scenarios")
ONE = path("/process-definitions/{definition_id}/scenarios/{scenario_id}")


class StandingAnswer(Answer):
    elements = fields.List(Text(), required=True)
    incidents = fields.List(Text(), required=True)
    stage = Text(required=True, allow_none=True)
    state = Text(required=True)
    end_event = Text(required=True, allow_none=True)


class DifferenceAnswer(Answer):
    step = Whole(required=True)
    element_id = Text(required=True, allow_none=True)
    expected = fields.Nested(StandingAnswer, required=True)
    got = fields.Nested(StandingAnswer, required=True, allow_none=True)
    refused = Text(required=True, allow_none=True)


class RehearsedStepAnswer(Answer):
    kind = Text(required=True)
    element = Text(required=True)
    result = Text(required=True, allow_none=True)
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)
    choose = fields.List(Text(), required=True)


class ScriptAnswer(Answer):
    about = Text(required=True)
    began = Time(required=True, allow_none=True)
    variables = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)
    start_event_id = Text(required=True, allow_none=True)
    given = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)
    steps = fields.List(fields.Nested(RehearsedStepAnswer), required=True)


class ScenarioAnswer(Answer):
    id = Number(required=True)
    key = Text(required=True)
    name = Text(required=True)
    script = fields.Nested(ScriptAnswer, required=True)
    expected = fields.List(fields.Nested(StandingAnswer), required=True)
    updated_at = Time(required=True)
    updated_by = fields.Nested(PersonRef, required=True, allow_none=True)
    checked_at = Time(required=True, allow_none=True)
    checked_version = Whole(required=True, allow_none=True)
    difference = fields.Nested(DifferenceAnswer, required=True, allow_none=True)
    shipped = fields.Boolean(required=True)
    guards = fields.Boolean(required=True)


class OutcomeAnswer(Answer):
    scenario_id = Number(required=True)
    name = Text(required=True)
    steps = Whole(required=True)
    difference = fields.Nested(DifferenceAnswer, required=True, allow_none=True)


class ChangeBody(Body):
    name = Text(validate=validate.Length(min=1, max=255))
    guards = Flag()


class ScenarioBody(RehearsalBody):
    name = Text(required=True, validate=validate.Length(min=1, max=255))


@bp.route(LIST, methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(ScenarioAnswer))
def list_scenarios(args: dict[str, Any], definition_id: int) -> Any:
    """The scenarios of a process, by name, and how the last replay of each went."""
    return shown(scenarios.list_scenarios(g.context, definition_id, page_of(args)))


@bp.route(LIST, methods=["POST"])
@bp.arguments(ScenarioBody)
@bp.response(201, ScenarioAnswer)
def record_scenario(given: dict[str, Any], definition_id: int) -> Any:
    """Plays a list of steps on a version and keeps it with what it led to."""
    script = performance.read_script(given)
    return scenarios.record_scenario(g.context, definition_id, name=given["name"], script=script)


@bp.route(f"{LIST}/replay", methods=["POST"])
@bp.arguments(Nothing)
@bp.response(200, list_of(OutcomeAnswer))
def replay_scenarios(given: dict[str, Any], definition_id: int) -> Any:
    """Plays every scenario of the process on a version, and says where one goes differently."""
    return {"items": scenarios.replay_scenarios(g.context, definition_id), "next": None}


@bp.route(f"{LIST}/renew", methods=["POST"])
@bp.arguments(Nothing)
@bp.response(200, list_of(OutcomeAnswer))
def renew_scenarios(given: dict[str, Any], definition_id: int) -> Any:
    """Makes what happens on a version the expected of all that go differently there; answers those of which a step
    cannot be done."""
    return {"items": scenarios.renew_scenarios(g.context, definition_id), "next": None}


@bp.route(ONE, methods=["GET"])
@bp.response(200, ScenarioAnswer)
def get_scenario(definition_id: int, scenario_id: int) -> Any:
    """A scenario with its steps and what is expected after each of them."""
    return scenarios.get_scenario(g.context, definition_id, scenario_id)


@bp.route(ONE, methods=["PATCH"])
@bp.arguments(ChangeBody)
@bp.response(200, ScenarioAnswer)
def change_scenario(given: dict[str, Any], definition_id: int, scenario_id: int) -> Any:
    """Gives a scenario another name; `guards` says whether it is replayed before each publication."""
    if "name" in given:
        scenarios.rename_scenario(g.context, definition_id, scenario_id, name=given["name"])
    if "guards" in given:
        scenarios.set_guarding(g.context, definition_id, scenario_id, guards=given["guards"])
    return scenarios.get_scenario(g.context, definition_id, scenario_id)


@bp.route(ONE, methods=["DELETE"])
@bp.response(204)
def delete_scenario(definition_id: int, scenario_id: int) -> None:
    """Takes a scenario away: it is replayed no more."""
    scenarios.delete_scenario(g.context, definition_id, scenario_id)


@bp.route(f"{ONE}/replay", methods=["POST"])
@bp.arguments(Nothing)
@bp.response(200, OutcomeAnswer)
def replay_scenario(given: dict[str, Any], definition_id: int, scenario_id: int) -> Any:
    """Plays a scenario on a version, and says where it goes differently."""
    return scenarios.replay_scenario(g.context, definition_id, scenario_id)


@bp.route(f"{ONE}/renew", methods=["POST"])
@bp.arguments(Nothing)
@bp.response(200, ScenarioAnswer)
def renew_scenario(given: dict[str, Any], definition_id: int, scenario_id: int) -> Any:
    """Makes what happens on a version the expected."""
    return scenarios.renew_scenario(g.context, definition_id, scenario_id)
