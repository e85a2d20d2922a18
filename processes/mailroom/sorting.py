"""What becomes of a letter: a lead, an activity of somebody known, or nothing but its line in the log."""

from __future__ import annotations

from sqlalchemy import select

from crm_model import activities, callers, fields, notifications, suppressions, touches
from crm_model.callers import Known
from crm_model.contacts import Contact
from crm_model.inbound_letters import (
    ADDED,
    BOUNCE,
    FAILED,
    LETTER,
    NEW_LEAD,
    SET_ASIDE,
    InboundAttachment,
    InboundLetter,
)
from crm_model.leads import NURTURING, Lead
from crm_model.letters import Letter
from kernel.context import Context
from kernel.errors import NotFound
from kernel.i18n import N_, translate
from kernel.permissions import use_case
from processes import lead_flow
from processes.leads import create_lead
from processes.mailroom.understanding import Complaint, Received

WROTE = N_("%(name)s has written: %(subject)s")
NOTE = 255
NO_SUBJECT = N_("Letter without a subject")


@use_case("mailbox.take")
def take(context: Context, received: Received) -> InboundLetter:
    """Sorts a letter once, however often it is brought; one that failed before is tried again."""
    letter = context.session.scalar(
        select(InboundLetter).where(InboundLetter.message_key == received.message_key).with_for_update()
    )
    if letter is not None and letter.outcome != FAILED:
        return letter
    if letter is None:
        letter = _kept(context, received)
    letter.outcome, letter.trouble = SET_ASIDE, None
    if received.kind == BOUNCE and received.failed_to:
        suppressions.add(context, received.failed_to, suppressions.BOUNCED, received.subject[:NOTE])
    if received.complaint is not None:
        _note_complaint(context, received.complaint, received.subject[:NOTE])
    if received.kind == LETTER and fields.may_be_address(received.from_address):
        _deliver(context, letter, received)
    context.session.flush()
    return letter


@use_case("mailbox.take")
def note_failure(context: Context, received: Received, trouble: str) -> None:
    """Keeps the letter with what went wrong; it stays unread in the mailbox and is tried again."""
    found = context.session.scalar(select(InboundLetter).where(InboundLetter.message_key == received.message_key))
    letter = found or _kept(context, received)
    letter.outcome, letter.trouble = FAILED, trouble
    context.session.flush()


def _note_complaint(context: Context, complaint: Complaint, note: str) -> None:
    """Our own letter says for certain whom it went to; the report's word counts where it names no letter of ours."""
    mine = select(Letter.to_address).where(Letter.message_id == complaint.about)
    address = context.session.scalar(mine) if complaint.about else None
    address = address or complaint.by
    if address:
        suppressions.add(context, address, suppressions.COMPLAINED, note)


def _kept(context: Context, received: Received) -> InboundLetter:
    letter = InboundLetter(
        message_key=received.message_key,
        kind=received.kind,
        outcome=SET_ASIDE,
        from_name=received.from_name,
        from_address=received.from_address,
        subject=received.subject,
        text=received.text,
        phone=received.phone,
        sent_at=received.sent_at,
        received_at=context.now(),
    )
    letter.attachments = [
        InboundAttachment(
            file_name=one.file_name, content_type=one.content_type, size=len(one.content), content=one.content
        )
        for one in received.attachments
    ]
    context.session.add(letter)
    context.session.flush()
    return letter


def _deliver(context: Context, letter: InboundLetter, received: Received) -> None:
    known = callers.by_email(context, received.from_address)
    if known.path is None:
        letter.outcome = NEW_LEAD
        known = Known(lead=_new_lead(context, received))
    else:
        letter.outcome = ADDED
        _note_reply(context, known, letter)
    letter.lead_id = known.lead.id if known.lead is not None else None
    letter.contact_id = known.contact.id if known.contact is not None else None
    _write_down(context, letter, known)


def _new_lead(context: Context, received: Received) -> Lead:
    need = "\n".join(part for part in (received.subject, received.fresh) if part)
    values = {
        "name": received.from_name or received.from_address.partition("@")[0],
        "email": received.from_address,
        "phone": received.phone,
        "need": need,
        "source": "email",
    }
    return create_lead(context, {key: value for key, value in values.items() if value})


def _write_down(context: Context, letter: InboundLetter, known: Known) -> None:
    """The letter among the activities of whoever wrote it; it has happened already."""
    activity = activities.make(
        context,
        kind="email",
        subject=(letter.subject or translate(NO_SUBJECT, context.actor.language))[:255],
        description=letter.text or None,
        counts_as_contact=True,
        owner_id=known.owner_id,
        start=letter.sent_at or letter.received_at,
        direction="in",
        **known.links,
    )
    activities.close(context, activity, status=activities.COMPLETED, result=activities.COMPLETED)
    letter.activity_id = activity.id


def _note_reply(context: Context, known: Known, letter: InboundLetter) -> None:
    """A touch, a word to whoever is responsible, and for leads that are being nurtured the sign that they woke up."""
    if known.lead is not None or known.contact is not None:
        lead_id = known.lead.id if known.lead is not None else None
        contact_id = known.contact.id if known.contact is not None else None
        touches.note(
            context, touches.LETTER_REPLIED, lead_id=lead_id, contact_id=contact_id, subject=letter.subject[:200]
        )
        _wake(context, known.lead, known.contact)
    if known.owner_id is not None:
        said = {"name": known.name, "subject": letter.subject or "…"}
        notifications.notify(context, known.owner_id, kind="letter", text=WROTE, params=said, link=known.path)


def _wake(context: Context, lead: Lead | None, contact: Contact | None) -> None:
    for one in lead_flow.person(context, lead, contact)[1]:
        if one.status == NURTURING:
            try:
                lead_flow.send(context, lead_flow.ENGAGED, f"lead:{one.id}", {})
            except NotFound:
                continue  # its nurturing has ended meanwhile, or waits for something else
