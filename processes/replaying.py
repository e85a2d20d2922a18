"""Replaying scenarios: the same steps on another version, compared after each of them with what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select

from crm_model.users import User, actor_of
from engine import definitions
from engine.decisions import DEPLOYMENT
from engine.tables import PUBLISHED, DecisionRow, DefinitionRow
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import AppError, ValidationFailed
from kernel.i18n import N_
from processes import version_events
from processes.performance import Performance, Standing, read_script
from processes.scenario_table import ScenarioRow
from processes.versions import only_newest

BROKEN = N_(
    "Scenarios of this process go differently on this version. Mend it, renew them, or publish it with a reason."
)
BROKEN_BY_DECISION = N_(
    "Scenarios of processes that use this decision go differently with it. Mend it, renew them, or publish it with a "
    "reason."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first moment that went differently: 0 is the start, N is after the N-th step. `refused` is why the step
    could not be done at all; `element_id` is where to look."""

    step: int
    element_id: str | None
    expected: Standing
    got: Standing | None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario went; without a difference it went as expected."""

    scenario_id: int
    name: str
    steps: int
    difference: Difference | None = None


def read_standing(given: Mapping[str, Any]) -> Standing:
    return Standing(
        tuple(given["elements"]), tuple(given["incidents"]), given["stage"], given["state"], given["end_event"]
    )


def read_difference(given: Mapping[str, Any]) -> Difference:
    got = read_standing(given["got"]) if given["got"] else None
    return Difference(given["step"], given["element_id"], read_standing(given["expected"]), got, given["refused"])


def replay(context: Context, row: ScenarioRow, definition_id: int) -> Outcome:
    """Plays the scenario up to where it first differs; nothing of the performance is kept."""
    script = read_script(row.script)
    difference = None
    with savepoint(context.session, keep=False):
        stands = Performance(_performer(context, row), script).stand_by_stand(definition_id)
        for number, expected in enumerate(map(read_standing, row.expected)):
            try:
                got = next(stands)
            except AppError as error:
                at = script.steps[number - 1].element if number else None
                difference = Difference(number, at, expected, None, _why(error, context.actor.language))
                break
            if got != expected:
                difference = Difference(number, _where(expected, got), expected, got)
                break
    return Outcome(row.id, row.name, len(script.steps), difference)


def _performer(context: Context, row: ScenarioRow) -> Context:
    """The command line plays as whoever recorded the scenario: what a process makes has to belong to somebody."""
    person = context.session.get(User, row.created_by) if context.actor.is_system and row.created_by else None
    if person is None:
        return context
    return Context(context.session, replace(actor_of(person), language=context.actor.language), context.clock)


def _why(error: AppError, language: str) -> str:
    fields = error.fields_in(language) if isinstance(error, ValidationFailed) else {}
    return " ".join(text for texts in fields.values() for text in texts) or error.in_language(language)


def _where(expected: Standing, got: Standing) -> str | None:
    """What is there unexpectedly, or else what is missing."""
    surplus = [id for id in got.incidents + got.elements if id not in expected.elements]
    missing = [id for id in expected.elements if id not in got.elements]
    return next(iter([*surplus, *missing, *got.elements, got.end_event]), None)


def replay_all(context: Context, row: DefinitionRow) -> list[Outcome]:
    """Every scenario of the process on one version, by name."""
    query = select(ScenarioRow).where(ScenarioRow.definition_key == row.key).order_by(ScenarioRow.name)
    return [replay(context, scenario, row.id) for scenario in context.session.scalars(query).all()]


def admit(
    context: Context,
    rows: Sequence[DefinitionRow],
    *,
    decided: Sequence[DecisionRow] = (),
    comment: str | None = None,
    despite: str | None = None,
) -> None:
    """Lets versions and decisions that have just been published pass if the scenarios of the versions, and of published
    processes that use the decisions, go as expected, or despite of them with a reason; either way it is noted. Raises
    ValidationFailed with the differences."""
    language = context.actor.language
    users = _users_of(context, decided, {row.key for row in rows})
    outcomes = {row.id: replay_all(context, row) for row in (*rows, *users)}
    broken = [
        {**asdict(outcome), "key": row.key, "process": row.titles.get(language) or row.name, "definition_id": row.id}
        for row in (*rows, *users)
        for outcome in outcomes[row.id]
        if outcome.difference
    ]
    if broken and not (despite or "").strip():
        told = BROKEN if rows else BROKEN_BY_DECISION
        raise ValidationFailed({}, "scenarios_broken", told, details={"scenarios": broken})
    for row in (*rows, *users):
        keep(context, row, outcomes[row.id])
        differing = [outcome.name for outcome in outcomes[row.id] if outcome.difference]
        detail: dict[str, Any] = {"scenarios": len(outcomes[row.id])}
        if differing:
            detail |= {"despite": despite, "broken": differing}
        kind = version_events.PUBLISHED
        if row in users:
            kind, detail["name"] = version_events.DECIDED, ", ".join(one.name for one in decided)
        version_events.note(context, row.key, kind, version=row.version, comment=comment, **detail)


def _users_of(context: Context, decided: Sequence[DecisionRow], but: set[str]) -> list[DefinitionRow]:
    """The published versions with scenarios whose elements decide by one of these decisions."""
    if not decided:
        return []
    guarded = select(ScenarioRow.definition_key)
    query = only_newest(select(DefinitionRow), DefinitionRow, PUBLISHED)
    query = query.where(DefinitionRow.key.in_(guarded), DefinitionRow.key.not_in(but)).order_by(DefinitionRow.key)
    return [row for row in context.session.scalars(query) if _uses(context, row, decided)]


def _uses(context: Context, row: DefinitionRow, decided: Sequence[DecisionRow]) -> bool:
    came = {one.key for one in decided}
    came_together = {one.key for one in decided if one.deployment_id == row.deployment_id}
    nodes = definitions.load(context.session, row.id).graph.process.nodes.values()
    return any(
        node.extension.decision in (came_together if node.extension.decision_binding == DEPLOYMENT else came)
        for node in nodes
    )


def keep(context: Context, row: DefinitionRow, outcomes: Sequence[Outcome]) -> None:
    """Remembers with each scenario how it went on this version."""
    for outcome in outcomes:
        scenario = context.session.get_one(ScenarioRow, outcome.scenario_id)
        scenario.checked_at, scenario.checked_definition_id = context.now(), row.id
        scenario.difference = asdict(outcome.difference) if outcome.difference else None
    context.session.flush()
