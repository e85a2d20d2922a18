"""Moving running instances to another version of their process: a plan, what it would do, and doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from crm_model.deal_entities import Deal
from crm_model.stage_history import move_to_stage
from engine import background, definitions, migration
from engine.errors import MigrationRefused
from engine.execution import Execution
from engine.history import record_action
from engine.live import Live
from engine.migration import Misfit, Plan
from engine.state import LISTEN, State, decode
from engine.tables import ACTIVE, InstanceRow
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import Message, NotFound, ValidationFailed
from kernel.i18n import N_, translate
from kernel.permissions import use_case
from processes import engine_room, presenting, stage_drift
from processes.migration_tables import MigrationItemRow, MigrationRow
from processes.views import DefinitionRef, PersonRef

MIGRATE = "migrations.run"
AT_ONCE = 100
"""Instances that are moved while the caller waits; more of them are moved in the background, so many at a time."""
MOST = 100_000
WAITING, MOVED, LEFT = "waiting", "moved", "left"
SAME = N_("Choose another version than the one they run in.")
OTHER_PROCESS = N_("Choose a version of the same process.")
UNKNOWN_ELEMENT = N_("There is no such element.")
NOT_RUNNING = N_("This is no running process of the old version.")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a token stands, and where it would go on."""

    element_id: str
    element_name: str
    to_element_id: str
    to_element_name: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    element_id: str
    element_name: str
    message: str


@dataclass(frozen=True, slots=True)
class MigrationItem:
    """`state` is waiting, moved, or left with the obstacles that kept it where it was."""

    instance_id: int
    business_key: str | None
    state: str
    goes: tuple[Step, ...]
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class MigrationView:
    """A preview has no id and has moved nothing."""

    id: int | None
    state: str
    from_definition: DefinitionRef
    to_definition: DefinitionRef
    mapping: Mapping[str, str]
    reason: str | None
    total: int
    moved: int
    left: int
    created_at: datetime
    created_by: PersonRef | None
    instances: tuple[MigrationItem, ...]


@use_case("instances.operate")
def preview_migration(
    context: Context,
    *,
    from_definition_id: int,
    to_definition_id: int,
    mapping: Mapping[str, str] | None = None,
    instance_ids: Sequence[int] | None = None,
) -> MigrationView:
    """What a migration would do: for each instance where it goes on, or why it cannot. Nothing is changed."""
    plan = _plan(context, from_definition_id, to_definition_id, mapping or {})
    rows = _rows(context, plan, instance_ids)
    items = tuple(_foreseen(context, plan, row) for row in rows)
    left = sum(1 for item in items if item.obstacles)
    return MigrationView(
        None, "preview", _ref(context, plan.source), _ref(context, plan.target), dict(plan.mapping), None, len(items), 0,
        left, context.now(), None, items,
    )  # fmt: skip


@use_case("instances.operate")
def run_migration(
    context: Context,
    *,
    from_definition_id: int,
    to_definition_id: int,
    mapping: Mapping[str, str] | None = None,
    instance_ids: Sequence[int] | None = None,
    reason: str | None = None,
) -> MigrationView:
    """Moves what can be moved, each instance whole or not at all; a few at once, many in the background."""
    plan = _plan(context, from_definition_id, to_definition_id, mapping or {})
    rows = _rows(context, plan, instance_ids)
    made = MigrationRow(
        from_definition_id=plan.source.id, to_definition_id=plan.target.id, mapping=dict(plan.mapping), reason=reason,
        total=len(rows), created_at=context.now(), created_by=context.actor.user_id,
    )  # fmt: skip
    context.session.add(made)
    context.session.flush()
    context.session.add_all(MigrationItemRow(migration_id=made.id, instance_id=row.id) for row in rows)
    context.session.flush()
    if len(rows) <= AT_ONCE:
        _move_some(context, {"migration_id": made.id})
    else:
        background.schedule(context, MIGRATE, {"migration_id": made.id})
    return _view(context, made)


@use_case("instances.read")
def get_migration(context: Context, migration_id: int) -> MigrationView:
    """What has become of a migration, instance by instance."""
    row = context.session.get(MigrationRow, migration_id)
    if row is None:
        raise NotFound()
    return _view(context, row)


@background.task(MIGRATE)
def _move_some(context: Context, payload: dict[str, Any]) -> dict[str, Any] | None:
    made = context.session.get_one(MigrationRow, payload["migration_id"])
    plan = _plan(context, made.from_definition_id, made.to_definition_id, made.mapping)
    waiting = select(MigrationItemRow).where(
        MigrationItemRow.migration_id == made.id, MigrationItemRow.state == WAITING
    )
    items = context.session.scalars(waiting.order_by(MigrationItemRow.instance_id).limit(AT_ONCE)).all()
    for item in items:
        _move(context, plan, item, made.reason)
    context.session.flush()
    if context.session.scalar(select(func.count()).select_from(waiting.subquery())):
        return payload
    made.ended_at = context.now()
    context.session.flush()
    return None


def _move(context: Context, plan: Plan, item: MigrationItemRow, reason: str | None) -> None:
    """One instance, whole or not at all."""
    row = context.session.get(InstanceRow, item.instance_id, populate_existing=True)
    item.goes = [list(pair) for pair in _pairs(plan, decode(row.content))] if row is not None else []
    try:
        with savepoint(context.session):
            execution = engine_room.execution(context, cause="migration")
            live = migration.migrate(execution, item.instance_id, plan)
            execution.write()
            _follow_stage(execution, live)
            record_action(
                context, live.id, "migrate", was={"definition_id": plan.source.id},
                became={"definition_id": plan.target.id}, reason=reason,
            )  # fmt: skip
            context.session.flush()
    except MigrationRefused as refused:
        item.state, item.misfits = LEFT, [[m.element_id, m.message, m.params] for m in refused.misfits]
    else:
        item.state = MOVED


def _follow_stage(execution: Execution, live: Live) -> None:
    """The stage is a consequence of where the process stands, and the new version may say another."""
    if live.subject is None or live.subject[0] != "deal":
        return
    expected = stage_drift.stages_of(live.graph, live.state)
    deal = execution.context.session.get(Deal, live.subject[1], populate_existing=True)
    if deal is not None and expected and deal.stage not in expected:
        element = next(
            t.node for t in live.state.tokens.values() if live.graph.node(t.node).extension.stage == expected[0]
        )
        move_to_stage(execution.context, deal, expected[0], cause="migration", instance_id=live.id, element_id=element)


def _plan(context: Context, source_id: int, target_id: int, mapping: Mapping[str, str]) -> Plan:
    session = context.session
    source, target = definitions.load(session, source_id), definitions.load(session, target_id)
    if source.id == target.id:
        raise ValidationFailed({"to_definition_id": [SAME]})
    if source.key != target.key:
        raise ValidationFailed({"to_definition_id": [OTHER_PROCESS]})
    for old, new in mapping.items():
        if not source.graph.knows(old) or not target.graph.knows(new):
            raise ValidationFailed({f"mapping.{old}": [UNKNOWN_ELEMENT]})
    return Plan(source, target, {old: new for old, new in mapping.items() if old != new})


def _rows(context: Context, plan: Plan, instance_ids: Sequence[int] | None) -> list[InstanceRow]:
    query = select(InstanceRow).where(InstanceRow.definition_id == plan.source.id, InstanceRow.state == ACTIVE)
    if instance_ids is None:
        return list(context.session.scalars(query.order_by(InstanceRow.id).limit(MOST)))
    found = {row.id: row for row in context.session.scalars(query.where(InstanceRow.id.in_(instance_ids)))}
    strangers: dict[str, list[str | Message]] = {
        f"instance_ids.{at}": [NOT_RUNNING] for at, number in enumerate(instance_ids) if number not in found
    }
    if strangers:
        raise ValidationFailed(strangers)
    return [found[number] for number in sorted(found)]


def _pairs(plan: Plan, state: State) -> list[tuple[str, str]]:
    standing = dict.fromkeys(token.node for token in state.tokens.values() if token.kind != LISTEN)
    return [(node, plan.of(node)) for node in standing]


def _foreseen(context: Context, plan: Plan, row: InstanceRow) -> MigrationItem:
    state = decode(row.content)
    found = migration.misfits(plan, state)
    return MigrationItem(
        row.id, row.business_key, LEFT if found else WAITING, _steps(context, plan, _pairs(plan, state)),
        _obstacles(context, plan, found),
    )  # fmt: skip


def _steps(context: Context, plan: Plan, pairs: Sequence[Sequence[str]]) -> tuple[Step, ...]:
    return tuple(
        Step(old, _name(context, plan.source, old), new, _name(context, plan.target, new)) for old, new in pairs
    )


def _obstacles(context: Context, plan: Plan, found: Sequence[Misfit]) -> tuple[Obstacle, ...]:
    language = context.actor.language
    return tuple(
        Obstacle(m.element_id, _name(context, plan.source, m.element_id), translate(m.message, language, **m.params))
        for m in found
    )


def _name(context: Context, definition: definitions.Definition, element: str) -> str:
    graph = definition.graph
    return graph.node(element).title(context.actor.language) if graph.knows(element) else element


def _ref(context: Context, definition: definitions.Definition) -> DefinitionRef:
    return presenting.definition_ref(context, definition)


def _view(context: Context, made: MigrationRow) -> MigrationView:
    session = context.session
    plan = Plan(
        definitions.load(session, made.from_definition_id),
        definitions.load(session, made.to_definition_id),
        made.mapping,
    )
    rows = session.execute(
        select(MigrationItemRow, InstanceRow.business_key)
        .join(InstanceRow, InstanceRow.id == MigrationItemRow.instance_id)
        .where(MigrationItemRow.migration_id == made.id)
        .order_by(MigrationItemRow.instance_id)
    ).all()
    items = tuple(
        MigrationItem(
            item.instance_id, key, item.state, _steps(context, plan, item.goes or []),
            _obstacles(context, plan, [Misfit(*misfit) for misfit in item.misfits or []]),
        )
        for item, key in rows
    )  # fmt: skip
    states = [item.state for item in items]
    return MigrationView(
        made.id, "done" if made.ended_at else "running", _ref(context, plan.source), _ref(context, plan.target),
        made.mapping, made.reason, made.total, states.count(MOVED), states.count(LEFT), made.created_at,
        presenting.people(session, [made.created_by]).get(made.created_by or 0), items,
    )  # fmt: skip
