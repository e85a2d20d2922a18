"""The deal an operation works on."""

from __future__ import annotations

from crm_model.deal_entities import Deal
from engine.errors import BpmnError
from engine.live import Step
from kernel.i18n import N_

NO_DEAL = N_("This step needs a deal, and the process has none yet.")


def deal_of(step: Step) -> Deal:
    """The instance's deal; a business error where its subject is something else."""
    if step.live.subject and step.live.subject[0] == "deal":
        deal = step.context.session.get(Deal, step.live.subject[1])
        if deal is not None:
            return deal
    raise BpmnError("no_deal", NO_DEAL)
