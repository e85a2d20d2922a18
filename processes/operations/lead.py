"""Operations on leads: what qualification and nurturing check, record and pass on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crm_model import distribution, duplicates, leads, touches
from crm_model.leads import Lead
from crm_model.scoring import ledger
from engine.errors import BpmnError
from engine.live import Step
from kernel.i18n import N_
from kernel.working_time import add_working_days
from processes import lead_flow, process_letters
from processes.operations.registry import operation

NO_LEAD = N_("This step needs a lead, and the process has none.")
REACH_WITHIN = 10
"""Working days in which a ripe lead has to be reached."""
TOUCH_AFTER = timedelta(days=14)
"""Between two touches of a lead that is being nurtured."""


def lead_of(step: Step) -> Lead:
    """The instance's lead, by the key it was started with if its subject is another record by now."""
    for kind, number in (step.live.subject or ("", 0), lead_flow.parse_key(step.live.origin_key) or ("", 0)):
        lead = step.context.session.get(Lead, number) if kind == "lead" else None
        if lead is not None:
            return lead
    raise BpmnError("no_lead", NO_LEAD)


@operation("lead.check_data", title=N_("Check the lead's contact data"), gives=("outcome", "reason", "attempts"))
def check_data(step: Step) -> Mapping[str, Any]:
    """Qualification begins; without a whole number or an address there is nobody to talk to."""
    lead = lead_of(step)
    leads.set_status(step.context, lead, leads.QUALIFICATION)
    if leads.is_reachable(lead):
        return {"outcome": None, "reason": None, "attempts": 0, "call_due": None}
    return {"outcome": "disqualify", "reason": "incorrect_data"}


@operation(
    "lead.find_duplicates",
    title=N_("Find out who the lead is already"),
    gives=("outcome", "work_type", "work_id", "work_owner_id"),
)
def find_duplicates(step: Step) -> Mapping[str, Any]:
    """The lead is linked to the client it is; `outcome` says if somebody works on that client already."""
    lead = lead_of(step)
    contact_id, account_id = duplicates.known_client(step.context, lead)
    leads.link_client(step.context, lead, contact_id, account_id)
    work = duplicates.work_in_progress(step.context, lead)
    if work is None:
        return {}
    return {
        "outcome": "already_in_work",
        "reason": "already_in_work",
        "work_type": work.type,
        "work_id": work.id,
        "work_owner_id": work.owner_id,
    }


@operation("lead.score", title=N_("Count the lead's points"), gives=("score",))
def score(step: Step) -> Mapping[str, Any]:
    """By the score card of the lead's product; `lead.stars` tells which threshold has been reached."""
    lead = lead_of(step)
    ledger.score_lead(step.context.session, step.context.now(), lead)
    return {"score": lead.score}


@operation("lead.record_ripeness", title=N_("Record points and status"), gives=("outcome", "reach_by"))
def record_ripeness(step: Step, *, ripeness: str | None = None, score: int | None = None) -> Mapping[str, Any]:
    """SQL or MQL; who is not called at once is nurtured after the letter."""
    lead = lead_of(step)
    leads.set_score(step.context, lead, score or 0)
    leads.set_status(step.context, lead, leads.SQL if ripeness == "sql" else leads.MQL)
    return {"outcome": "nurture", "reach_by": _reach_by(step, step.context.now())}


def _reach_by(step: Step, start: datetime) -> str:
    return add_working_days(start, REACH_WITHIN).isoformat()


@operation("lead.record_call", title=N_("Record a call to the lead"), gives=("attempts", "call_due", "reach_by"))
def record_call(step: Step, *, result: str | None = None, call_at: datetime | None = None) -> Mapping[str, Any]:
    """Counts the calls nobody answered; an agreed time leaves room to call then."""
    if result == "no_answer":
        return {"attempts": (step.variables.get("attempts") or 0) + 1, "call_due": None}
    if result == "call_back" and call_at is not None:
        return {"call_due": call_at.isoformat(), "reach_by": _reach_by(step, max(call_at, step.context.now()))}
    return {"call_due": None}


@operation("lead.disqualify", title=N_("Disqualify the lead"))
def disqualify(step: Step, *, reason: str | None = None) -> None:
    """One that is already in work leaves its interest to whoever works there: the process goes on with that record."""
    lead = lead_of(step)
    leads.disqualify(step.context, lead, reason or "other")
    process_letters.call_off(step.context, lead)
    work = (step.variables.get("work_type"), step.variables.get("work_id"))
    if reason == "already_in_work" and isinstance(work[0], str) and isinstance(work[1], int):
        step.live.run.set_variables(
            {
                "new_lead_id": lead.id,
                "new_lead_name": lead.name,
                "new_lead_company": lead.company,
                "new_lead_phone": lead.phone,
                "new_lead_email": lead.email,
                "new_lead_need": lead.need,
            }
        )
        step.set_subject(work[0], work[1])


@operation("lead.nurture", title=N_("Begin to nurture the lead"))
def nurture(step: Step) -> None:
    """One nurturing a lead, however often it comes back."""
    begin_nurturing(step, lead_of(step))


def begin_nurturing(step: Step, lead: Lead) -> None:
    leads.set_status(step.context, lead, leads.NURTURING)
    if not lead_flow.running(step.context, [lead.id], lead_flow.NURTURING):
        lead_flow.start(step.execution, lead_flow.NURTURING, lead.id, {"touch_at": _next_touch(step), "engagements": 0})


def _next_touch(step: Step) -> str:
    return (step.context.now() + TOUCH_AFTER).isoformat()


@operation(
    "lead.record_touch", title=N_("Record a touch of a nurtured lead"), gives=("touch_at", "engagements", "reason")
)
def record_touch(step: Step, *, result: str | None = None, call_at: datetime | None = None) -> Mapping[str, Any]:
    """The next touch is at the agreed time, else after the usual pause."""
    if result == "not_interested":
        return {"reason": step.variables.get("reason") or "no_need"}
    lead = lead_of(step)
    touches.note(step.context, touches.CALL, lead_id=lead.id, contact_id=lead.contact_id)
    seen = (step.variables.get("engagements") or 0) + (1 if result == "completed" else 0)
    return {"touch_at": call_at.isoformat() if call_at else _next_touch(step), "engagements": seen}


@operation(
    "lead.record_engagement", title=N_("Record that the lead reacted"), gives=("touch_at", "engagements", "result")
)
def record_engagement(step: Step, *, request: str | None = None, need: str | None = None) -> Mapping[str, Any]:
    """What the lead asks for now counts at the next scoring."""
    leads.note_interest(step.context, lead_of(step), request, need)
    seen = (step.variables.get("engagements") or 0) + 1
    return {"touch_at": _next_touch(step), "engagements": seen, "result": None}


@operation("lead.back_to_call", title=N_("Give the ripe lead back to the call"))
def back_to_call(step: Step) -> None:
    lead = lead_of(step)
    leads.set_status(step.context, lead, leads.SQL)
    process_letters.call_off(step.context, lead)
    values = {"attempts": 0, "reach_by": _reach_by(step, step.context.now())}
    lead_flow.start(step.execution, lead_flow.QUALIFICATION, lead.id, values)


@operation("lead.begin_again", title=N_("Begin the lead's qualification again"))
def begin_again(step: Step) -> None:
    lead = lead_of(step)
    leads.set_status(step.context, lead, leads.QUALIFICATION)
    process_letters.call_off(step.context, lead)
    lead_flow.start(step.execution, lead_flow.QUALIFICATION, lead.id)


@operation("lead.hand_over", title=N_("Hand the lead over to sales"))
def hand_over(step: Step, *, business_line_id: int | None = None) -> None:
    """A seller is chosen by business line and load, owns the lead, and confirms the interest in the sale's process."""
    lead = lead_of(step)
    seller = distribution.choose_seller(step.context, lead, business_line_id)
    leads.hand_over(step.context, lead, seller)
    sale = lead_flow.start(step.execution, lead_flow.SALE, lead.id, {"business_line_id": business_line_id})
    if sale is not None:
        # The sale is the seller's from its first task on, whoever qualified the lead.
        sale.started_by = seller
