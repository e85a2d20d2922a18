"""Leads as people work with them: made, changed, begun again and disqualified together with their processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm_model import access, contacts, leads
from crm_model.contacts import Contact
from crm_model.leads import DISQUALIFIED, HANDED_OFF, Lead
from engine.tables import UserTaskRow
from kernel.context import Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case
from processes import engine_room, imported_leads, lead_flow
from processes.followers import activities, guests

HANDED = N_("The lead has become a deal. Close the deal instead.")
REASON_NEEDED = N_("Say why.")


@use_case("leads.write")
def create_lead(context: Context, values: Mapping[str, Any], *, proof: Mapping[str, Any] | None = None) -> Lead:
    """A new lead, however it came, begins its qualification in the same transaction. `proof` says how the consent among
    the values was given: the text shown, its version, the page, the address."""
    lead = leads.create_lead(context, dict(values), proof=proof)
    imported_leads.begin(context, [lead.id])
    context.session.refresh(lead)
    return lead


@use_case("leads.write")
def update_lead(context: Context, lead_id: int, values: Mapping[str, Any]) -> Lead:
    """Changes a lead's data; a new owner gets its open work, and a refusal of letters ends what writes them."""
    lead = access.get_visible(context, Lead, lead_id)
    values = dict(values)
    refuses = values.get("opted_out") is True and not lead.opted_out
    if refuses:
        values.pop("opted_out")
        values.pop("consent", None)
    if refuses or "owner_id" in values:
        execution = engine_room.execution(context)
        for instance_id in lead_flow.running(context, [lead.id]):
            execution.lock(instance_id)
    was = lead.owner_id
    lead = leads.update_lead(context, lead_id, values)
    _pass_on(context, lead, was)
    if refuses:
        lead_flow.opt_out(context, lead=lead)
    context.session.refresh(lead)
    return lead


def _pass_on(context: Context, lead: Lead, was: int | None) -> None:
    """Open tasks go from the old owner, or from nobody, to the new one."""
    if lead.owner_id in (was, None):
        return
    tasks = select(UserTaskRow).where(
        UserTaskRow.subject_type == "lead",
        UserTaskRow.subject_id == lead.id,
        UserTaskRow.state == "open",
        UserTaskRow.assignee_id.is_not_distinct_from(was),
    )
    for task in context.session.scalars(tasks):
        task.assignee_id = lead.owner_id
        guests.tell_of(context, task)
        activities.reassign(context, task)
    context.session.flush()


@use_case("records.write")
def update_contact(context: Context, contact_id: int, values: Mapping[str, Any]) -> Contact:
    """Changes a contact; the tick “opted out” is the same act as the person's own refusal."""
    values = dict(values)
    contact = contacts.get_contact(context, contact_id)
    if values.get("opted_out") is not True or contact.opted_out:
        return contacts.update_contact(context, contact_id, values)
    values.pop("opted_out")
    values.pop("consent", None)
    contact = contacts.update_contact(context, contact_id, values)
    lead_flow.opt_out(context, contact=contact)
    context.session.refresh(contact)
    return contact


@use_case("leads.write")
def requalify(context: Context, lead_id: int) -> Lead:
    """Back to the first step: what runs for the lead ends, and its qualification begins anew."""
    lead = access.get_for_change(context, Lead, lead_id)
    lead_flow.send(context, lead_flow.REQUALIFY, f"lead:{lead.id}", {})
    return lead


@use_case("leads.write")
def disqualify(context: Context, lead_id: int, *, reason: str | None) -> Lead:
    """By hand, with a reason; what runs for the lead ends."""
    lead = access.get_visible(context, Lead, lead_id)
    if not reason:
        raise ValidationFailed({"reason": [REASON_NEEDED]})
    if lead.status == HANDED_OFF and lead.deal_id is not None:
        raise Conflict("lead_handed_off", HANDED)
    try:
        lead_flow.send(context, lead_flow.DISQUALIFY, f"lead:{lead.id}", {"reason": reason})
    except NotFound:
        # Nothing waits: the lead is older than its process, or its process has ended.
        leads.disqualify(context, lead, reason)
    if lead.status != DISQUALIFIED:
        leads.disqualify(context, lead, reason)
    return lead
