"""Campaigns of the demo: an exhibition that is over, a webinar to come, a mailing that is ready to go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import campaign_members, campaigns, letter_templates, mailings, segments
from crm_model.campaigns import ATTENDED, INVITED, REGISTERED, Campaign
from crm_model.leads import Lead
from crm_model.users import actor_of
from kernel.context import Context
from server.demo.department import Department
from server.demo.timeline import Timeline

EXHIBITION: dict[str, Any] = {
    "name": "Выставка «Склад и логистика»", "kind": "exhibition", "status": "finished",
    "place": "Москва, «Крокус Экспо», павильон 2", "budget": "450000", "cost": "418500",
    "note": "Стенд 18 м², две презентации стеллажей и розыгрыш обследования склада.",
}  # fmt: skip
WEBINAR: dict[str, Any] = {
    "name": "Вебинар «Склад без бумаги за три месяца»", "kind": "webinar", "status": "planned",
    "place": "https://webinar.example/sklad", "budget": "60000",
}  # fmt: skip
MAILING: dict[str, Any] = {"name": "Приглашение на вебинар", "kind": "mailing", "status": "planned", "budget": "15000"}
INVITATION: dict[str, Any] = {
    "name": "Приглашение на вебинар", "subject": "{{ person.name }}, приглашаем на вебинар о складе без бумаги",
    "html": "<p>Здравствуйте, {{ person.name }}!</p><p>На вебинаре «Склад без бумаги за три месяца» покажем, как два склада"
            " наших клиентов перешли на терминалы и сколько ошибок отбора исчезло.</p>"
            '<p><a href="https://webinar.example/sklad">Записаться</a></p>',
    "text": "Здравствуйте, {{ person.name }}!\n\nПриглашаем на вебинар «Склад без бумаги за три месяца»:"
            " https://webinar.example/sklad",
}  # fmt: skip
RIPE: dict[str, Any] = {
    "name": "Дозревают и согласны на письма", "shared": True,
    "conditions": [
        {"field": "status", "operator": "is", "value": ["mql", "nurturing"]},
        {"field": "consent", "operator": "is", "value": True},
    ],
}  # fmt: skip
QUIET: dict[str, Any] = {
    "name": "Без касаний за месяц", "shared": True,
    "conditions": [
        {"field": "status", "operator": "is_not", "value": ["handed_off", "disqualified"]},
        {"field": "last_touch", "operator": "older", "value": 30},
    ],
}  # fmt: skip


def make(session: Session, timeline: Timeline, found: Department) -> None:
    """After the leads have come: those whose source is a campaign came from the exhibition."""
    marketing = found.people["marketing"]

    def at(moment: datetime) -> Context:
        return Context(session, actor_of(marketing, "ru"), lambda: moment)

    now = timeline.now
    opened = now - timedelta(days=40)
    days = {"starts_on": opened.date().isoformat(), "ends_on": (opened + timedelta(days=2)).date().isoformat()}
    exhibition = campaigns.create_campaign(at(opened - timedelta(days=30)), {**EXHIBITION, **days})
    webinar_day = (now + timedelta(days=12)).date().isoformat()
    webinar = campaigns.create_campaign(at(now - timedelta(days=5)), {**WEBINAR, "starts_on": webinar_day})
    ripe = segments.create_segment(at(now - timedelta(days=5)), RIPE)
    segments.create_segment(at(now - timedelta(days=5)), QUIET)
    _visitors(session, at(opened + timedelta(days=2)), exhibition)
    segments.invite(at(now - timedelta(days=2)), webinar.id, ripe.id)
    planner = at(now - timedelta(days=1))
    mailing = campaigns.create_campaign(planner, MAILING)
    letter = letter_templates.create_template(planner, INVITATION)
    plan = {"segment_id": ripe.id, "template_id": letter.id, "sender_id": marketing.id, "working_hours": True}
    mailings.plan_mailing(planner, mailing.id, plan)


def _visitors(session: Session, context: Context, exhibition: Campaign) -> None:
    brought = list(session.scalars(select(Lead).where(Lead.source == "campaign").order_by(Lead.id)))
    others = list(session.scalars(select(Lead).where(Lead.source != "campaign").order_by(Lead.id).limit(12)))
    for lead in brought:
        lead.campaign_id = exhibition.id
    session.flush()
    for state, people in ((ATTENDED, brought), (REGISTERED, others[:6]), (INVITED, others[6:])):
        campaign_members.enrol(context, exhibition, state, campaign_members.LEAD, [lead.id for lead in people])
