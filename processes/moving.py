"""Instances moved by a supervisor: what runs is left and work begins elsewhere, looked at before it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine import modification
from engine.execution import Execution
from engine.history import record_action
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import ValidationFailed
from kernel.permissions import use_case
from processes import engine_room, outlook
from processes.instances import REASON_NEEDED, visible_row
from processes.views import MovedInstance


@use_case("instances.operate")
def modify_instance(
    context: Context,
    instance_id: int,
    *,
    cancel: Sequence[str] = (),
    cancel_runs: Sequence[int] = (),
    start_before: Sequence[str] = (),
    start_after: Sequence[str] = (),
    within: int | None = None,
    reason: str,
    preview: bool = False,
) -> MovedInstance:
    """Moves an instance by hand. A preview does it, looks what it ended and began, and undoes it."""
    change = modification.Modification(cancel, cancel_runs, start_before, start_after, within)
    return _move(
        context, instance_id, "modify", reason,
        lambda execution: modification.modify(execution, instance_id, change), preview=preview,
    )  # fmt: skip


def _move(
    context: Context, instance_id: int, kind: str, reason: str, act: Callable[[Execution], object], *, preview: bool
) -> MovedInstance:
    visible_row(context, instance_id)
    if not reason or not reason.strip():
        raise ValidationFailed({"reason": [REASON_NEEDED]})
    with savepoint(context.session, keep=not preview):
        execution = engine_room.execution(context)
        execution.lock(instance_id)
        before = outlook.standing(context, instance_id)
        act(execution)
        execution.write()
        context.session.flush()
        after = outlook.standing(context, instance_id)
        was, became = ([e.element_id for e in one.instance.active_elements] for one in (before, after))
        record_action(context, instance_id, kind, was=was, became=became, reason=reason.strip())
        return outlook.moved(before, after)
