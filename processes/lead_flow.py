"""What runs for a lead: starting its processes, and the four messages that reach them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from crm_model import access, consents, leads, letters, suppressions, touches
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.letters import Letter
from engine import definitions, instances, messages
from engine.errors import DefinitionNotFound
from engine.execution import Execution
from engine.live import Live
from engine.messages import Message
from engine.tables import ACTIVE, SUSPENDED, InstanceRow
from kernel.context import Context
from kernel.errors import NotFound
from kernel.i18n import N_
from kernel.permissions import require
from processes import engine_room
from processes.facts import parse_key

QUALIFICATION, NURTURING, SALE = "lead_qualification", "lead_nurturing", "corporate_sale"
REQUALIFY, DISQUALIFY = "lead.requalify", "lead.disqualify"
ENGAGED, OPTED_OUT = "lead.engaged", "lead.opted_out"
MESSAGES = frozenset({REQUALIFY, DISQUALIFY, ENGAGED, OPTED_OUT})
NOBODY_WAITS = N_("Nothing waits for this message, and it starts nothing.")
ANOTHER_WAY = N_("The lead goes another way now.")


def start(execution: Execution, key: str, lead_id: int, variables: Mapping[str, Any] | None = None) -> Live | None:
    """Starts a process on a lead; None where it is not published."""
    try:
        definition_id = definitions.latest_published(execution.context.session, key)
    except DefinitionNotFound:
        return None
    definition = definitions.load(execution.context.session, definition_id)
    return instances.start(
        execution, definition, variables=variables or {}, business_key=f"lead:{lead_id}", subject=("lead", lead_id)
    )


def running(context: Context, lead_ids: list[int], *keys: str) -> list[int]:
    """The instances of these processes (of all, if none is named) that run for leads, oldest first."""
    query = select(InstanceRow.id).where(
        InstanceRow.business_key.in_([f"lead:{number}" for number in lead_ids]),
        InstanceRow.parent_id.is_(None),
        InstanceRow.state.in_((ACTIVE, SUSPENDED)),
    )
    if keys:
        query = query.where(InstanceRow.definition_key.in_(keys))
    return list(context.session.scalars(query.order_by(InstanceRow.id)))


def send(context: Context, name: str, business_key: str | None, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A message about a lead whom the sender sees; what it reached. NotFound if that is nobody."""
    require(context, "leads.write")
    kind, number = parse_key(business_key) or (None, 0)
    if name == OPTED_OUT and kind == "contact":
        return opt_out(context, contact=_seen(context, Contact, number))
    if kind != "lead":
        raise NotFound("message_nobody_waiting", NOBODY_WAITS)
    lead = _seen(context, Lead, number)
    if name == OPTED_OUT:
        return opt_out(context, lead=lead)
    execution = engine_room.execution(context)
    if name in (REQUALIFY, DISQUALIFY):
        for instance_id in running(context, [lead.id], SALE):
            instances.cancel(execution, instance_id, ANOTHER_WAY)
    if name == ENGAGED:
        touches.note(context, touches.REACTION, lead_id=lead.id, contact_id=lead.contact_id)
    reached = messages.correlate(execution, Message(name, dict(variables), business_key=f"lead:{lead.id}"))
    if not reached:
        raise NotFound("message_nobody_waiting", NOBODY_WAITS)
    execution.write()
    context.session.refresh(lead)
    return reached


def _seen(context: Context, model: type[Any], number: int) -> Any:
    try:
        return access.get_visible(context, model, number)
    except NotFound as error:
        raise NotFound("message_nobody_waiting", NOBODY_WAITS) from error


def opt_out(
    context: Context,
    *,
    lead: Lead | None = None,
    contact: Contact | None = None,
    source: str = consents.REFUSAL,
    reason: str | None = None,
    letter_id: int | None = None,
) -> list[dict[str, Any]]:
    """No more letters to this person: noted wherever he is kept, and everything that would write to him ends now; what
    did, is kept as a touch. `source` and `reason` go into the ledger of consents; `letter_id` is the letter that made him
    refuse.

    NotFound where he had refused already and nothing runs.
    """
    people, same = person(context, lead, contact)
    fresh = any(not contact.opted_out for contact in people) or any(not one.opted_out for one in same)
    execution = engine_room.execution(context)
    for instance_id in running(context, [one.id for one in same]):
        execution.lock(instance_id)
    leads.note_refusal(context, people, same, source=source, reason=reason)
    reached: list[dict[str, Any]] = []
    for one in same:
        reached += messages.correlate(execution, Message(OPTED_OUT, {}, business_key=f"lead:{one.id}"), every=True)
    stopped = _stop_letters(context, people, same)
    if not reached and not fresh and not stopped:
        raise NotFound("message_nobody_waiting", NOBODY_WAITS)
    execution.write()
    _note_refusal(context, lead, contact, letter_id, reached, stopped)
    return reached


def _stop_letters(context: Context, people: list[Contact], same: list[Lead]) -> list[int]:
    """Their addresses get no advertising any more, known here or not, and what waits to leave does not."""
    addresses = {key for one in people for key in one.email_keys} | {one.email_key for one in same if one.email_key}
    for address in sorted(addresses):
        suppressions.add(context, address, suppressions.OPTED_OUT)
    return letters.stop_for(context, addresses, [one.id for one in same], [one.id for one in people])


def _note_refusal(
    context: Context,
    lead: Lead | None,
    contact: Contact | None,
    letter_id: int | None,
    reached: list[dict[str, Any]],
    stopped: list[int],
) -> None:
    letter = context.session.get(Letter, letter_id) if letter_id is not None else None
    touches.note(
        context,
        touches.OPTED_OUT,
        lead_id=lead.id if lead is not None else None,
        contact_id=contact.id if contact is not None else None,
        campaign_id=letter.campaign_id if letter is not None else None,
        letter_id=letter_id,
        by=context.actor.user_id,
        instances=sorted({one["instance_id"] for one in reached}),
        letters=stopped,
    )


def person(context: Context, lead: Lead | None, contact: Contact | None) -> tuple[list[Contact], list[Lead]]:
    """The contacts and leads that are one person: linked to each other, or with the same e-mail address."""
    session = context.session
    contact_ids = {one for one in (contact.id if contact else None, lead.contact_id if lead else None) if one}
    emails = {lead.email_key} if lead is not None and lead.email_key else set()
    known = list(session.scalars(select(Contact).where(Contact.id.in_(contact_ids))))
    emails |= {key for one in known for key in one.email_keys}
    by_mail = Contact.email_keys.overlap(sorted(emails)) if emails else Contact.id.in_(contact_ids)
    people = list(
        session.scalars(select(Contact).where(or_(Contact.id.in_(contact_ids), by_mail)).order_by(Contact.id))
    )
    ways = or_(
        Lead.id == (lead.id if lead is not None else 0),
        Lead.contact_id.in_([one.id for one in people]),
        Lead.email_key.in_(sorted(emails)),
    )
    return people, list(session.scalars(select(Lead).where(ways).order_by(Lead.id)))
