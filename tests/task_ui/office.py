"""A small sales office for the screens: people, clients, deals at several stages, tasks that press and that wait."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import (
    accounts,
    activities,
    articles,
    business_lines,
    competitors,
    contacts,
    documents,
    line_items,
    notes,
    notifications,
    participants,
    products,
    teams,
    users,
)
from engine.tables import UserTaskRow
from kernel.context import ADMINISTRATOR, CALL_CENTRE, DESIGNER, HEAD, MANAGER, MARKETING, SUPERVISOR, SYSTEM, Context
from kernel.db import Database
from processes import designs, sales, tasks
from tests.task_ui import small_sale

PASSWORD = "demo"
PEOPLE = (
    ("manager", "Анна Ковалёва", MANAGER), ("manager2", "Илья Соколов", MANAGER), ("head", "Виктор Орлов", HEAD),
    ("supervisor", "Мария Лебедева", SUPERVISOR), ("designer", "Пётр Зайцев", DESIGNER),
    ("marketing", "Ольга Синицына", MARKETING), ("callcentre", "Юлия Носова", CALL_CENTRE), ("admin", "Администратор", ADMINISTRATOR),
)  # fmt: skip
CLIENTS = (
    ("ООО «Северная торговая компания»", "Оптовая торговля", "Санкт-Петербург", "A", "Елена Викторовна Громова", "Финансовый директор"),
    ("АО «Уралмашкомплект»", "Машиностроение", "Екатеринбург", "A", "Сергей Баранов", "Директор по закупкам"),
    ("ГК «Агрополис»", "Сельское хозяйство", "Воронеж", "B", "Наталья Константинопольская", "Руководитель отдела информационных технологий"),
    ("ООО «Медлайн»", "Медицина", "Казань", "B", "Артём Юсупов", "Главный врач"),
    ("ПАО «Волжское пароходство»", "Транспорт и логистика", "Нижний Новгород", "A", "Дмитрий Чернов", "Заместитель генерального директора"),
    ("ООО «Лаборатория вкуса»", "Общественное питание", "Москва", "C", "Ирина Мельник", "Управляющая сетью"),
)  # fmt: skip


@dataclass
class Office:
    """Ids of what was made."""

    people: dict[str, int] = field(default_factory=dict)
    accounts: list[int] = field(default_factory=list)
    contacts: list[int] = field(default_factory=list)
    deals: list[int] = field(default_factory=list)

    def acting(self, session: Session, username: str = "manager", at: datetime | None = None) -> Context:
        user = users.get_user(Context(session, SYSTEM), self.people[username])
        moment = at or datetime.now(UTC)
        return Context(session, users.actor_of(user), lambda: moment)


def furnish(database: Database) -> Office:
    """Makes everything in one transaction each for people, clients and sales."""
    office = Office()
    with database.transaction() as session:
        _people(session, office)
    with database.transaction() as session:
        _clients(session, office)
    with database.transaction() as session:
        designs.upload(office.acting(session, "admin"), small_sale.files(), publish=True)
    with database.transaction() as session:
        _sales(session, office)
    return office


def _people(session: Session, office: Office) -> None:
    system = Context(session, SYSTEM)
    for username, name, role in PEOPLE:
        user = users.add_user(session, username=username, name=name, password=PASSWORD, roles=[role])
        session.flush()
        office.people[username] = user.id
    team = teams.create_team(system, {"name": "Отдел корпоративных продаж", "head_id": office.people["head"]})
    for username in ("manager", "manager2"):
        users.update_user(system, office.people[username], {"team_id": team.id})
    business_lines.create_business_line(system, {"name": "Облачные сервисы", "head_id": office.people["head"]})
    for name, price in (
        ("Платформа «Контур» на год", "480000"),
        ("Внедрение под ключ", "350000"),
        ("Обучение", "60000"),
    ):
        products.create_product(system, {"name": name, "price": price})
    articles.create_article(
        office.acting(session, "head"),
        {"title": "Презентация платформы", "kind": "presentation", "summary": "Двадцать слайдов."},
    )


def _clients(session: Session, office: Office) -> None:
    for number, (name, industry, region, abc, person, job) in enumerate(CLIENTS):
        manager = office.acting(session, "manager2" if number == 5 else "manager")
        account = accounts.create_account(
            manager,
            {
                "name": name, "industry": industry, "region": region, "abc_class": abc, "type": "prospect",
                "phones": [f"+7 812 320-10-{10 + number}"], "employees": 120 * (number + 1),
                "owner_id": manager.actor.user_id, "potential": str(1_500_000 * (number + 1)),
            },
        )  # fmt: skip
        contact = contacts.create_contact(
            manager,
            {
                "name": person, "job_title": job, "account_id": account.id, "role": "decision_maker",
                "phones": [f"+7 921 555-01-{20 + number}"], "emails": [f"contact{number}@example.com"],
                "owner_id": manager.actor.user_id,
            },
        )  # fmt: skip
        office.accounts.append(account.id)
        office.contacts.append(contact.id)


STAGES = ("needs", "proposal", "contracting", "needs", "proposal")
AMOUNTS = ("1200000", "3450000", "780000", "", "12500000")
TITLES = ("Облачная АТС на 40 рабочих мест", "Замена складской системы", "Электронная подпись для бухгалтерии",
          "Телемедицина: пилот", "Единая система диспетчеризации речного и автомобильного транспорта")  # fmt: skip


def _sales(session: Session, office: Office) -> None:
    now = datetime.now(UTC)
    manager = office.acting(session, at=now)
    for number, stage in enumerate(STAGES):
        made: dict[str, Any] = {
            "title": TITLES[number], "account_id": office.accounts[number], "contact_id": office.contacts[number],
            "stage": stage, "owner_id": manager.actor.user_id, "need": "Сократить расходы и не терять заявки.",
            "expected_close_date": (now + timedelta(days=20 + number)).date().isoformat(),
        }  # fmt: skip
        if AMOUNTS[number]:
            made["amount"] = AMOUNTS[number]
        from crm_model import deals

        deal = deals.create_deal(manager, made)
        office.deals.append(deal.id)
    for deal_id in office.deals[:4]:
        sales.start_sale(manager, subject={"type": "deal", "id": deal_id})
    sales.start_sale(manager, subject={"type": "account", "id": office.accounts[4]})
    sales.start_sale(office.acting(session, "manager2"), subject={"type": "account", "id": office.accounts[5]})
    _set_times(session, now)
    _around(session, office, manager, now)


def _set_times(session: Session, now: datetime) -> None:
    """Two tasks are late, one is due today, one may be taken by any manager."""
    rows = session.scalars(select(UserTaskRow).order_by(UserTaskRow.id)).all()
    late = (now - timedelta(days=1, hours=2), now - timedelta(hours=3), now + timedelta(minutes=30))
    for row, due in zip(rows, late, strict=False):
        row.due = due
    rows[3].assignee_id = None
    rows[3].candidate_roles = [MANAGER]


def _around(session: Session, office: Office, manager: Context, now: datetime) -> None:
    first, second = office.deals[0], office.deals[1]
    notes.create_note(manager, {"text": "Просят рассрочку на полгода.\nРешает финансовый директор.", "deal_id": first})
    participants.create_participant(
        manager,
        first,
        {"contact_id": office.contacts[0], "role": "decision_maker", "influence": "high", "loyalty": "positive"},
    )
    competitors.create_competitor(manager, first, {"name": "ТелекомСервис", "strengths": "Дешевле на 10 %"})
    line_items.create_line_item(manager, second, {"product_id": 1, "quantity": 2})
    documents.create_document(
        manager,
        {"deal_id": first, "kind": "proposal", "title": "Коммерческое предложение"},
        file_name="Предложение.txt",
        content=b"Offer",
        content_type="text/plain",
    )
    activities.create_activity(
        manager,
        {"kind": "meeting", "subject": "Встреча в офисе клиента", "start": now + timedelta(hours=4), "deal_id": first},
    )
    activities.create_activity(
        manager, {"kind": "call", "subject": "Уточнить реквизиты", "due": now - timedelta(days=2), "deal_id": second}
    )
    task = session.scalars(select(UserTaskRow).order_by(UserTaskRow.id)).first()
    assert task is not None
    tasks.comment_task(manager, task.id, text="Договорились созвониться после обеда.")
    notifications.notify(
        manager, office.people["manager"], kind="task", text="A document is waiting for your decision", link="/tasks"
    )
