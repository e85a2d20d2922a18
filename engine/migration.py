"""Migration: a running instance goes on in another version of its process, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from bpmn.model import Node
from engine import state as kinds
from engine.behaviours import ad_hoc, events
from engine.definitions import Definition
from engine.errors import MigrationRefused
from engine.execution import Execution
from engine.graph import Graph
from engine.live import InstanceHost, Live
from engine.state import DONE, ROOT, UNDO, State, Token
from engine.tables import ACTIVE
from kernel.i18n import N_

MISSING = N_("There is no “%(target)s” in the new version. Say which element takes its place.")
OTHER_TYPE = N_("“%(target)s” is another kind of element in the new version.")
OTHER_PLACE = N_("“%(target)s” lies in another sub-process in the new version.")
OTHER_EVENTS = N_("“%(target)s” waits for something else in the new version.")
OTHER_LOOP = N_("“%(target)s” repeats in another way in the new version.")
OTHER_WORK = N_("“%(target)s” has its work done by another operation in the new version.")
OTHER_FLOWS = N_("A branch has already arrived at “%(target)s” by a way that the new version does not have.")
TO_UNDO = N_("What could be undone here cannot be carried over to the new version.")
NOT_ACTIVE = N_("Only a running process can go on in another version; this one is suspended or over.")
HELD = frozenset({kinds.TASK, kinds.CHOICE, kinds.CATCH, kinds.JOB, kinds.CALL, kinds.SCOPE, kinds.LOOP})
"""Kinds of tokens that stand in an activity, and so beside its boundary events."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a token cannot go on in the new version, at the element where it stands."""

    element_id: str
    message: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """From one version to another; `mapping` says which element takes the place of which, others keep their ids."""

    source: Definition
    target: Definition
    mapping: Mapping[str, str] = field(default_factory=dict)

    def of(self, element: str) -> str:
        return self.target.graph.root if element == self.source.graph.root else self.mapping.get(element, element)


def misfits(plan: Plan, state: State) -> list[Misfit]:
    """Everything that keeps an instance from going on in the new version; nothing where it can."""
    found = [
        misfit for token in state.tokens.values() if token.kind != kinds.LISTEN for misfit in _misfits_of(plan, token)
    ]
    for scope in state.scopes.values():
        if scope.id != ROOT and not plan.target.graph.knows(plan.of(scope.node)):
            found.append(Misfit(scope.node, MISSING, {"target": plan.of(scope.node)}))
        if plan.mapping and (DONE in scope.data or UNDO in scope.data or ad_hoc.TAKEN in scope.data):
            found.append(Misfit(scope.node, TO_UNDO))
    return list({(one.element_id, one.message): one for one in found}.values())


def _misfits_of(plan: Plan, token: Token) -> Iterator[Misfit]:
    """The first reason for this token; it is looked at in the order in which a person would."""
    source, target = plan.source.graph.node(token.node), plan.of(token.node)
    if not plan.target.graph.knows(target):
        yield Misfit(token.node, MISSING, {"target": target})
        return
    new = plan.target.graph.node(target)
    for message, fits in (
        (OTHER_TYPE, new.type == source.type),
        (OTHER_PLACE, new.scope == plan.of(source.scope)),
        (OTHER_EVENTS, _awaits(new) == _awaits(source) or token.kind != kinds.CATCH),
        (OTHER_LOOP, _repeats(new) == _repeats(source)),
        (OTHER_WORK, new.extension.topic == source.extension.topic or token.kind != kinds.JOB),
        (OTHER_FLOWS, set(_arrived(token)) <= set(new.incoming) or token.kind != kinds.JOIN),
    ):
        if not fits:
            yield Misfit(token.node, message, {"target": new.name or target})
            return


def _awaits(node: Node) -> list[str]:
    return [event.kind for event in node.events]


def _repeats(node: Node) -> tuple[bool, bool] | None:
    return (node.loop.multi, node.loop.sequential) if node.loop else None


def _arrived(token: Token) -> list[str]:
    via = token.data.get("via", [])
    return via if isinstance(via, list) else [via]


def migrate(execution: Execution, instance_id: int, plan: Plan) -> Live:
    """Lets an instance go on in the new version: what it waits for stays, with its due times; boundary events that are
    new there begin, those that are gone end. MigrationRefused says what does not fit; nothing is changed then."""
    live = execution.lock(instance_id)
    assert live is not None
    found = [Misfit(live.graph.root, NOT_ACTIVE)] if live.status != ACTIVE else misfits(plan, live.state)
    if live.definition.id != plan.source.id:
        found = [Misfit(live.graph.root, NOT_ACTIVE)]
    if found:
        raise MigrationRefused(found)
    for token in live.state.tokens.values():
        token.node = plan.of(token.node)
    for scope in live.state.scopes.values():
        scope.node = plan.of(scope.node)
    moved = _reborn(execution, live, plan.target)
    _listen_anew(moved, plan)
    _rename_rows(execution, moved)
    moved.run.facts_changed()
    return moved


def _reborn(execution: Execution, live: Live, target: Definition) -> Live:
    moved = Live(
        id=live.id, definition=target, state=live.state, host=InstanceHost(execution), status=live.status,
        version=live.version, root_id=live.root_id, parent_id=live.parent_id, parent_token=live.parent_token,
        business_key=live.business_key, origin_key=live.origin_key, subject=live.subject, started_at=live.started_at,
        started_by=live.started_by, ended_at=live.ended_at,
    )  # fmt: skip
    moved.stored = live.stored[:1]  # what it was, for the way back; no snapshot equals it, so it is written in any case
    execution.lives[live.id] = moved
    return moved


def _listen_anew(moved: Live, plan: Plan) -> None:
    """Names of messages may differ, so what waits for events is written anew; due times are the token's own."""
    run, graph = moved.run, moved.graph
    carried = {plan.of(node) for node in plan.source.graph.process.nodes}
    for token in list(run.state.tokens.values()):
        if token.kind == kinds.LISTEN and not _still_listens(graph, run.state, token):
            del run.state.tokens[token.id]
        elif token.kind in (kinds.LISTEN, kinds.CATCH):
            run.rearmed.add(token.id)
        elif token.kind in HELD:
            for boundary in graph.boundaries(token.node):
                if boundary.id not in carried:
                    events.arm_boundary(run, boundary, token)
    for scope in list(run.state.scopes.values()):
        for sub_process in graph.event_sub_processes(scope.node) if not scope.helper else ():
            if sub_process.id not in carried:
                events.arm_event_sub_process(run, sub_process, scope.id)


def _still_listens(graph: Graph, state: State, token: Token) -> bool:
    if not graph.knows(token.node):
        return False
    host = state.tokens.get(token.data.get("host", 0))
    return host is None or graph.node(token.node).attached_to == host.node


def _rename_rows(execution: Execution, moved: Live) -> None:
    """Rows that live on beside the state: they are those of the new version from now on."""
    nodes = [
        {"token": token.id, "element_id": token.node, "stage": moved.graph.node(token.node).extension.stage}
        for token in moved.state.tokens.values()
    ]
    values: dict[str, Any] = {
        "id": moved.id, "definition": moved.definition.id, "key": moved.definition.key, "nodes": Jsonb(nodes),
    }  # fmt: skip
    named = "FROM jsonb_to_recordset(%(nodes)s) AS x(token int, element_id text, stage text)"
    same = "WHERE r.instance_id = %(id)s AND r.token = x.token"
    statement = (
        "WITH tasks AS (UPDATE user_task r SET definition_id = %(definition)s, definition_key = %(key)s,"
        f" element_id = x.element_id, stage = x.stage {named} {same} AND r.state = 'open'),"
        f" jobs AS (UPDATE job r SET element_id = x.element_id {named} {same}),"
        f" troubles AS (UPDATE incident r SET element_id = x.element_id {named} {same} AND r.resolved_at IS NULL)"
        " UPDATE process_instance SET definition_id = %(definition)s, definition_key = %(key)s WHERE id = %(id)s"
    )
    execution.context.session.connection().exec_driver_sql(statement, values)
