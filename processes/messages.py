"""Messages and signals from outside the product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from engine import messages
from engine.messages import Message
from engine.tables import ACTIVE, SUSPENDED, InstanceRow
from kernel.context import Context
from kernel.errors import NotFound
from kernel.permissions import use_case
from processes import engine_room, facts, forms, instances, lead_flow

NOBODY_WAITS = lead_flow.NOBODY_WAITS


@use_case("messages.send")
def send_message(
    context: Context,
    *,
    name: str,
    business_key: str | None = None,
    instance_id: int | None = None,
    correlation_keys: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    all: bool = False,
    keep_for: timedelta | None = None,
) -> list[dict[str, Any]]:
    """What the message reached; an empty list if it was kept for later; NotFound if nobody waits for it.

    Processes of records that the caller does not see do not wait for him.
    """
    if name in lead_flow.MESSAGES and business_key is not None:
        return lead_flow.send(context, name, business_key, forms.json_values(variables or {}))
    business_key = facts.current_key(context, business_key)
    keys = list((correlation_keys or {}).values())
    message = Message(
        name,
        forms.json_values(variables or {}),
        business_key=business_key,
        instance_id=instance_id,
        correlation=str(keys[0]) if keys else None,
        among=or_(instances.visible(context), InstanceRow.subject_type.is_(None)),
    )
    execution = engine_room.execution(context)
    if keep_for is None:
        reached = messages.correlate(execution, message, every=all)
    else:
        _require_live(context, message)
        reached = messages.correlate_or_keep(execution, message, keep_for, every=all)
    if not reached and keep_for is None:
        raise NotFound("message_nobody_waiting", NOBODY_WAITS)
    execution.write()
    return reached


def _require_live(context: Context, message: Message) -> None:
    """A message is not kept for an instance that has ended, or that the sender does not see."""
    if message.instance_id is None or message.among is None:
        return
    live = select(InstanceRow.id).where(
        InstanceRow.id == message.instance_id, InstanceRow.state.in_((ACTIVE, SUSPENDED)), message.among
    )
    if context.session.scalar(live) is None:
        raise NotFound("message_nobody_waiting", NOBODY_WAITS)


@use_case("signals.send")
def send_signal(context: Context, *, name: str, variables: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Every instance that waits for the signal, and every process it starts."""
    execution = engine_room.execution(context)
    reached = messages.broadcast(execution, name, forms.json_values(variables or {}))
    execution.write()
    return reached
