"""What became of the letters that the demo's processes have written: sent in their time, read by some, refused by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import letter_html, letters, suppressions, touches
from crm_model.leads import NURTURING, Lead
from crm_model.letters import Letter
from kernel.context import SYSTEM, Context
from processes import lead_flow
from server.demo.randomness import stream
from server.demo.timeline import Timeline

OPENED, CLICKED = 0.55, 0.18
"""Shares of the letters that were sent."""
UNDER_WAY = timedelta(minutes=2)
BOUNCED = "550 5.1.1 No such user here"
RUDE = "kadry@svet-lampa.example"
ASKED = "Просил не писать, звонок 12 ноября"


def send_due(session: Session, timeline: Timeline, moment: datetime) -> None:
    """Does what the post would have done by then."""
    due = select(Letter).where(Letter.status == letters.QUEUED, Letter.due < moment - UNDER_WAY)
    for letter in session.scalars(due.order_by(Letter.due, Letter.id)).all():
        _send(session, letter, timeline)
    session.flush()


def settle(session: Session, timeline: Timeline) -> None:
    """By now all that was due has left, one address was nobody's, and one person refuses."""
    send_due(session, timeline, timeline.now)
    sent = session.scalars(select(Letter).where(Letter.status == letters.SENT).order_by(Letter.id)).all()
    _bounce(session, sent)
    suppressions.add(Context(session, SYSTEM, lambda: timeline.now), RUDE, suppressions.BY_HAND, ASKED)
    session.flush()
    _refuse(session, sent, timeline)


def _send(session: Session, letter: Letter, timeline: Timeline) -> None:
    letter.status, letter.attempts = letters.SENT, 1
    letter.tried_at = letter.sent_at = letter.due + UNDER_WAY
    _touch(session, letter, touches.LETTER_SENT, timedelta(0))
    chance, later = stream("letter", letter.key), timedelta(hours=1 + stream("read", letter.key).random() * 20)
    luck = chance.random()
    if letter.sent_at + later > timeline.now or luck > OPENED:
        return
    letter.opened_at = _touch(session, letter, touches.LETTER_OPENED, later)
    if luck < CLICKED and letter_html.links_of(letter.html):
        letter.clicked_at = _touch(session, letter, touches.LETTER_CLICKED, later + UNDER_WAY)


def _touch(session: Session, letter: Letter, kind: str, later: timedelta) -> datetime:
    assert letter.sent_at is not None
    moment = letter.sent_at + later
    touches.note(
        Context(session, SYSTEM, lambda: moment),
        kind,
        lead_id=letter.lead_id,
        contact_id=letter.contact_id,
        campaign_id=letter.campaign_id,
        letter_id=letter.id,
    )
    return moment


def _bounce(session: Session, sent: Sequence[Letter]) -> None:
    """One address was nobody's."""
    unread = [letter for letter in sent if letter.opened_at is None]
    if unread:
        letter = unread[len(unread) // 2]
        letter.status, letter.error = letters.BOUNCED, BOUNCED
        moment = letter.sent_at or letter.due
        suppressions.add(Context(session, SYSTEM, lambda: moment), letter.address_key, suppressions.BOUNCED, BOUNCED)
        letter.sent_at = None


def _refuse(session: Session, sent: Sequence[Letter], timeline: Timeline) -> None:
    """One who is nurtured wants no more letters, and all that would write to him has stopped."""
    for letter in sent:
        lead = session.get(Lead, letter.lead_id) if letter.opened_at is not None else None
        if lead is not None and lead.status == NURTURING:
            lead_flow.opt_out(Context(session, SYSTEM, lambda: timeline.now), lead=lead, letter_id=letter.id)
            return
