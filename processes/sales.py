"""Deals in their process: start, where they stand, and asking the process for another stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from crm_model import access, deals, stages
from crm_model.deal_entities import Deal, StageHistory
from crm_model.stage_history import closed, missing_for, move_to_stage
from engine import messages
from engine.execution import Execution
from engine.messages import Message as ProcessMessage
from engine.tables import InstanceRow, UserTaskRow
from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import Conflict, ValidationFailed, text_of
from kernel.i18n import N_, translate
from kernel.paging import Page
from kernel.permissions import use_case
from processes import engine_room, handover, instances, presenting, starting, waits
from processes.deal_views import DealProcess, StageMark, StagePreview
from processes.instances import start_instance
from processes.tasks import list_tasks
from processes.views import DealBrief, InstanceView, TaskFilter, TaskView, Wait

PROCESS = "corporate_sale"
CHANGE_STAGE = "deal.change_stage"
NO_SUCH_STAGE = N_("Choose a stage that deals have.")
PROCESS_NEEDED = N_("Choose the process to move the client to.")
CANNOT_NOW = N_("The process cannot change the stage right now. Ask a supervisor to look at it.")
ALREADY_THERE = N_("The deal is at this stage now.")
CLOSED = N_("The deal is closed.")
NOT_CLOSED = N_("The deal is open, so there is nothing to reopen.")
WAITS_FOR = N_("Now: %(work)s.")
NO_PROCESS = N_("No process runs for this deal. Start the sale, and the next step appears here.")
DEAL_CLOSED = N_("The deal is closed: %(stage)s.")
PROCESS_WAITS = N_("The process waits: %(what)s.")


@use_case("instances.start")
def start_sale(context: Context, *, subject: Mapping[str, Any]) -> InstanceView:
    """Starts a corporate sale on a lead, account, contact or deal."""
    return start_instance(context, definition_key=PROCESS, subject=subject)


@use_case("deals.write")
def update_deal(context: Context, deal_id: int, values: Mapping[str, Any]) -> Deal:
    """Changes a deal's data; a new owner gets the open work too."""
    deal = access.get_visible(context, Deal, deal_id)
    if "owner_id" in values:
        handover.lock(context, deal.id)
        context.session.refresh(deal)
    was = deal.owner_id
    deal = deals.update_deal(context, deal_id, dict(values))
    handover.follow(context, deal.id, was, deal.owner_id)
    return deal


@use_case("deals.write")
def change_stage(
    context: Context,
    deal_id: int,
    *,
    stage: str,
    reason: str | None = None,
    close_reason: str | None = None,
    winner_competitor_id: int | None = None,
    reroute_to: str | None = None,
) -> DealBrief:
    """Asks the process for a stage; a deal without a running process is moved by hand."""
    asked = _Asked(stage, reason, close_reason, winner_competitor_id, reroute_to)
    deal = _open_deal(context, deal_id, stage)
    missing = _missing(context, deal, asked)
    if missing:
        raise ValidationFailed({field: [message] for field, message in missing})
    _move(context, deal, asked)
    context.session.flush()
    return presenting.deal_brief(context.session, deal.id)


@use_case("deals.write")
def preview_stage(
    context: Context,
    deal_id: int,
    *,
    stage: str,
    reason: str | None = None,
    close_reason: str | None = None,
    winner_competitor_id: int | None = None,
    reroute_to: str | None = None,
) -> StagePreview:
    """What the change would cancel and create: it is really done, looked at, and undone."""
    asked = _Asked(stage, reason, close_reason, winner_competitor_id, reroute_to)
    deal = _open_deal(context, deal_id, stage)
    language = context.actor.language
    missing = tuple(
        {"field": field, "message": text_of(message, language)} for field, message in _missing(context, deal, asked)
    )
    before = _open_work(context, deal.id)
    with savepoint(context.session, keep=False):
        _move(context, deal, asked.filled())
        context.session.flush()
        after = _open_work(context, deal.id)
    cancels = tuple(row for key, row in before.items() if key not in after)
    creates = tuple(
        {"element_id": row["element_id"], "name": row["name"]} for key, row in after.items() if key not in before
    )
    return StagePreview(cancels, creates, missing)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A requested stage with what closing needs."""

    stage: str
    reason: str | None
    close_reason: str | None
    winner_competitor_id: int | None
    reroute_to: str | None

    def filled(self) -> _Asked:
        """For a preview: as if what is missing had been given."""
        if self.stage == stages.LOST:
            return replace(self, close_reason=self.close_reason or "other")
        if self.stage == stages.REROUTED:
            return replace(self, reroute_to=self.reroute_to or PROCESS)
        return self

    def variables(self) -> dict[str, Any]:
        return {
            "next_stage": self.stage,
            "close_reason": self.close_reason,
            "winner_competitor_id": self.winner_competitor_id,
            "reroute_to": self.reroute_to,
        }


def _open_deal(context: Context, deal_id: int, stage: str) -> Deal:
    deal = access.get_visible(context, Deal, deal_id)
    known = stages.find(stage)
    if known is None or stage == stages.INTEREST:
        raise ValidationFailed({"stage": [NO_SUCH_STAGE]})
    if not deal.is_open:
        raise closed(deal)
    return deal


def _missing(context: Context, deal: Deal, asked: _Asked) -> list[tuple[str, Any]]:
    missing: list[tuple[str, Any]] = list(missing_for(context, deal, asked.stage, asked.variables()))
    if asked.stage == stages.REROUTED:
        missing = [(field, message) for field, message in missing if field not in ("reroute_to", "rerouted_to")]
        if not asked.reroute_to:
            missing.append(("reroute_to", PROCESS_NEEDED))
        else:
            starting.check_startable(context, asked.reroute_to, path="reroute_to")
    return missing


def _move(context: Context, deal: Deal, asked: _Asked) -> None:
    running = starting.running_instance(context, ("deal", deal.id))
    if running is None:
        _move_by_hand(context, deal, asked)
        return
    execution = engine_room.execution(context, cause="change")
    execution.active(running)
    message = ProcessMessage(CHANGE_STAGE, asked.variables(), instance_id=running)
    if not messages.correlate(execution, message):
        raise Conflict("stage_cannot_change", CANNOT_NOW, details={"instance_id": running})
    execution.write()
    context.session.refresh(deal)
    _give_reason(context, deal, asked)


def _give_reason(context: Context, deal: Deal, asked: _Asked) -> None:
    """The process writes the history; why a person asked for the stage stands beside it."""
    context.session.flush()
    entries = select(StageHistory).where(StageHistory.deal_id == deal.id, StageHistory.to_stage == asked.stage)
    newest = context.session.scalars(entries.order_by(StageHistory.id.desc()).limit(1)).first()
    if newest is not None and asked.reason:
        newest.reason = asked.reason


def _move_by_hand(context: Context, deal: Deal, asked: _Asked) -> None:
    if asked.stage == stages.LOST and asked.close_reason:
        deals.record_closing(
            context, deal, close_reason=asked.close_reason, winner_competitor_id=asked.winner_competitor_id
        )
    if asked.stage == stages.REROUTED and asked.reroute_to:
        deals.record_rerouting(context, deal, asked.reroute_to)
        execution = engine_room.execution(context)
        starting.start_for_reroute(execution, asked.reroute_to, deal)
        execution.write()
    move_to_stage(context, deal, asked.stage, cause="manual", reason=asked.reason)


def _open_work(context: Context, deal_id: int) -> dict[tuple[str, int], dict[str, Any]]:
    """The process's open tasks and activities of a deal, by kind and id."""
    from crm_model.activities import OPEN_STATUSES, Activity

    found: dict[tuple[str, int], dict[str, Any]] = {}
    ids = context.session.scalars(
        select(UserTaskRow.id).where(
            UserTaskRow.subject_type == "deal", UserTaskRow.subject_id == deal_id, UserTaskRow.state == "open"
        )
    ).all()
    for task in presenting.tasks_of(context, ids):
        found["task", task.id] = {"element_id": task.element_id, "name": task.name, "task_id": task.id}
    planned = select(Activity).where(
        Activity.deal_id == deal_id,
        Activity.instance_id.is_not(None),
        Activity.task_id.is_(None),
        Activity.status.in_(OPEN_STATUSES),
    )
    for activity in context.session.scalars(planned):
        found["activity", activity.id] = {
            "element_id": activity.element_id, "name": activity.subject, "activity_id": activity.id,
        }  # fmt: skip
    return found


@use_case("deals.reopen")
def reopen_deal(context: Context, deal_id: int, *, stage: str, reason: str) -> DealBrief:
    """A closed deal goes on at a stage, in a new instance; kept in the deal's history with who and why."""
    deal = access.get_visible(context, Deal, deal_id)
    known = stages.find(stage)
    if known is None or known.is_final or stage == stages.INTEREST:
        raise ValidationFailed({"stage": [NO_SUCH_STAGE]})
    if deal.is_open:
        raise Conflict("deal_open", NOT_CLOSED)
    if not reason or not reason.strip():
        raise ValidationFailed({"reason": [instances.REASON_NEEDED]})
    move_to_stage(context, deal, stage, cause="reopen", reason=reason.strip())
    execution: Execution = engine_room.execution(context)
    running = starting.running_instance(context, ("deal", deal.id))
    if running is not None:
        execution.cancel(execution.active(running))
        execution.write()
        execution = engine_room.execution(context)
    from engine.instances import definition_for

    starting.start_on(execution, definition_for(execution, PROCESS, None), subject={"type": "deal", "id": deal.id})
    execution.write()
    return presenting.deal_brief(context.session, deal.id)


@use_case("records.read")
def deal_process(context: Context, deal_id: int) -> DealProcess:
    """Where a deal stands: stage bar, open tasks, what it waits for, and a sentence that says so."""
    deal = access.get_visible(context, Deal, deal_id)
    instance = _latest_instance(context, deal_id)
    tasks: tuple[TaskView, ...] = ()
    waiting: list[Wait] = []
    view = None
    if instance is not None:
        view = presenting.instance(context, instance.id)
        tasks = tuple(list_tasks(context, TaskFilter(subject=f"deal:{deal_id}", postponed=None), Page()).items)
        waiting = waits.of(context, instance)
    marks = _marks(context, deal)
    return DealProcess(
        view, marks, _sentence(context, deal, tasks, waiting, instance), tasks, tuple(waiting), deal.stage_entered_at
    )


def _latest_instance(context: Context, deal_id: int) -> InstanceRow | None:
    running = starting.running_instance(context, ("deal", deal_id))
    query = select(InstanceRow).where(InstanceRow.business_key == f"deal:{deal_id}", InstanceRow.parent_id.is_(None))
    if running is not None:
        query = query.where(InstanceRow.id == running)
    return context.session.scalar(query.order_by(InstanceRow.id.desc()).limit(1))


def _marks(context: Context, deal: Deal) -> tuple[StageMark, ...]:
    visits = dict(
        context.session.execute(
            select(StageHistory.to_stage, func.count())
            .where(StageHistory.deal_id == deal.id)
            .group_by(StageHistory.to_stage)
        ).all()
    )
    language = context.actor.language
    marks = []
    for stage in stages.STAGES:
        if stage.code == stages.INTEREST:
            continue
        is_current = stage.code == deal.stage
        state = "current" if is_current else "passed" if visits.get(stage.code) else "possible"
        refusal = CLOSED if not deal.is_open else ALREADY_THERE if is_current else None
        marks.append(
            StageMark(
                stage.code,
                stage.title(language),
                state,
                visits.get(stage.code, 0),
                stage.is_final,
                refusal is None,
                translate(refusal, language) if refusal else None,
            )
        )
    return tuple(marks)


def _sentence(
    context: Context, deal: Deal, tasks: tuple[TaskView, ...], waiting: list[Wait], instance: InstanceRow | None
) -> str:
    language = context.actor.language
    stage = stages.find(deal.stage)
    if not deal.is_open:
        return translate(DEAL_CLOSED, language, stage=stage.title(language) if stage else deal.stage)
    if tasks:
        return translate(WAITS_FOR, language, work=", ".join(task.name for task in tasks))
    named = [wait for wait in waiting if wait.kind not in ("message", "signal")] or waiting
    if instance is None or not named:
        return translate(NO_PROCESS, language)
    return named[0].text or translate(PROCESS_WAITS, language, what=named[0].element_name)
