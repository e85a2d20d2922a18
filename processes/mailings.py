"""Mailings at work: tried on oneself, started, sent in chunks, paused, stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from crm_model import campaign_members, campaigns, fields, letter_templates, letters, mailings, segments, users
from crm_model.campaigns import ACTIVE, INVITED, Campaign
from crm_model.letter_templates import LetterTemplate, Rendered
from crm_model.letters import MARKETING, QUEUED, SERVICE, Letter
from crm_model.mailings import DONE, DRAFT, PAUSED, RUNNING, SCHEDULED, STOPPED, Mailing
from crm_model.records import change
from crm_model.segment_fields import LEADS
from crm_model.segments import LINKS, Segment
from crm_model.users import User
from engine import background
from kernel import working_time
from kernel.context import Context
from kernel.errors import Conflict, ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case

SEND = "mailings.send"
CHUNK = 100
CHOOSE = N_("Choose one before the mailing starts.")
NOT_NOW = N_("The mailing is not in a state for this.")
NOBODY = N_("Nobody in the segment may get this letter.")
NO_ADDRESS = N_("Your profile has no e-mail address to send the letter to.")


@use_case("campaigns.write")
def preview_letter(context: Context, campaign_id: int) -> Rendered | None:
    """The letter as the first who gets it would read it; None where letter or segment are still to be chosen."""
    mailing = mailings.get_mailing(context, campaign_id)
    if mailing.template_id is None or mailing.segment_id is None:
        return None
    segment = segments.get_segment(context, mailing.segment_id)
    found = mailings.next_people(context, mailing, segment, 1)
    return _render(context, mailing, segment, found[0] if found else None)


@use_case("campaigns.write")
def send_test(context: Context, campaign_id: int) -> Letter:
    """Sends the letter to oneself; it counts for nothing."""
    me = context.session.get(User, context.actor.user_id)
    if me is None or not fields.may_be_address(me.email or ""):
        raise Conflict("no_address_of_yours", NO_ADDRESS)
    rendered = preview_letter(context, campaign_id)
    if rendered is None:
        raise _missing(mailings.get_mailing(context, campaign_id))
    return letters.queue(
        context, to=me.email or "", subject=rendered.subject, html=rendered.html, text=rendered.text, purpose=SERVICE,
        key=f"test:{uuid4()}", sender_id=context.actor.user_id,
    )  # fmt: skip


@use_case("campaigns.write")
def start_mailing(context: Context, campaign_id: int) -> Mailing:
    """Begins now, or at the time that was chosen; a paused one goes on with those who have not had the letter."""
    mailing = mailings.locked(context, campaign_id)
    if mailing.state not in (DRAFT, PAUSED):
        raise Conflict("mailing_not_ready", NOT_NOW)
    if mailing.segment_id is None or mailing.template_id is None or mailing.sender_id is None:
        raise _missing(mailing)
    expected = mailings.audience_of(context, campaign_id).gets
    if expected == 0:
        raise Conflict("mailing_to_nobody", NOBODY)
    due = max(mailing.starts_at or context.now(), context.now())
    planned = {"state": SCHEDULED if due > context.now() else RUNNING, "started_by_id": context.actor.user_id}
    change(mailing, {**planned, "run": mailing.run + 1, "after": 0, "total": mailing.done + expected})
    mailing.started_at = mailing.started_at or due
    change(context.session.get_one(Campaign, campaign_id), {"status": ACTIVE})
    context.session.flush()
    background.schedule(context, SEND, {"campaign_id": campaign_id, "run": mailing.run}, due)
    return mailing


@use_case("campaigns.write")
def pause_mailing(context: Context, campaign_id: int) -> Mailing:
    """Nothing more leaves; letters that wait for the post are taken back and written anew when it goes on."""
    mailing = mailings.locked(context, campaign_id)
    if not mailing.is_under_way:
        raise Conflict("mailing_not_running", NOT_NOW)
    taken = delete(Letter).where(Letter.campaign_id == campaign_id, Letter.status == QUEUED).returning(Letter.id)
    back = len(context.session.scalars(taken).all())
    change(mailing, {"state": PAUSED, "done": max(0, mailing.done - back)})
    context.session.flush()
    return mailing


@use_case("campaigns.write")
def stop_mailing(context: Context, campaign_id: int) -> Mailing:
    """Ends it for good; letters that are written but wait for the post do not leave."""
    mailing = mailings.locked(context, campaign_id)
    if mailing.state not in (SCHEDULED, RUNNING, PAUSED, DONE):
        raise Conflict("mailing_not_running", NOT_NOW)
    letters.call_off(context, Letter.campaign_id == campaign_id)
    change(mailing, {"state": STOPPED, "finished_at": context.now()})
    context.session.flush()
    return mailing


@use_case("campaigns.read")
def letters_by_status(context: Context, campaign_id: int) -> dict[str, int]:
    """What has become of the letters: how many wait, were sent, bounced, were stopped."""
    campaigns.get_campaign(context, campaign_id)
    query = select(Letter.status, func.count()).where(Letter.campaign_id == campaign_id).group_by(Letter.status)
    return dict(context.session.execute(query).all())  # type: ignore[arg-type]


@background.task(SEND)
def _send(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    mailing = mailings.locked(context, payload["campaign_id"])
    if mailing.run != payload["run"] or not mailing.is_under_way:
        return None
    if mailing.state == SCHEDULED:
        change(mailing, {"state": RUNNING})
    maker = _as_starter(context, mailing)
    segment = segments.get_segment(maker, mailing.segment_id or 0)
    people = mailings.next_people(maker, mailing, segment, CHUNK)
    _write_to(maker, mailing, segment, people)
    if len(people) == CHUNK:
        mailing.after = people[-1].id
        return payload
    change(mailing, {"state": DONE, "finished_at": context.now()})
    return None


def _write_to(context: Context, mailing: Mailing, segment: Segment, people: Any) -> None:
    """One letter an address, whoever else has it; each key is good for one letter."""
    keys = {person.id: fields.email_key(mailings.email_of(person, segment)) for person in people}
    served = mailings.addresses_served(context, mailing.campaign_id, list(keys.values()))
    reached = []
    for person in people:
        if keys[person.id] in served:
            continue
        served.add(keys[person.id])
        link = LINKS[segment.subject]
        rendered = _render(context, mailing, segment, person)
        letter = letters.queue(
            context, to=mailings.email_of(person, segment), subject=rendered.subject, html=rendered.html,
            text=rendered.text, purpose=MARKETING, key=f"campaign:{mailing.campaign_id}:{link}:{person.id}",
            campaign_id=mailing.campaign_id, template_id=mailing.template_id, sender_id=mailing.sender_id,
            due=_due(context, mailing, person), **{link: person.id},
        )  # fmt: skip
        if letter.status == QUEUED:
            reached.append(person.id)
    campaign = context.session.get_one(Campaign, mailing.campaign_id)
    campaign_members.enrol(context, campaign, INVITED, LINKS[segment.subject], reached)
    mailing.done += len(reached)
    context.session.flush()


def _render(context: Context, mailing: Mailing, segment: Segment, person: Any) -> Rendered:
    template = context.session.get_one(LetterTemplate, mailing.template_id)
    sender = context.session.get(User, mailing.sender_id) if mailing.sender_id else None
    who = {"lead": person} if segment.subject == LEADS else {"contact": person}
    return letter_templates.render(context, template, sender=sender, **who)


def _due(context: Context, mailing: Mailing, person: Any) -> datetime | None:
    """In working hours where the recipient is, or as soon as may be."""
    if not mailing.working_hours:
        return None
    zone = getattr(person, "time_zone", None)
    calendar = working_time.calendar()
    there = replace(calendar, zone=ZoneInfo(zone)) if zone else calendar
    return there.add_hours(context.now(), 0)


def _as_starter(context: Context, mailing: Mailing) -> Context:
    """Who gets letters is decided by what the person who started the mailing may see."""
    user = context.session.get_one(User, mailing.started_by_id)
    return Context(context.session, users.actor_of(user), context.clock)


def _missing(mailing: Mailing) -> ValidationFailed:
    needed = ("segment_id", "template_id", "sender_id")
    return ValidationFailed({name: [CHOOSE] for name in needed if getattr(mailing, name) is None})
