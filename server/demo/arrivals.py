"""What came by itself in the last hours: letters into the mailbox, a call, a person who wants to be forgotten; and who of all
leads is probably one."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_model.contacts import Contact
from crm_model.leads import MQL, NURTURING, QUALIFICATION, Lead
from crm_model.merging import likeness, pairs
from crm_model.merging.pairs import FINISHED, DuplicateSearch
from crm_model.merging.tables import MODELS
from crm_model.users import actor_of
from kernel.context import SYSTEM, Context
from processes import personal_data, telephony
from processes.duplicate_search import LARGEST_GROUP
from processes.mailroom import sorting
from processes.mailroom.understanding import understand
from server.demo.department import Department
from server.demo.timeline import Timeline

AGAIN = (
    "Стеллажи, вдогонку к заявке",
    "Добрый день!\n\nПишу с личной почты: когда ждать расчёт?\n\n--\n{name}\n{phone}\n",
)
"""From somebody who is a lead already, under another address."""
QUESTION = "Уточнение по поставке", "Добрый день!\n\nПодскажите, когда сможете показать погрузчик на нашем складе?\n"
FORGET, REQUEST = "Денис Панов", "Запрос субъекта № 14: отзыв согласия и удаление данных"
SPOKEN = timedelta(minutes=4, seconds=14)


def make(session: Session, timeline: Timeline, found: Department) -> None:
    """After the leads have come."""
    now = timeline.now
    known = session.scalars(
        select(Contact).where(func.cardinality(Contact.email_keys) > 0, func.cardinality(Contact.phone_keys) > 0)
        .order_by(Contact.id).limit(1)
    ).one()  # fmt: skip
    twin = session.scalars(
        select(Lead).where(Lead.status.in_((QUALIFICATION, MQL, NURTURING)), Lead.owner_id.is_(None), Lead.phone_key.like("+7%"))
        .order_by(Lead.id.desc()).limit(1)
    ).one()  # fmt: skip
    subject, text = AGAIN
    text = text.format(name=twin.name, phone=twin.phone)
    _letter(session, now - timedelta(hours=3), f"{twin.name} <lichnaya@post.example>", subject, text)
    _letter(session, now - timedelta(hours=2), f"{known.name} <{known.emails[0]}>", *QUESTION)
    _call(session, now - timedelta(hours=1), known.phones[0])
    _compare(session, now - timedelta(minutes=40), found)
    _forget(session, now - timedelta(minutes=30), found)


def _letter(session: Session, at: datetime, sender: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "sales@sklad.example", subject
    message["Date"], message["Message-ID"] = format_datetime(at), f"<demo-{at:%H%M}@post.example>"
    message.set_content(text)
    sorting.take(Context(session, SYSTEM, lambda: at), understand(message.as_bytes()))


def _call(session: Session, at: datetime, number: str) -> None:
    said = {
        "event": "ended", "call_id": "demo-1", "number": number, "answered": True,
        "started_at": at - SPOKEN, "seconds": int(SPOKEN.total_seconds()),
    }  # fmt: skip
    telephony.receive(Context(session, SYSTEM, lambda: at), said)


def _compare(session: Session, at: datetime, found: Department) -> None:
    """The search for duplicates, as somebody has run it."""
    context = Context(session, actor_of(found.people["marketing"], "ru"), lambda: at)
    session.flush()
    compared = noted = 0
    for kind in MODELS:
        traits = {one.id: one for one in map(likeness.read, session.execute(likeness.traits_of(kind)))}
        groups: dict[str, list[int]] = defaultdict(list)
        for one in traits.values():
            for key in likeness.keys_of(kind, one):
                groups[key].append(one.id)
        meet = [group for group in groups.values() if 2 <= len(group) <= LARGEST_GROUP]
        alike = likeness.pairs_among(kind, meet, traits)
        pairs.note(context, kind, alike)
        compared, noted = compared + len(traits), noted + len(alike)
    done = {"total": compared, "done": compared, "found": noted, "started_by_id": context.actor.user_id}
    session.add(DuplicateSearch(state=FINISHED, started_at=at, finished_at=at + timedelta(seconds=5), **done))


def _forget(session: Session, at: datetime, found: Department) -> None:
    lead = session.scalars(select(Lead).where(Lead.name == FORGET).order_by(Lead.id).limit(1)).one()
    context = Context(session, actor_of(found.people["supervisor"], "ru"), lambda: at)
    personal_data.erase_person(context, "lead", lead.id, confirm=lead.name, reason=REQUEST)
