"""What comes back of letters: opened, followed, refused. Whoever has a letter's address acts for its reader, nobody else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import letter_clicks, letter_html, letters, suppressions, touches
from crm_model.letters import Letter
from engine import background, messages
from engine.messages import Message
from kernel.context import SYSTEM, Context
from kernel.errors import NotFound
from processes import engine_room, lead_flow

WEIGH = "letters.weigh_clicks"
WEIGHED_AFTER = timedelta(seconds=30)
TOO_SOON = timedelta(seconds=10)
"""Whoever is so quick after the letter has left is the mail server's guard."""
PROGRAMS = re.compile(
    r"bot\b|crawl|spider|scan|preview|monitor|proofpoint|mimecast|barracuda|symantec|trendmicro|fortinet|sophos|zscaler|safelinks"
    r"|curl|wget|python|java/|go-http|okhttp|libwww|headless|phantomjs|facebookexternalhit|slack|whatsapp|telegram|skype",
    re.IGNORECASE,
)
PREFETCH = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


def note_open(session: Session, token: str, headers: Mapping[str, str]) -> None:
    """A letter is opened once, when a person first looks; an unknown token is no matter."""
    context = Context(session, SYSTEM)
    letter = _find(context, token)
    if letter is None or letter.opened_at is not None or not _is_a_person(context, letter, headers):
        return
    letter = session.get_one(Letter, letter.id, with_for_update=True, populate_existing=True)
    if letter.opened_at is None:
        _opened(context, letter)


def note_click(session: Session, token: str, number: int, headers: Mapping[str, str]) -> str:
    """Where the link leads; NotFound for a link that no letter of ours has."""
    context = Context(session, SYSTEM)
    letter = _find(context, token)
    links = letter_html.links_of(letter.html) if letter is not None else []
    if letter is None or number >= len(links):
        raise NotFound()
    if _is_a_person(context, letter, headers) and letter_clicks.note(context, letter, number):
        background.schedule(context, WEIGH, {"letter_id": letter.id}, due=context.now() + WEIGHED_AFTER)
    return links[number]


def address_of(session: Session, token: str) -> str:
    """Whom the letter was to, for the page that asks whether to stop; NotFound for an unknown token."""
    letter = _find(Context(session, SYSTEM), token)
    if letter is None:
        raise NotFound()
    return letter.to_address


def unsubscribe(session: Session, token: str) -> None:
    """The reader wants no more advertising. Doing it twice is doing it once."""
    context = Context(session, SYSTEM)
    letter = _find(context, token)
    if letter is None:
        raise NotFound()
    if letter.lead is None and letter.contact is None:
        suppressions.add(context, letter.to_address, suppressions.OPTED_OUT)
        letters.stop_for(context, [letter.to_address], [], [])
        return
    try:
        lead_flow.opt_out(context, lead=letter.lead, contact=letter.contact, letter_id=letter.id)
    except NotFound:
        pass  # refused before, and nothing runs any more


@background.task(WEIGH)
def _weigh(context: Context, payload: dict[str, Any]) -> None:
    letter = context.session.get_one(Letter, payload["letter_id"])
    execution = engine_room.execution(context)
    _contacts, leads = lead_flow.person(context, letter.lead, letter.contact)
    nurtured = lead_flow.running(context, [lead.id for lead in leads], lead_flow.NURTURING)
    for instance_id in nurtured:
        execution.lock(instance_id)
    context.session.refresh(letter, with_for_update=True)
    followed = letter_clicks.weigh(context, letter)
    if not followed:
        return
    if letter.opened_at is None:
        _opened(context, letter)
    letter.clicked_at = letter.clicked_at or context.now()
    for url in followed:
        _touch(context, letter, touches.LETTER_CLICKED, url=url)
    for lead in leads if nurtured else ():
        messages.correlate(execution, Message(lead_flow.ENGAGED, {}, business_key=f"lead:{lead.id}"), every=True)
    execution.write()


def _opened(context: Context, letter: Letter) -> None:
    letter.opened_at = context.now()
    _touch(context, letter, touches.LETTER_OPENED)


def _touch(context: Context, letter: Letter, kind: str, **detail: Any) -> None:
    touches.note(
        context,
        kind,
        lead_id=letter.lead_id,
        contact_id=letter.contact_id,
        campaign_id=letter.campaign_id,
        letter_id=letter.id,
        **detail,
    )


def _find(context: Context, token: str) -> Letter | None:
    return context.session.scalar(select(Letter).where(Letter.token == token)) if token.isascii() else None


def _is_a_person(context: Context, letter: Letter, headers: Mapping[str, str]) -> bool:
    agent = headers.get("User-Agent", "")
    if not agent or PROGRAMS.search(agent) or any(name in headers for name in PREFETCH):
        return False
    return letter.sent_at is not None and context.now() - letter.sent_at >= TOO_SOON
