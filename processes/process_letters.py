"""Letters that processes write to a lead: by a template, from the company or from the lead's owner, and never the same
twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_model import fields, letter_html, letter_templates, letters
from crm_model.campaigns import Campaign
from crm_model.leads import Lead
from crm_model.letters import Letter
from crm_model.users import User
from kernel.context import Context
from processes import shipped_letters

INTRODUCTION = "introduction"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A personal letter as the task shows it; `why_not` it could not leave now, a reason of `letters.REASONS`."""

    subject: str
    text: str
    why_not: str | None


def send(context: Context, lead: Lead, code: str, *, sender_id: int | None, due: datetime | None) -> Letter | None:
    """A letter by a template, if the lead agreed to letters and has an address; one of a kind for each lead."""
    template = shipped_letters.template(context, code)
    if template is None or not lead.consent or lead.opted_out or not fields.may_be_address(lead.email or ""):
        return None
    sender = context.session.get(User, sender_id) if sender_id is not None else None
    made = letter_templates.render(context, template, lead=lead, contact=lead.contact, sender=sender)
    return letters.queue(
        context,
        to=lead.email or "",
        subject=made.subject,
        html=made.html,
        text=made.text,
        purpose=letters.MARKETING,
        key=f"process:{lead.id}:{code}",
        lead_id=lead.id,
        contact_id=lead.contact_id,
        campaign_id=_campaign(context, lead),
        template_id=template.id,
        sender_id=sender_id,
        due=due,
    )


def prepare(context: Context, lead: Lead, sender_id: int | None) -> Prepared:
    """The introduction that somebody would send to the lead, with that person's own ways to be reached."""
    sender = context.session.get(User, sender_id) if sender_id is not None else None
    template = shipped_letters.find(context, INTRODUCTION)
    if template is None:
        return Prepared("", "", _why_not(context, lead))
    made = letter_templates.render(context, template, lead=lead, contact=lead.contact, sender=sender)
    return Prepared(made.subject, made.text, _why_not(context, lead))


def send_personal(
    context: Context, lead: Lead, sender_id: int | None, *, subject: str | None, text: str | None, key: str
) -> Letter | None:
    """What the task's form says, or the prepared letter where it says nothing."""
    template = shipped_letters.template(context, INTRODUCTION)
    prepared = prepare(context, lead, sender_id)
    body = text or prepared.text
    if not body:
        return None
    return letters.queue(
        context,
        to=lead.email or "",
        subject=subject or prepared.subject,
        html=letter_html.html_of(body),
        text=body,
        purpose=letters.MARKETING,
        key=key,
        lead_id=lead.id,
        contact_id=lead.contact_id,
        campaign_id=_campaign(context, lead),
        template_id=template.id if template is not None else None,
        sender_id=sender_id,
    )


def call_off(context: Context, lead: Lead) -> list[int]:
    """Letters to the lead that wait, when the process which wanted them has ended."""
    return letters.call_off(context, Letter.lead_id == lead.id, Letter.key.startswith(f"process:{lead.id}:"))


def _why_not(context: Context, lead: Lead) -> str | None:
    address = lead.email or ""
    letter = Letter(
        purpose=letters.MARKETING,
        to_address=address,
        address_key=fields.email_key(address),
        lead_id=lead.id,
        contact_id=lead.contact_id,
    )
    return letters.why_not(context, letter)


def _campaign(context: Context, lead: Lead) -> int | None:
    """A lead may name a campaign of another system, which no letter can be of."""
    known = context.session.get(Campaign, lead.campaign_id) if lead.campaign_id is not None else None
    return known.id if known is not None else None
