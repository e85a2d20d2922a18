"""Letters as people work with them: whether the post works, trying a template, and what a refusal has stopped."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from crm_model import access, letter_language, letter_templates, letters, mail_settings, touches
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.letter_templates import Rendered
from crm_model.letters import Letter
from crm_model.mail_settings import MailSettings
from crm_model.touches import Touch
from crm_model.users import User
from engine.tables import InstanceRow
from kernel import vault
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case
from processes import lead_flow, presenting, view_rows
from processes.post.composing import as_shown

NO_EMAIL = N_("Your profile has no e-mail address: fill it in, then the letter can go to you.")
SHOWN = 200
"""Letters and processes that a refusal is said to have stopped, at most."""


@dataclass(frozen=True, slots=True)
class PostState:
    """`trouble` is what the mail server said last, while letters still wait because of it."""

    is_set: bool
    waiting: int
    failed: int
    unknown: int
    trouble: str | None
    trouble_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """That a person opted out, and what stopped at once because of it: names of processes and subjects of letters."""

    at: datetime
    letter: Letter | None
    by: str | None
    processes: tuple[tuple[int, str], ...]
    letters: tuple[Letter, ...]


@use_case("letters.manage")
def post_state(context: Context) -> PostState:
    session = context.session
    counted: dict[str, int] = {}
    ends = (letters.QUEUED, letters.FAILED, letters.UNKNOWN)
    for status, count in session.execute(
        select(Letter.status, func.count()).where(Letter.status.in_(ends)).group_by(Letter.status)
    ):
        counted[status] = count
    held_up = select(Letter.error, Letter.tried_at).where(Letter.status == letters.QUEUED, Letter.error.is_not(None))
    stored = mail_settings.stored(session)
    trouble = session.execute(held_up.order_by(Letter.tried_at.desc()).limit(1)).first()
    return PostState(
        is_set=stored is not None,
        waiting=counted.get(letters.QUEUED, 0),
        failed=counted.get(letters.FAILED, 0),
        unknown=counted.get(letters.UNKNOWN, 0),
        trouble=_of_key(context, stored) or (trouble.error if trouble else None),
        trouble_at=trouble.tried_at if trouble else None,
    )


def _of_key(context: Context, stored: MailSettings | None) -> str | None:
    if stored is None or vault.opens(stored.sealed_password):
        return None
    return vault.SecretUnreadable().in_language(context.actor.language)


@use_case("letters.read")
def letter_page(context: Context, letter_id: int) -> str:
    """The letter as its reader sees it, as a page of its own that counts nothing."""
    return as_shown(letters.get_letter(context, letter_id))


@use_case("letters.manage")
def preview(
    context: Context, values: Mapping[str, Any], *, lead_id: int | None = None, contact_id: int | None = None
) -> Letter:
    """A letter that is kept nowhere, of what stands in the editor, to a lead, a contact, or made-up Anna."""
    made = _fill(context, values, lead_id, contact_id)
    return Letter(subject=made.subject, html=made.html, text=made.text, purpose=letters.MARKETING)


@use_case("letters.manage")
def preview_page(context: Context, letter: Letter) -> str:
    return as_shown(letter)


@use_case("letters.manage")
def send_to_me(
    context: Context, values: Mapping[str, Any], *, lead_id: int | None = None, contact_id: int | None = None
) -> Letter:
    """The same letter for real, to the address of whoever asks."""
    me = context.session.get_one(User, context.actor.user_id)
    if not me.email:
        raise ValidationFailed({"": [NO_EMAIL]})
    made = _fill(context, values, lead_id, contact_id)
    return letters.queue(
        context,
        to=me.email,
        subject=made.subject,
        html=made.html,
        text=made.text,
        purpose=letters.SERVICE,
        key=f"test:{uuid.uuid4()}",
    )


def _fill(context: Context, values: Mapping[str, Any], lead_id: int | None, contact_id: int | None) -> Rendered:
    lead = access.get_visible(context, Lead, lead_id) if lead_id else None
    contact = access.get_visible(context, Contact, contact_id) if contact_id else None
    if lead is None and contact is None:
        lead = Lead(name="Анна Сергеевна Ким", company="Ромашка", need="Станки")
    sender = context.session.get(User, context.actor.user_id)
    known = letter_language.values_for(lead=lead, contact=contact, sender=sender)
    return letter_templates.filled(
        values.get("subject") or "", values.get("html") or "", values.get("text") or "", known
    )


@use_case("letters.read")
def last_refusal(context: Context, *, lead_id: int | None = None, contact_id: int | None = None) -> Refusal | None:
    """The person's newest refusal with its proof; None for one who has not refused."""
    lead = access.get_visible(context, Lead, lead_id) if lead_id else None
    contact = access.get_visible(context, Contact, contact_id) if contact_id else None
    if not any(one.opted_out for one in (lead, contact) if one is not None):
        return None
    people, same = lead_flow.person(context, lead, contact)
    theirs = or_(Touch.lead_id.in_([one.id for one in same]), Touch.contact_id.in_([one.id for one in people]))
    query = select(Touch).where(Touch.kind == touches.OPTED_OUT, theirs).order_by(Touch.id.desc()).limit(1)
    touch = context.session.scalar(query)
    return None if touch is None else _refusal(context, touch)


def _refusal(context: Context, touch: Touch) -> Refusal:
    session, detail = context.session, touch.detail
    ended = view_rows.INSTANCES.where(InstanceRow.id.in_(detail.get("instances", [])[:SHOWN])).order_by(InstanceRow.id)
    instances = presenting.instances(context, session.execute(ended).all())
    stopped = select(Letter).where(Letter.id.in_(detail.get("letters", [])[:SHOWN])).order_by(Letter.id)
    by = session.get(User, detail["by"]) if detail.get("by") else None
    return Refusal(
        at=touch.at,
        letter=session.get(Letter, detail["letter_id"]) if detail.get("letter_id") else None,
        by=by.name if by is not None else None,
        processes=tuple((one.id, one.definition.name) for one in instances),
        letters=tuple(session.scalars(stopped)),
    )


@use_case("letters.manage")
def newest_leads(context: Context) -> list[Lead]:
    """To try a template with."""
    return list(
        context.session.scalars(select(Lead).where(access.visible(context, Lead)).order_by(Lead.id.desc()).limit(20))
    )
