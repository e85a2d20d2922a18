"""Instances moved by a supervisor, aside or back in their history, and looked at before it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine import modification, rewinding
from engine.execution import Execution
from engine.history import record_action
from engine.tables import ACTIVE
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import Conflict, ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case
from processes import departures, engine_room, outlook, starting
from processes.instances import REASON_NEEDED, visible_row
from processes.views import Effect, MovedInstance

STANDS_AT = rewinding.STANDS_AT
RUN_NEEDED = N_("Say to which run of the history, or to which element, it shall go back.")


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

    def act(execution: Execution) -> None:
        modification.modify(execution, instance_id, change)

    return _move(context, instance_id, "modify", reason, act, preview=preview)


@use_case("instances.operate")
def rewind_instance(
    context: Context,
    instance_id: int,
    *,
    run: int | None = None,
    element_id: str | None = None,
    reason: str,
    preview: bool = False,
) -> MovedInstance:
    """Puts an instance back to where a run of the history (or the last one of an element) was entered, with the
    variables of that time. `gone_out` is what stays done."""
    if (run is None) == (element_id is None):
        raise ValidationFailed({"run": [RUN_NEEDED]})
    gone_out: tuple[Effect, ...] = ()

    def act(execution: Execution) -> None:
        nonlocal gone_out
        _require_alone(context, execution, instance_id)
        chosen, place = rewinding.rewind(execution, instance_id, run=run, element=element_id)
        gone_out = departures.since(context, instance_id, chosen.run, place.last_run)

    moved = _move(context, instance_id, "rewind", reason, act, preview=preview)
    return replace(moved, gone_out=gone_out)


def _require_alone(context: Context, execution: Execution, instance_id: int) -> None:
    """One that is over does not go on beside another that has taken its place."""
    live = execution.lock(instance_id)
    if live is None or live.status == ACTIVE or live.subject is None or not starting.drives_deals(live.definition):
        return
    other = starting.running_instance(context, live.subject, live.definition.key)
    if other is not None and other != live.id:
        raise Conflict("already_running", starting.ALREADY_RUNNING, details={"instance_id": other})


def _move(
    context: Context, instance_id: int, kind: str, reason: str, act: Callable[[Execution], None], *, preview: bool
) -> MovedInstance:
    visible_row(context, instance_id)
    if not reason or not reason.strip():
        raise ValidationFailed({"reason": [REASON_NEEDED]})
    with savepoint(context.session, keep=not preview):
        execution = engine_room.execution(context, cause="manual" if kind == "rewind" else "process")
        execution.lock(instance_id)
        before = outlook.standing(context, instance_id)
        act(execution)
        execution.write()
        context.session.flush()
        after = outlook.standing(context, instance_id)
        was, became = ([e.element_id for e in one.instance.active_elements] for one in (before, after))
        record_action(context, instance_id, kind, was=was, became=became, reason=reason.strip())
        return outlook.moved(before, after)
