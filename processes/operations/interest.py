"""Operations on an interest that did not become a deal."""

from __future__ import annotations

from crm_model import leads
from crm_model.leads import Lead
from engine.live import Step
from kernel.i18n import N_
from processes.operations.lead import begin_nurturing
from processes.operations.registry import operation


@operation("interest.close", title=N_("Return the lead to nurturing or disqualify it"))
def close(step: Step, *, then: str | None = None, reason: str | None = None) -> None:
    """Without a lead there is nothing more to do; the reason stays in the process."""
    if step.live.subject and step.live.subject[0] == "lead":
        lead = step.context.session.get(Lead, step.live.subject[1])
        if lead is not None:
            leads.close_interest(step.context, lead, disqualify=then == "disqualify", reason=reason)
            if then != "disqualify" and not lead.opted_out:
                begin_nurturing(step, lead)
