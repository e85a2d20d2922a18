"""What the telephone exchange tells: a call rings, and the client's card is offered; it ends, and is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm_model import activities, callers, inputs, notifications, telephony, touches
from crm_model.callers import Known
from crm_model.leads import Lead
from crm_model.telephony import IN, SAID, Call
from kernel.context import Context
from kernel.errors import Conflict
from kernel.i18n import N_, translate
from kernel.permissions import use_case
from kernel.text import phone as spoken
from processes.leads import create_lead

KIND = "call"
RINGS = N_("%(name)s is calling: %(number)s")
UNKNOWN_RINGS = N_("An unknown number is calling: %(number)s")
MISSED = N_("Missed call from %(name)s: %(number)s")
UNKNOWN_MISSED = N_("Missed call from an unknown number: %(number)s")
INCOMING, OUTGOING = N_("Incoming call, %(number)s"), N_("Outgoing call, %(number)s")
CALLER = N_("Caller %(number)s")
KNOWN_ALREADY = N_("There is a client with this number already.")


@use_case("telephony.tell")
def receive(context: Context, values: Mapping[str, Any]) -> Call:
    """Takes one event of a call; an event that comes again, or late, changes nothing."""
    clean = inputs.read(context, values, SAID)
    call, first = telephony.begun(context, clean)
    known = callers.by_phone(context, call.number)
    if first:
        _settle(context, call, known, clean.get("user"))
    if call.ended_at is not None:
        return call
    if clean["event"] == "ended":
        _end(context, call, known, clean)
    elif first and call.direction == IN:
        _tell(context, call, known, RINGS if known.path else UNKNOWN_RINGS)
    context.session.flush()
    return call


@use_case("telephony.manage")
def try_out(context: Context, values: Mapping[str, Any]) -> Call:
    """An event as the exchange would tell it, for the administrator."""
    return receive(context.as_system(), values)


@use_case("leads.write")
def make_lead(context: Context, call_id: int) -> Lead:
    """A lead of an unknown caller, by whoever was called."""
    call = telephony.get_call(context, call_id)
    if call.is_known:
        raise Conflict("caller_known", KNOWN_ALREADY)
    return _lead(context, call)


def _settle(context: Context, call: Call, known: Known, user: str | None) -> None:
    """Whom the call belongs to: the client's own manager, else the one who was called."""
    called = callers.colleague(context, user)
    call.owner_id = known.owner_id or (called.id if called is not None else None)
    for name, number in known.links.items():
        setattr(call, name, number)
    context.session.flush()


def _end(context: Context, call: Call, known: Known, clean: Mapping[str, Any]) -> None:
    call.seconds = clean.get("seconds") or 0
    call.answered = clean["answered"] if clean.get("answered") is not None else call.seconds > 0
    call.recording_url = clean.get("recording_url")
    call.ended_at = max(context.now(), call.started_at + timedelta(seconds=call.seconds))
    missed = call.direction == IN and not call.answered
    if missed and not call.is_known:
        settings = telephony.stored(context)
        if settings is not None and settings.missed_makes_lead:
            _lead(context, call)
    if missed:
        _tell(context, call, known, MISSED if known.path else UNKNOWN_MISSED)
    _write_down(context, call)


def _write_down(context: Context, call: Call) -> None:
    """The call among the client's activities, and as a touch if somebody spoke."""
    subject = translate(
        INCOMING if call.direction == IN else OUTGOING, context.actor.language, number=spoken(call.number)
    )
    activity = activities.make(
        context,
        kind="call",
        subject=subject,
        counts_as_contact=bool(call.answered),
        owner_id=call.owner_id,
        start=call.started_at,
        direction=call.direction,
        answered=call.answered,
        seconds=call.seconds,
        recording_url=call.recording_url,
        **_links(call),
    )
    status = activities.COMPLETED if call.answered else activities.CANCELLED
    activities.close(context, activity, status=status, result=status)
    call.activity_id = activity.id
    if call.answered and (call.lead_id or call.contact_id):
        touches.note(
            context,
            touches.CALL,
            lead_id=call.lead_id,
            contact_id=call.contact_id,
            direction=call.direction,
            seconds=call.seconds,
        )


def _links(call: Call) -> dict[str, int | None]:
    return {name: getattr(call, name) for name in ("deal_id", "account_id", "contact_id", "lead_id")}


def _lead(context: Context, call: Call) -> Lead:
    number = spoken(call.number)
    name = translate(CALLER, context.actor.language, number=number)
    lead = create_lead(context, {"name": name, "phone": call.number, "source": "phone"})
    call.lead_id = lead.id
    context.session.flush()
    return lead


def _tell(context: Context, call: Call, known: Known, text: str) -> None:
    if call.owner_id is not None:
        said = {"number": spoken(call.number), **({"name": known.name} if known.path else {})}
        link = known.path or f"/calls/{call.id}"
        notifications.notify(context, call.owner_id, kind=KIND, text=text, params=said, link=link)
