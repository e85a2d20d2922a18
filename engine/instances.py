"""What can be done with an instance: start, complete, release, suspend, resume, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from engine import definitions, history, messages
from engine import state as kinds
from engine.behaviours import events, tasks
from engine.definitions import Definition
from engine.errors import NothingWaits, TaskNotOpen
from engine.execution import Execution
from engine.graph import Graph
from engine.live import Live
from engine.tables import ACTIVE, SUSPENDED, InstanceRow, JobRow, UserTaskRow
from kernel.errors import Conflict, ValidationFailed
from kernel.i18n import N_

SEVERAL_STARTS = N_("This process has several start events: say which one with start_event_id.")
NO_SUCH_START = N_("There is no such start event in this process.")


def start(
    execution: Execution,
    definition: Definition,
    *,
    variables: Mapping[str, Any],
    business_key: str | None = None,
    subject: tuple[str, int] | None = None,
    start_event: str | None = None,
) -> Live:
    """Starts an instance; nothing is written until the execution is."""
    starts = {node.id: node for node in definition.graph.beginnings}
    if start_event is not None and start_event not in starts:
        raise ValidationFailed({"start_event_id": [NO_SUCH_START]})
    if start_event is None:
        start_event = _only_start(definition.graph)
    return execution.create(
        definition, variables=variables, business_key=business_key, subject=subject, start_event=start_event
    )


def _only_start(graph: Graph) -> str | None:
    """Where a process starts of which nobody said where; None where its one gateway waits for the events itself."""
    starts, instantiating = graph.start_events(graph.root), graph.instantiating(graph.root)
    plain = [node for node in starts if not node.events]
    if len(plain) == 1:
        return plain[0].id
    if len(starts) + len(instantiating) > 1:
        raise ValidationFailed({"start_event_id": [SEVERAL_STARTS]})
    gateways = [node for node in instantiating if node.type == "eventBasedGateway"]
    return None if gateways else next((node.id for node in (*starts, *instantiating)), None)


def complete(
    execution: Execution,
    instance_id: int,
    token_id: int,
    *,
    result: str | None,
    variables: dict[str, Any],
    flows: list[str] | None = None,
) -> Live:
    """Completes the task of a token; a conflict if it is no longer open."""
    live = execution.lock(instance_id)
    assert live is not None
    token = live.state.tokens.get(token_id)
    if token is None or token.kind not in (kinds.TASK, kinds.CHOICE):
        raise TaskNotOpen()
    live = execution.active(instance_id)
    live.completed[token_id] = result
    if token.kind == kinds.CHOICE:
        live.run.set_variables(variables, token.scope)
        tasks.choose(live.run, token, flows or [])
    else:
        tasks.complete(live.run, token, result, variables, flows)
    return live


def release(execution: Execution, instance_id: int, element_id: str) -> Live:
    """Lets whatever waits at an element go by hand."""
    live = execution.active(instance_id)
    waiting = [t for t in live.state.tokens.values() if t.node == element_id and t.kind in (kinds.CATCH, kinds.LISTEN)]
    if not waiting:
        raise NothingWaits()
    token = waiting[0]
    history.record_action(execution.context, live.id, "release", was=element_id)
    node = live.graph.node(token.node)
    if node.parallel_multiple:
        token.data["seen"] = list(range(len(node.events)))
    events.trigger(live.run, token, 0)
    return live


def set_variables(execution: Execution, instance_id: int, values: Mapping[str, Any]) -> Live:
    """Changes variables of a running instance; conditions that wait are looked at again."""
    live = execution.active(instance_id)
    live.run.set_variables(values)
    return live


def suspend(execution: Execution, instance_id: int, reason: str | None) -> None:
    _switch(execution, instance_id, ACTIVE, SUSPENDED, reason)


def resume(execution: Execution, instance_id: int) -> None:
    _switch(execution, instance_id, SUSPENDED, ACTIVE, None)


def _switch(execution: Execution, instance_id: int, was: str, becomes: str, reason: str | None) -> None:
    """Suspends or resumes an instance with everything it called."""
    live = execution.lock(instance_id)
    assert live is not None
    if live.status == becomes:
        return
    if live.status != was:
        raise Conflict("instance_not_active", details={"state": live.status})
    session = execution.context.session
    family = [live.id]
    for parent in family:
        family += session.scalars(
            select(InstanceRow.id).where(InstanceRow.parent_id == parent, InstanceRow.state == was)
        ).all()
    session.execute(
        update(InstanceRow)
        .where(InstanceRow.id.in_(family))
        .values(state=becomes, version=InstanceRow.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(UserTaskRow)
        .where(UserTaskRow.instance_id.in_(family), UserTaskRow.state == "open")
        .values(suspended=becomes == SUSPENDED)
        .execution_options(synchronize_session=False)
    )
    job_was, job_becomes = ("ready", "suspended") if becomes == SUSPENDED else ("suspended", "ready")
    session.execute(
        update(JobRow)
        .where(JobRow.instance_id.in_(family), JobRow.state == job_was)
        .values(state=job_becomes)
        .execution_options(synchronize_session=False)
    )
    history.record_action(
        execution.context,
        live.id,
        "suspend" if becomes == SUSPENDED else "resume",
        was=was,
        became=becomes,
        reason=reason,
    )
    if becomes == ACTIVE:
        messages.offer_kept(execution, family)
    execution.lives.clear()


def cancel(execution: Execution, instance_id: int, reason: str) -> Live:
    live = execution.lock(instance_id)
    assert live is not None
    if live.status not in (ACTIVE, SUSPENDED):
        raise Conflict("instance_not_active", details={"state": live.status})
    history.record_action(execution.context, live.id, "cancel", was=live.status, became="cancelled", reason=reason)
    execution.cancel(live)
    return live


def retry(execution: Execution, instance_id: int, token_id: int) -> Live:
    """Tries an element again that stopped with an incident."""
    live = execution.active(instance_id)
    token = live.state.tokens.get(token_id)
    if token is None or token.kind != kinds.INCIDENT:
        raise NothingWaits()
    live.run.retry(token)
    return live


def definition_for(execution: Execution, key: str | None, definition_id: int | None) -> Definition:
    session = execution.context.session
    if definition_id is None:
        definition_id = definitions.latest_published(session, key or "")
    return definitions.load(session, definition_id)
