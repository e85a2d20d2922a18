"""The way of a deal through its stages; the only place that writes `deal.stage`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, inspect, or_, select
from sqlalchemy.orm import joinedload

from crm_model import access, stages
from crm_model.deal_entities import CLOSE_REASONS, COMPETITOR_WON, OPEN, Deal, DealCompetitor, StageHistory
from kernel.context import Context
from kernel.errors import Conflict, Message, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case

NO_SUCH_STAGE = N_("Deals have no such stage.")
Missing = list[tuple[str, Message]]


@use_case("records.read")
def list_stage_history(ctx: Context, deal_id: int, page: Page) -> Slice[StageHistory]:
    """The entries of a deal in the order they happened."""
    access.get_visible(ctx, Deal, deal_id)
    query = (
        select(StageHistory)
        .where(StageHistory.deal_id == deal_id)
        .options(joinedload(StageHistory.by))
        .order_by(StageHistory.id)
        .limit(page.limit + 1)
    )
    if page.after:
        query = query.where(StageHistory.id > page.key(int)[0])
    return slice_of(ctx.session.scalars(query).all(), page, lambda row: [row.id])


def move_to_stage(
    ctx: Context,
    deal: Deal,
    stage: str,
    *,
    cause: str,
    instance_id: int | None = None,
    element_id: str | None = None,
    reason: str | None = None,
    again: bool = False,
) -> StageHistory | None:
    """Puts the deal into a stage and notes it; None where it is there already, unless it enters it `again`.

    Locks the deal's row. Status, closing time and probability follow the stage. A closed deal moves only with the
    cause `reopen`; what a stage requires is asked before, by `missing_for`.
    """
    known = stages.find(stage)
    if known is None or stage not in stages.DEAL_CODES:
        raise ValidationFailed({"stage": [NO_SUCH_STAGE]})
    is_new = not inspect(deal).persistent
    if not is_new:
        # A refresh throws away what has not been flushed, such as the tactics recorded a moment before.
        ctx.session.flush()
        ctx.session.refresh(deal, with_for_update=True)
    if not is_new and deal.stage == stage and not again:
        return None
    if not is_new and not deal.is_open and cause != "reopen":
        raise closed(deal)

    came_from, since = (None, None) if is_new else (deal.stage, deal.stage_entered_at)
    deal.stage = stage
    deal.stage_entered_at = ctx.now()
    _follow(ctx, deal, known)
    ctx.session.add(deal)
    ctx.session.flush()

    entry = StageHistory(
        deal_id=deal.id,
        from_stage=came_from,
        to_stage=stage,
        at=ctx.now(),
        by_id=ctx.actor.user_id,
        cause=cause,
        reason=reason,
        instance_id=instance_id,
        element_id=element_id,
        visit=_visits(ctx, deal, stage) + 1,
        duration=ctx.now() - since if since else None,
    )
    ctx.session.add(entry)
    ctx.session.flush()
    return entry


def closed(deal: Deal) -> Conflict:
    """The answer to whoever wants to move or work on a deal that is over."""
    return Conflict(
        "deal_closed",
        N_("The deal is closed. A supervisor can reopen it."),
        details={"deal_id": deal.id, "stage": deal.stage, "status": deal.status},
    )


def missing_for(ctx: Context, deal: Deal, stage: str, values: Mapping[str, Any] | None = None) -> Missing:
    """What the deal lacks to enter a stage, as (field, message); `values` are what is about to be given with it."""
    given = {key: value for key, value in (values or {}).items() if value not in (None, "")}
    known = stages.find(stage)
    if known is None:
        return [("stage", Message(NO_SUCH_STAGE))]
    missing: Missing = []
    if stage == stages.LOST:
        missing += _missing_to_lose(ctx, deal, given)
    if stage == stages.REROUTED and not given.get("reroute_to") and not deal.rerouted_to:
        missing.append(("reroute_to", Message(N_("Choose the process the client moves to."))))
    asked = {field for field, _ in missing}
    for field in known.required_fields:
        if field not in asked and field not in given and getattr(deal, field, None) in (None, ""):
            missing.append((field, Message(N_("The stage needs this field."))))
    return missing


def _missing_to_lose(ctx: Context, deal: Deal, given: Mapping[str, Any]) -> Missing:
    reason = given.get("close_reason") or deal.close_reason
    if reason is None:
        return [("close_reason", Message(N_("Say why the deal was lost.")))]
    if reason not in CLOSE_REASONS:
        return [("close_reason", Message(N_("Choose a reason from the list.")))]
    if reason != COMPETITOR_WON:
        return []
    winner = given.get("winner_competitor_id") or deal.winner_competitor_id
    if winner is None:
        return [("winner_competitor_id", Message(N_("Mark the competitor who won.")))]
    competitor = ctx.session.get(DealCompetitor, winner) if isinstance(winner, int) else None
    if competitor is None or competitor.deal_id != deal.id:
        return [("winner_competitor_id", Message(N_("This competitor does not take part in the deal.")))]
    return []


def _follow(ctx: Context, deal: Deal, stage: stages.Stage) -> None:
    """Status, closing and probability as the stage says; reopening forgets how the deal was closed."""
    status = stage.code if stage.is_final else OPEN
    if deal.status != OPEN and status == OPEN:
        deal.close_reason = deal.winner_competitor_id = deal.rerouted_to = None
    deal.status = status
    deal.closed_at = ctx.now() if stage.is_final else None
    if stage.is_final or not deal.probability_is_manual:
        deal.probability = stage.probability


def _visits(ctx: Context, deal: Deal, stage: str) -> int:
    query = select(func.count()).where(StageHistory.deal_id == deal.id, StageHistory.to_stage == stage)
    return ctx.session.scalar(query) or 0


def going_round() -> Select[Any]:
    """Ids of deals that have entered one of their stages more often than is normal."""
    often = [
        (StageHistory.to_stage == stage.code) & (StageHistory.visit > stage.norm_visits) for stage in stages.STAGES
    ]
    return select(StageHistory.deal_id).where(or_(*often))
