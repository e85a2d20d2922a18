"""Messages and signals: who waits for them, what they start, and the inbox for those that came too early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, select, text
from sqlalchemy.orm import Session

from engine import definitions
from engine import state as kinds
from engine.behaviours import events
from engine.effects import Thrown
from engine.names import awaited_names
from engine.state import Token
from engine.tables import ACTIVE, InboxRow, InstanceRow, JobRow, StartSubscriptionRow, SubscriptionRow

if TYPE_CHECKING:
    from engine.execution import Execution
    from engine.live import Live

INBOX_LOCK = 0x494E
KEEP_THROWN = timedelta(days=30)
"""How long a message thrown inside the product waits in the inbox for somebody to want it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to correlate: by instance, by business key, by a correlation value, or by its name alone.

    `among` keeps the sender to some instances, as a condition on their rows.
    """

    name: str
    variables: dict[str, Any]
    business_key: str | None = None
    instance_id: int | None = None
    correlation: str | None = None
    among: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    instance_id: int
    token: int
    event: int


def deliver(execution: Execution, live: Live, thrown: Thrown) -> None:
    """What an element threw: signals reach everyone who waits, a message one receiver, a new instance or the inbox."""
    if thrown.kind == "signal":
        broadcast(execution, thrown.name, {})
        return
    correlation = None
    if thrown.node.extension.correlation:
        value = live.run.evaluate(thrown.node.extension.correlation, 0, thrown.node)
        correlation = None if value is None else str(value)
    message = Message(thrown.name, thrown.variables, business_key=live.business_key, correlation=correlation)
    if not correlate(execution, message, sender=live):
        keep(execution, message, KEEP_THROWN)


def correlate(
    execution: Execution, message: Message, *, every: bool = False, sender: Live | None = None, wait: bool = True
) -> list[dict[str, Any]]:
    """Gives a message to whoever waits for it (one, or `every`), else starts a process with it; answers what it
    reached as {instance_id, element_id, started}."""
    reached: list[dict[str, Any]] = []
    for waiting in _waiting(execution, "message", message, sender):
        live = execution.lock(waiting.instance_id, wait=wait and sender is None)
        if live is None:
            _by_job(execution, message)
            return [{"instance_id": waiting.instance_id, "element_id": "", "started": False}]
        token = live.state.tokens.get(waiting.token)
        if live.status != ACTIVE or token is None:
            continue
        receive(live, token, waiting.event, message.variables)
        reached.append({"instance_id": live.id, "element_id": token.node, "started": False})
        if not every:
            return reached
        execution.settle()
    if not reached:
        reached = _start(execution, "message", message.name, message.variables, message.business_key, sender)
    return reached


def receive(live: Live, token: Token, event: int, variables: dict[str, Any]) -> None:
    """The token's wait is over; what the message brought becomes variables."""
    live.run.set_variables(variables, token.scope)
    events.trigger(live.run, token, event)


def _waiting(execution: Execution, kind: str, message: Message, sender: Live | None) -> list[Waiting]:
    """Tokens that wait for this message, those in memory and those in the database, oldest instance first."""
    found: dict[tuple[int, int], Waiting] = {}
    for live in execution.lives.values():
        if live.status == ACTIVE and _fits(live, message, sender):
            for token in live.state.tokens.values():
                for index, awaited, name in awaits(live, token):
                    if awaited == kind and name == message.name and _correlates(live, token, message):
                        found[live.id, token.id] = Waiting(live.id, token.id, index)
    query = (
        select(SubscriptionRow.instance_id, SubscriptionRow.token, SubscriptionRow.event)
        .join(InstanceRow, InstanceRow.id == SubscriptionRow.instance_id)
        .where(SubscriptionRow.kind == kind, SubscriptionRow.name == message.name, InstanceRow.state == ACTIVE)
        .order_by(SubscriptionRow.id)
        .limit(1000)
    )
    if message.instance_id is not None:
        query = query.where(SubscriptionRow.instance_id == message.instance_id)
    elif message.business_key is not None:
        key = InstanceRow.business_key
        fits = (key == message.business_key) | (InstanceRow.origin_key == message.business_key)
        query = query.where(fits | key.is_(None) if sender is not None else fits)
    if message.correlation is not None:
        query = query.where(
            (SubscriptionRow.correlation == message.correlation) | SubscriptionRow.correlation.is_(None)
        )
    if message.among is not None:
        query = query.where(message.among)
    for row in execution.context.session.execute(query):
        if row.instance_id not in execution.lives:
            found.setdefault((row.instance_id, row.token), Waiting(row.instance_id, row.token, row.event))
    return sorted(found.values(), key=lambda w: (w.instance_id, w.token))


def awaits(live: Live, token: Token) -> list[tuple[int, str, str]]:
    if token.kind not in (kinds.CATCH, kinds.LISTEN):
        return []
    return awaited_names(live.graph.node(token.node))


def _fits(live: Live, message: Message, sender: Live | None) -> bool:
    if message.instance_id is not None:
        return live.id == message.instance_id
    if message.business_key is None:
        return True
    if message.business_key in (live.business_key, live.origin_key):
        return True
    return sender is not None and live.business_key is None


def _correlates(live: Live, token: Token, message: Message) -> bool:
    node = live.graph.node(token.node)
    if message.correlation is None or not node.extension.correlation:
        return True
    return str(live.run.evaluate(node.extension.correlation, token.scope, node)) == message.correlation


def _start(
    execution: Execution, kind: str, name: str, variables: dict[str, Any], business_key: str | None, sender: Live | None
) -> list[dict[str, Any]]:
    rows = execution.context.session.execute(
        select(StartSubscriptionRow.definition_id, StartSubscriptionRow.element_id)
        .where(StartSubscriptionRow.kind == kind, StartSubscriptionRow.name == name)
        .order_by(StartSubscriptionRow.id)
    ).all()
    started = []
    for definition_id, element_id in rows:
        definition = definitions.load(execution.context.session, definition_id)
        awaited = awaited_names(definition.graph.node(element_id))
        live = execution.create(
            definition,
            variables=variables,
            business_key=business_key,
            subject=sender.subject if sender else execution.ports.subject_of(execution, business_key),
            start_event=element_id,
            happened=next(index for index, *what in awaited if what == [kind, name]),
        )
        started.append({"instance_id": live.id, "element_id": element_id, "started": True})
    return started


def broadcast(execution: Execution, name: str, variables: dict[str, Any]) -> list[dict[str, Any]]:
    """A signal reaches everyone who waits for it and starts every process that begins with it."""
    reached = []
    message = Message(name, variables)
    for waiting in _waiting(execution, "signal", message, None):
        live = execution.lock(waiting.instance_id, wait=not execution.lives)
        if live is None:
            _by_job(execution, message, kind="signal", instance_id=waiting.instance_id)
            continue
        token = live.state.tokens.get(waiting.token)
        if live.status != ACTIVE or token is None:
            continue
        reached.append({"instance_id": live.id, "element_id": token.node, "started": False})
        receive(live, token, waiting.event, variables)
    return reached + _start(execution, "signal", name, variables, None, None)


def _by_job(execution: Execution, message: Message, *, kind: str = "message", instance_id: int | None = None) -> None:
    """Somebody else holds the receiver: a job delivers later, so two instances never wait for each other."""
    now = execution.context.now()
    payload = {
        "kind": kind,
        "name": message.name,
        "variables": message.variables,
        "business_key": message.business_key,
        "instance_id": instance_id or message.instance_id,
        "correlation": message.correlation,
    }
    execution.context.session.add(
        JobRow(kind="deliver", due=now, created_at=now, payload=payload, state="ready", retries=10, event=0)
    )


def close_inbox(execution: Execution, name: str) -> None:
    """Waits until all who are just beginning to wait for a message have committed, and lets nobody else begin before
    this transaction ends: a message is then either given to them or found by them. Only for who holds no instance."""
    execution.context.session.execute(
        text("SELECT pg_advisory_xact_lock(:room, hashtext(:name))"), {"room": INBOX_LOCK, "name": name}
    )


def keep(execution: Execution, message: Message, keep_for: timedelta) -> None:
    """Puts a message nobody waits for into the inbox."""
    now = execution.context.now()
    execution.context.session.add(
        InboxRow(
            name=message.name,
            business_key=message.business_key,
            correlation=message.correlation,
            variables=message.variables,
            created_at=now,
            expires_at=now + keep_for,
        )
    )


def read_inbox(execution: Execution) -> bool:
    """Gives kept messages to tokens that have just begun to wait for them; True if any was given."""
    wanted: list[tuple[Live, Token, int, str]] = []
    for live in execution.lives.values():
        if live.status == ACTIVE:
            for token in live.new_tokens():
                wanted += [(live, token, index, name) for index, kind, name in awaits(live, token) if kind == "message"]
    if not wanted:
        return False
    for name in sorted({name for *_, name in wanted}):
        execution.context.session.execute(
            text("SELECT pg_advisory_xact_lock_shared(:room, hashtext(:name))"), {"room": INBOX_LOCK, "name": name}
        )
    given = False
    for live, token, index, name in wanted:
        row = _take(execution.context.session, live, token, name, execution)
        if row is not None and token.id in live.state.tokens:
            receive(live, token, index, row.variables)
            given = True
    return given


def _take(session: Session, live: Live, token: Token, name: str, execution: Execution) -> InboxRow | None:
    keys = [key for key in (live.business_key, live.origin_key) if key is not None]
    query = select(InboxRow).where(InboxRow.name == name, InboxRow.expires_at > execution.context.now())
    query = query.where(InboxRow.business_key.is_(None) | InboxRow.business_key.in_(keys))
    row = session.scalar(query.order_by(InboxRow.id).limit(1).with_for_update(skip_locked=True))
    if row is None or not _correlates(live, token, Message(name, {}, correlation=row.correlation)):
        return None
    session.execute(delete(InboxRow).where(InboxRow.id == row.id))
    return row
