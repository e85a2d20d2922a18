"""Operations that write letters to a lead."""

from __future__ import annotations

from datetime import timedelta

from engine.live import Step
from kernel.i18n import N_
from processes import process_letters
from processes.operations.lead import lead_of
from processes.operations.registry import operation


@operation("lead.send_letter", title=N_("Send the lead a letter by a template"))
def send_letter(
    step: Step, *, template: str | None = None, after_days: int | None = None, from_owner: bool | None = None
) -> None:
    """Only to a lead that agreed to letters, and each template once; without a template nothing is written."""
    if template:
        lead = lead_of(step)
        due = step.context.now() + timedelta(days=after_days) if after_days else None
        sender_id = lead.owner_id if from_owner else None
        process_letters.send(step.context, lead, template, sender_id=sender_id, due=due)


@operation("lead.send_personal_letter", title=N_("Send the personal letter"))
def send_personal_letter(
    step: Step, *, result: str | None = None, letter_subject: str | None = None, letter_text: str | None = None
) -> None:
    """From whoever completes the task; as prepared where the form says nothing else."""
    if result == "sent":
        lead = lead_of(step)
        process_letters.send_personal(
            step.context,
            lead,
            step.context.actor.user_id or lead.owner_id,
            subject=letter_subject,
            text=letter_text,
            key=f"personal:{step.live.id}",
        )
