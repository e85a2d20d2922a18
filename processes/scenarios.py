"""Scenarios of a process: rehearsals that are kept, replayed on any version and before each publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from crm_model import inputs
from crm_model.inputs import Field
from engine.tables import DefinitionRow
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import Message, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import presenting, replaying, shipped_scenarios, version_events
from processes.performance import Performance, Script, Standing, read_script, script_values
from processes.rehearsal import draft_as_version
from processes.replaying import Difference, Outcome, read_standing
from processes.scenario_table import ScenarioRow
from processes.shipped_scenarios import Beyond
from processes.versions import get_version
from processes.views import PersonRef

NAME_TAKEN = N_("This process already has a scenario “%(name)s”.")


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """`checked_version` is the version that the last replay was on; `difference` is what it found. One that is `shipped`
    came with the product, whose tests check what is `beyond` a replay; one that `guards` is replayed before each
    publication."""

    id: int
    key: str
    name: str
    script: Script
    expected: tuple[Standing, ...]
    updated_at: datetime
    updated_by: PersonRef | None
    checked_at: datetime | None
    checked_version: int | None
    difference: Difference | None
    shipped: bool
    guards: bool
    beyond: Beyond


@use_case("definitions.read")
def list_scenarios(context: Context, definition_id: int, page: Page) -> Slice[ScenarioView]:
    """The scenarios of the process that a version is of, by name."""
    return list_scenarios_of(context, get_version(context.session, DefinitionRow, definition_id).key, page)


@use_case("definitions.read")
def list_scenarios_of(context: Context, key: str, page: Page) -> Slice[ScenarioView]:
    """The scenarios of a process, which may have no version yet."""
    query = select(ScenarioRow).where(ScenarioRow.definition_key == key).order_by(ScenarioRow.name)
    if page.after is not None:
        query = query.where(ScenarioRow.name > page.key(str)[0])
    found = slice_of(context.session.scalars(query.limit(page.limit + 1)).all(), page, lambda row: [row.name])
    return Slice(_views(context, found.items), found.next)


@use_case("definitions.read")
def get_scenario(context: Context, definition_id: int, scenario_id: int) -> ScenarioView:
    """A scenario of the process that a version is of."""
    return _views(context, [_row(context, definition_id, scenario_id)[1]])[0]


@use_case("definitions.draft")
def record_scenario(context: Context, definition_id: int, *, name: str, script: Script) -> ScenarioView:
    """Keeps a rehearsal; what happens on this version now is what is expected from now on."""
    version = get_version(context.session, DefinitionRow, definition_id)
    script = _dated(context, script)
    return _record(context, version.key, name, script, _stands(context, definition_id, script), version.version)


@use_case("definitions.draft")
def record_on_draft(context: Context, draft_id: int, *, name: str, script: Script) -> ScenarioView:
    """As `record_scenario`, on a draft as it was saved last."""
    script = _dated(context, script)
    with draft_as_version(context, draft_id) as version:
        key, expected = version.key, _stands(context, version.id, script)
    return _record(context, key, name, script, expected, None)


def _dated(context: Context, script: Script) -> Script:
    """What depends on the date goes the same way later."""
    return script if script.began else replace(script, began=context.now())


@use_case("definitions.draft")
def rename_scenario(context: Context, definition_id: int, scenario_id: int, *, name: str) -> ScenarioView:
    """Gives a scenario another name, the same in all languages."""
    _version, row = _row(context, definition_id, scenario_id)
    was, row.name, row.titles = row.name, _free(context, row.definition_key, name, own=row.id), {}
    _touch(context, row)
    version_events.note(context, row.definition_key, version_events.RENAMED, was=was, name=row.name)
    return _views(context, [row])[0]


@use_case("definitions.draft")
def set_guarding(context: Context, definition_id: int, scenario_id: int, *, guards: bool) -> ScenarioView:
    """Says whether a scenario is replayed before each publication, or by hand only."""
    _version, row = _row(context, definition_id, scenario_id)
    if row.guards != guards:
        row.guards = guards
        _touch(context, row)
        kind = version_events.GUARDING if guards else version_events.NOT_GUARDING
        version_events.note(context, row.definition_key, kind, name=row.name)
    return _views(context, [row])[0]


@use_case("definitions.draft")
def delete_scenario(context: Context, definition_id: int, scenario_id: int) -> None:
    """Takes a scenario away: it is replayed no more."""
    _version, row = _row(context, definition_id, scenario_id)
    context.session.delete(row)
    version_events.note(context, row.definition_key, version_events.REMOVED, name=row.name)


@use_case("definitions.draft")
def replay_scenario(context: Context, definition_id: int, scenario_id: int) -> Outcome:
    """Plays a scenario on a version and says where it goes differently, if it does."""
    version, row = _row(context, definition_id, scenario_id)
    outcome = replaying.replay(context, row, version.id)
    replaying.keep(context, version, [outcome])
    return outcome


@use_case("definitions.draft")
def replay_scenarios(context: Context, definition_id: int) -> list[Outcome]:
    """Plays every scenario of the process on a version."""
    version = get_version(context.session, DefinitionRow, definition_id)
    outcomes = replaying.replay_all(context, version)
    replaying.keep(context, version, outcomes)
    return outcomes


@use_case("definitions.draft")
def renew_scenarios(context: Context, definition_id: int) -> list[Outcome]:
    """What happens on this version becomes what is expected of all that go differently on it; those of which a step
    cannot be done there stay as they are, and are told."""
    version = get_version(context.session, DefinitionRow, definition_id)
    outcomes = replaying.replay_all(context, version)
    replaying.keep(context, version, outcomes)
    left = []
    for outcome in outcomes:
        if outcome.difference is None:
            continue
        try:
            renew_scenario(context, definition_id, outcome.scenario_id)
        except ValidationFailed:
            left.append(outcome)
    return left


@use_case("definitions.draft")
def renew_scenario(context: Context, definition_id: int, scenario_id: int) -> ScenarioView:
    """What happens on this version becomes what is expected; refused where a step cannot be done there."""
    version, row = _row(context, definition_id, scenario_id)
    row.expected = _stands(context, version.id, read_script(row.script))
    _touch(context, row)
    replaying.keep(context, version, [Outcome(row.id, row.name, len(row.expected) - 1)])
    version_events.note(context, row.definition_key, version_events.RENEWED, version=version.version, name=row.name)
    return _views(context, [row])[0]


def _row(context: Context, definition_id: int, scenario_id: int) -> tuple[DefinitionRow, ScenarioRow]:
    version = get_version(context.session, DefinitionRow, definition_id)
    row = context.session.get(ScenarioRow, scenario_id)
    if row is None or row.definition_key != version.key:
        raise NotFound()
    return version, row


def _stands(context: Context, definition_id: int, script: Script) -> list[dict[str, Any]]:
    with savepoint(context.session, keep=False):
        return [asdict(stand) for stand in Performance(context, script).stand_by_stand(definition_id)]


def _record(
    context: Context, key: str, name: str, script: Script, expected: list[dict[str, Any]], version: int | None
) -> ScenarioView:
    now, person = context.now(), context.actor.user_id
    row = ScenarioRow(
        definition_key=key, name=_free(context, key, name), script=script_values(script), expected=expected,
        created_at=now, created_by=person, updated_at=now, updated_by=person,
    )  # fmt: skip
    context.session.add(row)
    context.session.flush()
    version_events.note(context, key, version_events.RECORDED, version=version, name=row.name)
    return _views(context, [row])[0]


def _free(context: Context, key: str, name: str, own: int | None = None) -> str:
    """The name as it is kept, if no other scenario of the process has it."""
    wanted: str = inputs.read(context, {"name": name}, {"name": Field(inputs.name, required=True)})["name"]
    context.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("scenario:" + key))))
    taken = select(ScenarioRow.id).where(ScenarioRow.definition_key == key, ScenarioRow.name == wanted)
    if context.session.scalar(taken) not in (None, own):
        raise ValidationFailed({"name": [Message(NAME_TAKEN, name=wanted)]})
    return wanted


def _touch(context: Context, row: ScenarioRow) -> None:
    row.updated_at, row.updated_by = context.now(), context.actor.user_id
    context.session.flush()


def _views(context: Context, rows: Sequence[ScenarioRow]) -> list[ScenarioView]:
    people = presenting.people(context.session, [row.updated_by for row in rows])
    checked = {row.checked_definition_id for row in rows if row.checked_definition_id}
    query = select(DefinitionRow.id, DefinitionRow.version).where(DefinitionRow.id.in_(checked))
    versions = dict(context.session.execute(query).all()) if checked else {}
    return [
        ScenarioView(
            id=row.id,
            key=row.definition_key,
            name=row.name_in(context.actor.language),
            script=read_script(row.script),
            expected=tuple(map(read_standing, row.expected)),
            updated_at=row.updated_at,
            updated_by=people.get(row.updated_by or 0),
            checked_at=row.checked_at,
            checked_version=versions.get(row.checked_definition_id or 0),
            difference=replaying.read_difference(row.difference) if row.difference else None,
            shipped=row.shipped is not None,
            guards=row.guards,
            beyond=shipped_scenarios.beyond(row.definition_key, row.shipped) if row.shipped else Beyond(),
        )
        for row in rows
    ]
