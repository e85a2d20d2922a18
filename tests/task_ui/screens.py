"""Every screen with who looks at it, and an office in which each has something to show."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import (
    campaign_members,
    campaigns,
    contacts,
    leads,
    letter_templates,
    letters,
    segments,
    substitutions,
    suppressions,
    users,
    web_forms,
    working_calendars,
)
from crm_model.inbound_letters import InboundLetter
from crm_model.merging.pairs import DuplicatePair, DuplicateSearch
from crm_model.personal.tables import Erasure
from crm_model.reports import room
from crm_model.scoring.entities import ScoreCard
from kernel.context import SYSTEM, Context
from processes import imports, merging, telephony
from processes.catalogue import deploy_shipped
from processes.mailroom import sorting
from processes.mailroom.understanding import Received
from tests.support.decisions import dmn, table
from tests.task_ui import troubled
from tests.task_ui.conftest import Site

VISITOR = "visitor"
SCREENS: dict[str, tuple[str, ...]] = {
    VISITOR: ("/login", "/api/docs", "/f/{form}?language={language}", "/f/{form}/thanks?language={language}", "/l/u/{letter_key}"),
    "manager": (
        "/tasks", "/tasks?group=overdue", "/tasks?group=postponed", "/tasks?q=нет такого", "/tasks/1", "/calendar",
        "/accounts", "/accounts/1", "/accounts/1?tab=activities", "/accounts/1?tab=documents", "/accounts/1?tab=audit",
        "/accounts/new", "/accounts/1/edit", "/contacts", "/contacts/1", "/contacts/new", "/contacts/1/edit",
        "/contacts/1/consents/new", "/contacts/1/consents/withdraw", "/deals", "/deals/1", "/deals/1?tab=data",
        "/deals/1?tab=participants", "/deals/1?tab=competitors", "/deals/2?tab=products", "/deals/1?tab=documents",
        "/deals/1?tab=process", "/deals/1?tab=audit", "/deals/new", "/deals/1/edit", "/deals/1/stage",
        "/deals/5/stage?stage=contracting", "/deals/1/stage?stage=lost", "/deals/1/field/need",
        "/deals/1/participants/new", "/deals/1/participants/1", "/deals/1/competitors/new", "/deals/1/competitors/1",
        "/deals/2/products/new", "/deals/2/products/1", "/pipeline", "/activities/new", "/activities/1",
        "/activities/1/edit", "/documents/1", "/documents/1/edit", "/knowledge", "/knowledge/1", "/notifications",
        "/search", "/search?q=АТС", "/sales/new", "/sales/new?type=account&id=2", "/start", "/start?type=deal&id=1",
        "/start/document_approval?type=deal&id=1", "/leads", "/leads/board", "/leads/new", "/leads/{lead}",
        "/leads/{lead}?tab=score", "/leads/{lead}?tab=process", "/leads/{lead}?tab=audit", "/leads/{lead}/edit",
        "/leads/{lead}/disqualify", "/leads/{lead}/consents/new", "/duplicates", "/duplicates?type=lead",
        "/merge/lead/{lead}", "/merge/lead/{lead}/{like}", "/merges", "/letters", "/letters/{letter}",
        "/letters/templates", "/calls/{call}", "/settings/profile", "/settings/substitutions",
        "/campaigns", "/scoring", "/reports",
        "/reports/leads_by_source", "/reports/incorrect_data",
    ),
    "marketing": (
        "/campaigns", "/campaigns/{campaign}", "/campaigns/{campaign}?tab=audit", "/campaigns/{campaign}/edit",
        "/campaigns/{campaign}/members/new", "/campaigns/{mailing}", "/campaigns/new", "/segments",
        "/segments/{segment}", "/segments/{segment}/edit", "/segments/lists/new",
        "/segments/new?subject=leads&c.0.field=source&c.0.operator=is&c.0.value=phone&c.1.field=product_id&add=last_touch",
        "/forms", "/forms/new", "/forms/{form}", "/imports", "/imports/new", "/imports/{import}", "/scoring",
        "/scoring/{card}", "/scoring/{card}?new=touch", "/scoring/{card}?tab=history", "/scoring/reactivation",
        "/scoring/new", "/letters/templates/{template}", "/letters/templates/new", "/letters/suppressions",
        "/letters/suppressions/new", "/inbox", "/reports", *(f"/reports/{name}" for name in room.REPORTS),
        "/reports/leads_by_source/leads",
    ),
    "callcentre": (
        "/tasks", "/calendar", "/leads", "/leads/board", "/leads/new", "/leads/{lead}",
        "/leads/{lead}?tab=score", "/leads/{lead}?tab=process", "/leads/{lead}/edit", "/leads/{lead}/disqualify",
        "/leads/{lead}/consents/new", "/merge/lead/{lead}", "/accounts", "/contacts", "/contacts/new", "/duplicates",
        "/letters", "/campaigns", "/campaigns/{campaign}", "/scoring", "/reports", "/start?type=lead&id={lead}",
    ),
    "admin": (
        "/instances", "/instances/map?process=discount", "/instances/map?process=corporate_sale", "/incidents", "/jobs",
        *(f"/instances/{{instance}}?tab={tab}" for tab in ("history", "tasks", "variables", "jobs", "actions")),
        *(f"/instances/{{instance}}/{asks}" for asks in ("move", "cancel", "data", "message", "suspend")),
        "/processes", "/processes/1", "/processes/1?tab=versions", "/processes/1?tab=text", "/processes/1/publish",
        "/processes/new", "/processes/upload", "/decisions", "/decisions/{decision}", "/knowledge/new",
        "/knowledge/1/edit", "/settings/users", "/settings/users/1", "/settings/users/new", "/settings/teams",
        "/settings/teams/1", "/settings/teams/new", "/settings/business-lines", "/settings/business-lines/1",
        "/settings/business-lines/new", "/settings/products", "/settings/products/1", "/settings/products/new",
        "/settings/stages", "/settings/calendars", "/settings/calendars/new", "/settings/calendars/{calendar}",
        "/settings/substitutions", "/settings/mail", "/settings/mailbox", "/settings/telephony",
        "/letters/{letter}", "/inbox/{inbound}", "/activities/{inbound_activity}",
    ),
    "supervisor": (
        "/duplicates", "/duplicates?different=1", "/merge/contact/1/2", "/merges", "/erasures", "/erasures/{erasure}",
        "/contacts/1/personal-data", "/leads/{lead}/personal-data", "/instances",
    ),
}  # fmt: skip
"""Paths by who looks; names in braces are what `fill` gives. A new screen needs its line here and nothing else."""


def fill(site: Site) -> dict[str, object]:
    """Puts more into the office, so that no screen is empty; gives ids and keys by the names of the paths."""
    with site.database.transaction() as session:
        deploy_shipped(Context(session, SYSTEM))
    decision = dmn(table("amount:number vip:boolean", "discount:number", "> 1000 | true -> 10", name="discount"))
    troubled.deploy(site, ("discount.bpmn", troubled.discount()), ("discount.dmn", decision))
    made: dict[str, object] = {"instance": troubled.in_trouble(site, deal=site.office.deals[0]), "decision": 1}
    with site.database.transaction() as session:
        _lead(site, session, made)
        _market(site, session, made)
        _write(site, session, made)
        _administer(site, session, made)
    return made


def _lead(site: Site, session: Session, made: dict[str, object]) -> None:
    marketing = site.office.acting(session, "marketing")
    values = {"email": "someone@lead.example", "phone": "+7 921 700-10-01", "consent": True}
    for number, source in enumerate(("phone", "phone", "email", "manual", "web_form")):
        given = values if number < 2 else {}
        lead = leads.create_lead(marketing, {"name": f"Лид {number}", "source": source, **given})
        if number == 3:
            leads.set_status(marketing, lead, "sql")
        if number == 4:
            leads.disqualify(marketing, lead, "incorrect_data")
        if number < 2:
            lead.owner_id = site.office.people["manager"]
            made["like" if number else "lead"] = lead.id


def _market(site: Site, session: Session, made: dict[str, object]) -> None:
    marketing = site.office.acting(session, "marketing")
    users.update_profile(marketing, {"email": "marketing@office.example"})
    values = {"name": "Осенний форум складской логистики", "kind": "exhibition", "status": "active", "cost": "120000"}
    campaign = campaigns.create_campaign(marketing, values)
    campaign_members.add_member(marketing, campaign.id, {"lead_id": made["lead"]})
    mailing = campaigns.create_campaign(marketing, {"name": "Осенняя рассылка", "kind": "mailing", "status": "planned"})
    asked = [{"field": "source", "operator": "is", "value": ["phone"]}]
    segment = segments.create_segment(
        marketing, {"name": "Звонившие", "subject": "leads", "conditions": asked, "shared": True}
    )
    title = {"ru": "Рассчитаем склад", "en": "Let us plan"}
    fields = ["name", "phone", "email", "request", "consent"]
    web_forms.create_web_form(marketing, {"key": "racks", "name": "Склад", "title": title, "fields": fields})
    sheet = "Имя;Телефон\nАнна Импорт;+7 916 111-55-01\n;+7 916 111-55-02\n".encode()
    loaded = imports.upload_import(marketing, kind="leads", file_name="clients.csv", content=sheet)
    card = session.scalars(select(ScoreCard.id).where(ScoreCard.product_id.is_(None))).one()
    made |= {
        "campaign": campaign.id, "mailing": mailing.id, "segment": segment.id, "form": "racks", "import": loaded.id,
        "card": card,
    }  # fmt: skip


def _write(site: Site, session: Session, made: dict[str, object]) -> None:
    system, marketing = Context(session, SYSTEM), site.office.acting(session, "marketing")
    template = {"name": "Приглашение", "subject": "Приглашаем на форум", "text": "Добрый день!"}
    made["template"] = letter_templates.create_template(marketing, template).id
    suppressions.create_suppression(marketing, {"address": "rude@example.com"})
    letter = letters.queue(
        system,
        to="someone@lead.example",
        subject="Предложение",
        html='<p>Привет <a href="https://firm.example/a">сюда</a></p>',
        purpose="marketing",
        key="screens",
        lead_id=_number(made["lead"]),
    )
    letter.status, letter.sent_at = letters.SENT, system.now()
    came: dict[str, Any] = {
        "message_key": "<1>", "kind": "letter", "from_name": "Елена Громова", "from_address": "contact0@example.com",
        "subject": "Стеллажи на склад", "text": "Нужен расчёт\nна 3000 м²", "fresh": "Нужен расчёт", "phone": None,
        "sent_at": system.now(), "attachments": (),
    }  # fmt: skip
    inbound: InboundLetter = sorting.take(system, Received(**came))
    made |= {
        "letter": letter.id, "letter_key": letter.token, "inbound": inbound.id, "inbound_activity": inbound.activity_id,
    }  # fmt: skip


def _administer(site: Site, session: Session, made: dict[str, object]) -> None:
    system, manager = Context(session, SYSTEM), site.office.acting(session)
    rung = {"event": "incoming", "call_id": "1", "number": "+7 916 222-33-46", "user": "manager"}
    made["call"] = telephony.receive(system, rung).id
    made["calendar"] = working_calendars.create_working_calendar(system, {"name": "Омск"}).id
    away = {"begins": "2099-02-01T00:00:00Z", "ends": "2099-02-08T00:00:00Z"}
    substitutions.create_substitution(manager, {"substitute_id": site.office.people["manager2"], **away})
    twice = [contacts.create_contact(manager, {"name": name}).id for name in ("Двойник", "Двойник второй")]
    merging.merge(manager, kind="contact", survivor_id=twice[0], loser_id=twice[1])
    pair = DuplicatePair(kind="contact", first_id=1, second_id=2, score=60, reasons=["name"], found_at=system.now())
    search = DuplicateSearch(state="finished", started_at=system.now(), finished_at=system.now())
    erasure = Erasure(at=system.now(), reason="Обращение № 7", records=[{"type": "lead", "id": 10**9}])
    session.add_all([pair, search, erasure])
    session.flush()
    made["erasure"] = erasure.id


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
