"""Operations on deals: what the corporate sale records and decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm_model import activities, business_lines, deals, leads, stages, users
from crm_model import competitors as rivals
from crm_model import participants as people
from crm_model.deal_entities import COMPETITOR_WON
from crm_model.leads import Lead
from crm_model.stage_history import missing_for
from engine.live import Step
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import presentation
from processes.operations.registry import operation
from processes.operations.subject import deal_of

CHOOSE_OWNER = N_("Choose who goes on with the deal.")
CHOOSE_LINE = N_("Choose the business line.")
REASON_OR_PROCESS = N_("Say why the deal was lost, or choose the process to move to.")


@operation(
    "deal.create",
    title=N_("Create the deal"),
    gives=("deal_id", "next_stage", "presentation_activity_id", "presentation_given"),
)
def create(
    step: Step,
    *,
    account_id: int,
    title: str,
    amount: Decimal | None = None,
    continue_as: str | None = None,
    owner_id: int | None = None,
    business_line_id: int | None = None,
    next_stage: str | None = None,
    meeting_at: datetime | None = None,
) -> Mapping[str, Any]:
    """The deal is born: its owner by `continue_as`, the presentation at the agreed time, the process bound to it."""
    natural = stages.POTENTIAL if continue_as == "line" else stages.NEEDS
    wanted = next_stage or natural
    first = natural if stages.is_final(wanted) or wanted == stages.INTEREST else wanted
    subject_type, subject_id = step.live.subject or (None, None)
    deal = deals.make(
        step.context,
        {
            "title": title,
            "account_id": account_id,
            "contact_id": subject_id if subject_type == "contact" else None,
            "lead_id": subject_id if subject_type == "lead" else None,
            "amount": amount,
            "business_line_id": business_line_id,
            "owner_id": _owner(step, continue_as, owner_id, business_line_id),
        },
        stage=first,
        cause="process",
        instance_id=step.live.id,
        element_id=first,
    )
    lead = step.context.session.get(Lead, subject_id) if subject_type == "lead" else None
    if lead is not None:
        leads.set_deal(step.context, lead, deal.id, account_id)
    step.set_subject("deal", deal.id)
    planned = presentation.plan(step.execution, step.live, deal, meeting_at) if meeting_at else {}
    return {"deal_id": deal.id, "next_stage": wanted, **planned}


def _owner(step: Step, continue_as: str | None, owner_id: int | None, business_line_id: int | None) -> int | None:
    actor = step.context.actor.user_id or step.live.started_by
    if continue_as == "other":
        if owner_id is None:
            raise ValidationFailed({"owner_id": [CHOOSE_OWNER]})
        return owner_id
    if continue_as == "line":
        if business_line_id is None:
            raise ValidationFailed({"business_line_id": [CHOOSE_LINE]})
        return business_lines.head_of(step.context.session, business_line_id) or actor
    return actor


@operation("deal.assign_owner", title=N_("Assign the deal's owner"))
def assign_owner(step: Step, *, owner_id: int | None = None) -> None:
    if owner_id is not None:
        users.require_active(step.context.session, owner_id)
        deals.set_owner(step.context, deal_of(step), owner_id)


@operation("deal.record_presentation_plan", title=N_("Record the plan of the presentation"))
def record_presentation_plan(
    step: Step, *, attendee_ids: list[int] | None = None, competitors: list[Any] | None = None
) -> None:
    deal = deal_of(step)
    if attendee_ids:
        people.add_contacts(step.context, deal, attendee_ids)
    if competitors:
        rivals.set_competitors(step.context, deal, competitors)


@operation("deal.record_presentation", title=N_("Record the results of the presentation"))
def record_presentation(
    step: Step,
    *,
    attendee_ids: list[int] | None = None,
    tactics: str | None = None,
    product_ids: list[int] | None = None,
) -> None:
    deal = deal_of(step)
    if attendee_ids:
        people.add_contacts(step.context, deal, attendee_ids, attended=True)
    if product_ids:
        deals.set_products(step.context, deal, product_ids)
    if tactics:
        deal.tactics = tactics


@operation("deal.record_participants", title=N_("Record the key contacts"))
def record_participants(step: Step, *, participants: list[Any] | None = None) -> None:
    if participants:
        people.set_participants(step.context, deal_of(step), participants)


@operation("deal.record_tactics", title=N_("Record tactics and competitors"))
def record_tactics(step: Step, *, tactics: str | None = None, competitors: list[Any] | None = None) -> None:
    deal = deal_of(step)
    if tactics:
        deal.tactics = tactics
    if competitors:
        rivals.set_competitors(step.context, deal, competitors)


@operation("deal.record_discussion", title=N_("Record what was agreed with the head"))
def record_discussion(step: Step, *, outcome: str | None = None) -> None:
    if outcome:
        deals.add_note(step.context, deal_of(step), outcome)


@operation("deal.check_closing", title=N_("Check what closing the deal needs"), gives=("next_stage",))
def check_closing(
    step: Step,
    *,
    close_reason: str | None = None,
    winner_competitor_id: int | None = None,
    reroute_to: str | None = None,
) -> Mapping[str, Any]:
    """Rerouted where a process to move to is given, else lost with its reason."""
    deal = deal_of(step)
    if reroute_to:
        check_reroute(step, reroute_to)
        return {"next_stage": stages.REROUTED}
    if not close_reason:
        raise ValidationFailed({"close_reason": [REASON_OR_PROCESS]})
    values = {"close_reason": close_reason, "winner_competitor_id": winner_competitor_id}
    missing = missing_for(step.context, deal, stages.LOST, values)
    if missing:
        raise ValidationFailed({field: [message] for field, message in missing})
    return {"next_stage": stages.LOST}


def check_reroute(step: Step, key: str) -> None:
    from processes.starting import check_startable

    check_startable(step.context, key, path="reroute_to")


@operation("deal.close", title=N_("Record why the deal was lost"))
def close(step: Step, *, close_reason: str | None = None, winner_competitor_id: int | None = None) -> None:
    deal = deal_of(step)
    deals.record_closing(
        step.context,
        deal,
        close_reason=close_reason or "declined_by_us",
        winner_competitor_id=winner_competitor_id if close_reason == COMPETITOR_WON else None,
    )


@operation("deal.reroute", title=N_("Move the client to another process"))
def reroute(step: Step, *, reroute_to: str) -> None:
    """Starts the chosen process on the deal's account."""
    from processes.starting import start_for_reroute

    deal = deal_of(step)
    check_reroute(step, reroute_to)
    deals.record_rerouting(step.context, deal, reroute_to)
    start_for_reroute(step.execution, reroute_to, deal)


@operation("deal.plan_next", title=N_("Plan the next activities with the client"))
def plan_next(step: Step, *, next_activities: list[Any] | None = None) -> None:
    deal = deal_of(step)
    for row in next_activities or []:
        activities.make(
            step.context,
            kind=row.get("kind") or "task",
            subject=row.get("subject") or "",
            owner_id=deal.owner_id,
            start=row.get("start") or step.context.now(),
            due=row.get("due") or row.get("start") or step.context.now(),
            deal_id=deal.id,
            account_id=deal.account_id,
            contact_id=deal.contact_id,
        )
