"""Messages and signals: who waits for them, what they start, and the inbox for those that came too early."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, insert, select, text
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
KEPT = "kept"
"""The kind of delivery that brings a kept message and those who began to wait meanwhile together."""
MOST_STARTS = 500
"""So many instances may messages and signals start in one step."""
KEEP_THROWN = timedelta(days=30)
"""How long a message thrown inside the product waits in the inbox for somebody to want it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to correlate: by instance, by business key, by a correlation value, or by its name alone.

    `thrown` by a process, it may also reach instances that have no business key. `among` keeps the sender to some
    instances, as a condition on their rows.
    """

    name: str
    variables: dict[str, Any]
    business_key: str | None = None
    instance_id: int | None = None
    correlation: str | None = None
    thrown: bool = False
    among: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    instance_id: int
    token: int
    event: int


def deliver(execution: Execution, live: Live, thrown: Thrown) -> None:
    """What an element threw: signals reach everyone who waits, a message one receiver, a new instance or the inbox."""
    if thrown.kind == "signal":
        broadcast(execution, thrown.name, {}, sender=live)
        return
    correlation = None
    if thrown.node.extension.correlation:
        value = live.run.evaluate(thrown.node.extension.correlation, 0, thrown.node)
        correlation = None if value is None else str(value)
    message = Message(
        thrown.name, thrown.variables, business_key=live.business_key, correlation=correlation, thrown=True
    )
    if not correlate(execution, message, sender=live):
        # Who holds an instance must not wait for those who are beginning to wait: a job does, right after.
        _offer(execution, keep(execution, message, KEEP_THROWN))


def correlate(
    execution: Execution,
    message: Message,
    *,
    every: bool = False,
    sender: Live | None = None,
    wait: bool = True,
    starts: bool = True,
) -> list[dict[str, Any]]:
    """Gives a message to whoever waits for it (one, or `every`), else starts a process with it; answers what it
    reached as {instance_id, element_id, started}."""
    reached: list[dict[str, Any]] = []
    for waiting in _waiting(execution, "message", message):
        live = execution.lock(waiting.instance_id, wait=wait and sender is None)
        if live is None:
            _by_job(execution, message, instance_id=waiting.instance_id if every else None)
            reached.append({"instance_id": waiting.instance_id, "element_id": "", "started": False})
            if not every:
                return reached
            continue
        token = live.state.tokens.get(waiting.token)
        if live.status != ACTIVE or token is None:
            continue
        receive(live, token, waiting.event, message.variables)
        reached.append({"instance_id": live.id, "element_id": token.node, "started": False})
        if not every:
            return reached
        execution.settle()
    if not reached and starts:
        reached = _start(execution, "message", message.name, message.variables, message.business_key, sender)
    return reached


def receive(live: Live, token: Token, event: int, variables: dict[str, Any]) -> None:
    """The token's wait is over; what the message brought becomes variables."""
    live.run.set_variables(variables, token.scope)
    events.trigger(live.run, token, event)


def _waiting(execution: Execution, kind: str, message: Message) -> list[Waiting]:
    """Tokens that wait for this message, those in memory and those in the database, oldest instance first."""
    found: dict[tuple[int, int], Waiting] = {}
    for live in execution.lives.values():
        if live.status == ACTIVE and _fits(live, message):
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
        query = query.where(fits | key.is_(None) if message.thrown else fits)
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


def _fits(live: Live, message: Message) -> bool:
    if message.instance_id is not None:
        return live.id == message.instance_id
    if message.business_key is None:
        return True
    if message.business_key in (live.business_key, live.origin_key):
        return True
    return message.thrown and live.business_key is None


def _correlates(live: Live, token: Token, message: Message) -> bool:
    wanted = correlation_of(live, token)
    return message.correlation is None or wanted is None or wanted == message.correlation


def correlation_of(live: Live, token: Token) -> str | None:
    """The value by which messages find this token among others that wait for the same name; None takes any."""
    node = live.graph.node(token.node)
    if not node.extension.correlation:
        return None
    value = live.run.evaluate(node.extension.correlation, token.scope, node)
    return None if value is None else str(value)


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
        execution.starts += 1
        if execution.starts > MOST_STARTS:
            raise execution.endless(next(iter(execution.lives.values())))
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


def broadcast(
    execution: Execution, name: str, variables: dict[str, Any], sender: Live | None = None
) -> list[dict[str, Any]]:
    """A signal reaches everyone who waits for it and starts every process that begins with it. In the `sender` those who
    wait have heard it when it was thrown."""
    reached = []
    message = Message(name, variables)
    for waiting in _waiting(execution, "signal", message):
        if sender is not None and waiting.instance_id == sender.id:
            continue
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
    _schedule(
        execution,
        {
            "kind": kind,
            "name": message.name,
            "variables": message.variables,
            "business_key": message.business_key,
            "instance_id": instance_id or message.instance_id,
            "correlation": message.correlation,
            "thrown": message.thrown,
        },
    )


def _offer(execution: Execution, inbox_id: int) -> None:
    _schedule(execution, {"kind": KEPT, "inbox_id": inbox_id})


def _schedule(execution: Execution, payload: dict[str, Any]) -> None:
    now = execution.context.now()
    execution.context.session.add(
        JobRow(kind="deliver", due=now, created_at=now, payload=payload, state="ready", retries=10, event=0)
    )


def close_inbox(execution: Execution, name: str) -> None:
    """Waits until all who are just beginning to wait for a message have committed, and lets nobody else begin before
    this transaction ends: a message is then either given to them or found by them. Only for who holds no instance."""
    execution.context.session.execute(
        text("SELECT pg_advisory_xact_lock(:room, hashtext(:name))"), {"room": INBOX_LOCK, "name": name}
    )


def _begin_to_wait(session: Session, names: Iterable[str]) -> None:
    """From here to the end of this transaction nobody closes the inbox for these names."""
    for name in sorted(set(names)):
        session.execute(
            text("SELECT pg_advisory_xact_lock_shared(:room, hashtext(:name))"), {"room": INBOX_LOCK, "name": name}
        )


def keep(execution: Execution, message: Message, keep_for: timedelta) -> int:
    """Puts a message nobody waits for into the inbox; its id there."""
    now = execution.context.now()
    kept = insert(InboxRow).values(
        name=message.name,
        business_key=message.business_key,
        instance_id=message.instance_id,
        correlation=message.correlation,
        thrown=message.thrown,
        variables=message.variables,
        created_at=now,
        expires_at=now + keep_for,
    )
    return execution.context.session.execute(kept.returning(InboxRow.id)).scalar_one()


def correlate_or_keep(
    execution: Execution, message: Message, keep_for: timedelta, *, every: bool = False
) -> list[dict[str, Any]]:
    """What the message reached; nothing if it was kept for later. Only for who holds no instance."""
    reached = correlate(execution, message, every=every)
    if not reached:
        close_inbox(execution, message.name)
        reached = correlate(execution, message, every=every, wait=False)
    if not reached:
        keep(execution, message, keep_for)
    return reached


def offer_kept(execution: Execution, instance_ids: Sequence[int]) -> None:
    """Kept messages are offered again to instances that have not listened for a while, because they were suspended."""
    session = execution.context.session
    waiting = select(SubscriptionRow.name).where(
        SubscriptionRow.instance_id.in_(instance_ids), SubscriptionRow.kind == "message"
    )
    names = session.scalars(waiting.distinct()).all()
    _begin_to_wait(session, names)
    kept = select(InboxRow.id).where(InboxRow.name.in_(names), InboxRow.expires_at > execution.context.now())
    for inbox_id in session.scalars(kept.order_by(InboxRow.id)).all():
        _offer(execution, inbox_id)


def give_kept(execution: Execution, inbox_id: int) -> None:
    """Gives a kept message to whoever waits for it by now, or leaves it where it is. Only for who holds no instance."""
    session = execution.context.session
    name = session.scalar(select(InboxRow.name).where(InboxRow.id == inbox_id))
    if name is None:
        return
    close_inbox(execution, name)
    row = session.scalar(select(InboxRow).where(InboxRow.id == inbox_id).with_for_update())
    if row is None or row.expires_at <= execution.context.now():
        return
    message = Message(
        row.name, row.variables, business_key=row.business_key, instance_id=row.instance_id,
        correlation=row.correlation, thrown=row.thrown,
    )  # fmt: skip
    if correlate(execution, message, wait=False, starts=False):
        session.execute(delete(InboxRow).where(InboxRow.id == inbox_id))


def read_inbox(execution: Execution) -> bool:
    """Gives kept messages to tokens that have just begun to wait for them; True if any was given."""
    wanted: list[tuple[str, Live, Token, int]] = []
    for live in execution.lives.values():
        if live.status == ACTIVE:
            for token in live.new_tokens():
                wanted += [(name, live, token, index) for index, kind, name in awaits(live, token) if kind == "message"]
    if not wanted:
        return False
    _begin_to_wait(execution.context.session, (name for name, *_ in wanted))
    given = False
    for name, live, token, index in sorted(wanted, key=lambda one: one[0]):
        if token.id not in live.state.tokens:
            continue
        variables = _take(execution, live, token, name)
        if variables is not None:
            receive(live, token, index, variables)
            given = True
    return given


def _take(execution: Execution, live: Live, token: Token, name: str) -> dict[str, Any] | None:
    """The oldest kept message for a token leaves the inbox. Who holds one is waited for: he may not want it after all."""
    session = execution.context.session
    keys = [key for key in (live.business_key, live.origin_key) if key is not None]
    by_key = InboxRow.business_key.is_(None) | InboxRow.business_key.in_(keys)
    if live.business_key is None:
        by_key |= InboxRow.thrown
    query = select(InboxRow.id, InboxRow.variables).where(
        InboxRow.name == name,
        InboxRow.expires_at > execution.context.now(),
        (InboxRow.instance_id == live.id) | (InboxRow.instance_id.is_(None) & by_key),
    )
    wanted = correlation_of(live, token)
    if wanted is not None:
        query = query.where(InboxRow.correlation.is_(None) | (InboxRow.correlation == wanted))
    row = session.execute(query.order_by(InboxRow.id).limit(1).with_for_update()).first()
    if row is None:
        return None
    session.execute(delete(InboxRow).where(InboxRow.id == row.id))
    return dict(row.variables)
