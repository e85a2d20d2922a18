"""Points are counted as soon as something happens; a lead that ripens while it is nurtured is given back to its process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from crm_model.leads import NURTURING, Lead
from crm_model.scoring import accounts_rating, ledger, noticing
from crm_model.scoring.ledger import Change
from engine import background, messages
from engine.messages import Message
from kernel.context import SYSTEM, Context
from processes import engine_room, lead_flow

HAND_BACK = "scoring.hand_back"


@event.listens_for(Session, "before_commit")
def count_what_was_noticed(session: Session) -> None:
    """In the transaction that changed it, however that came about, and once for all of its changes."""
    if session.in_nested_transaction():
        return
    session.flush()
    noticed = noticing.take(session)
    if noticed is None:
        return
    context = Context(session, SYSTEM, lambda: noticed.now)
    changes = ledger.rescore(session, noticed.now, noticing.leads_of(session, noticed))
    see(context, changes)
    accounts_rating.rate(session, noticed.now, noticing.accounts_of(session, noticed, [one.lead_id for one in changes]))


def see(context: Context, changes: Iterable[Change]) -> None:
    """Leads that have ripened are given back by a job: a process is locked before the records it is about."""
    for change in changes:
        if change.ripened:
            background.schedule(context, HAND_BACK, {"lead_id": change.lead_id})


@background.task(HAND_BACK)
def _hand_back(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    """Whether it is ripe enough is for the process to decide; where it waits for a call already, nothing is lost."""
    lead = context.session.get(Lead, payload["lead_id"])
    if lead is None or lead.status != NURTURING:
        return None
    execution = engine_room.execution(context)
    for instance_id in lead_flow.running(context, [lead.id], lead_flow.NURTURING):
        execution.lock(instance_id)
    context.session.refresh(lead)
    if lead.status == NURTURING:
        nothing_new = {"request": None, "need": None}
        messages.correlate(execution, Message(lead_flow.ENGAGED, nothing_new, business_key=f"lead:{lead.id}"))
        execution.write()
    return None
