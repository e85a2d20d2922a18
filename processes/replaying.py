"""Replaying scenarios: the same steps on another version, compared after each of them with what was expected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select

from engine import definitions
from engine.decisions import DEPLOYMENT
from engine.tables import PUBLISHED, DecisionRow, DefinitionRow
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import AppError, ValidationFailed
from kernel.i18n import N_
from processes import version_events
from processes.performance import Performance, Script, Standing, read_script, script_values
from processes.scenario_table import ScenarioRow
from processes.versions import only_newest

T = TypeVar("T")

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
    """Plays a scenario up to where it first differs; nothing of the performance is kept."""
    return replay_each(context, [row], definition_id)[0]


def replay_each(context: Context, rows: Sequence[ScenarioRow], definition_id: int) -> list[Outcome]:
    """Plays scenarios on one version. Those that begin alike are played together for as long as they go the same way."""
    scripts = [read_script(row.script) for row in rows]
    found: dict[int, Difference] = {}
    for alike in _grouped(range(len(rows)), lambda n: script_values(replace(scripts[n], steps=()))):
        together = [_Played(n, scripts[n], tuple(map(read_standing, rows[n].expected))) for n in alike]
        with savepoint(context.session, keep=False):
            performance = Performance(context, replace(together[0].script, steps=()))
            _Replay(context, performance, found).begin(definition_id, together)
    language = context.actor.language
    return [
        Outcome(row.id, row.name_in(language), len(script.steps), found.get(number))
        for number, (row, script) in enumerate(zip(rows, scripts, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class _Played:
    """A scenario that takes part, by its place among those that are replayed."""

    number: int
    script: Script
    expected: tuple[Standing, ...]


class _Replay:
    """One performance for many scenarios; `found` gets the first difference of each."""

    def __init__(self, context: Context, performance: Performance, found: dict[int, Difference]) -> None:
        self.context = context
        self.performance = performance
        self.found = found

    def begin(self, definition_id: int, together: list[_Played]) -> None:
        self._go_on(0, None, together, lambda: self.performance.start(definition_id))

    def _go_on(self, moment: int, at: str | None, together: list[_Played], act: Callable[[], None]) -> None:
        """Does what leads to this moment, looks who is still as expected, and lets those go their ways."""
        try:
            act()
            got = self.performance.standing()
        except AppError as error:
            why = _why(error, self.context.actor.language)
            for one in together:
                self.found[one.number] = Difference(moment, at, one.expected[moment], None, why)
            return
        for one in together:
            expected = one.expected[moment]
            if got != expected:
                self.found[one.number] = Difference(moment, _where(expected, got), expected, got)
        left = [one for one in together if one.number not in self.found and len(one.script.steps) > moment]
        ways = list(_grouped(left, lambda one: asdict(one.script.steps[moment])))
        for way in ways:
            step = way[0].script.steps[moment]
            with self.performance.undone() if len(ways) > 1 else nullcontext():
                self._go_on(moment + 1, step.element, way, partial(self.performance.do, moment, step))


def _grouped(items: Iterable[T], by: Callable[[T], Any]) -> Iterable[list[T]]:
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(json.dumps(by(item), sort_keys=True, default=str), []).append(item)
    return groups.values()


def _why(error: AppError, language: str) -> str:
    fields = error.fields_in(language) if isinstance(error, ValidationFailed) else {}
    return " ".join(text for texts in fields.values() for text in texts) or error.in_language(language)


def _where(expected: Standing, got: Standing) -> str | None:
    """What is there unexpectedly, or else what is missing."""
    surplus = [id for id in got.incidents + got.elements if id not in expected.elements]
    missing = [id for id in expected.elements if id not in got.elements]
    return next(iter([*surplus, *missing, *got.elements, got.end_event]), None)


def replay_all(context: Context, row: DefinitionRow, *, only_guards: bool = False) -> list[Outcome]:
    """Every scenario of the process on one version, by name, or those that guard publications."""
    query = select(ScenarioRow).where(ScenarioRow.definition_key == row.key).order_by(ScenarioRow.name)
    if only_guards:
        query = query.where(ScenarioRow.guards)
    return replay_each(context, context.session.scalars(query).all(), row.id)


def admit(
    context: Context,
    rows: Sequence[DefinitionRow],
    *,
    decided: Sequence[DecisionRow] = (),
    comment: str | None = None,
    despite: str | None = None,
) -> None:
    """Lets versions and decisions that have just been published pass if the guarding scenarios of the versions, and of
    published processes that use the decisions, go as expected, or despite of them with a reason; either way it is noted. Raises
    ValidationFailed with the differences."""
    language = context.actor.language
    users = _users_of(context, decided, {row.key for row in rows})
    outcomes = {row.id: replay_all(context, row, only_guards=True) for row in (*rows, *users)}
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
    guarded = select(ScenarioRow.definition_key).where(ScenarioRow.guards)
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
