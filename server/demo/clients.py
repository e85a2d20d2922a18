"""The demo company's clients: accounts with legal details and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model.accounts import Account
from crm_model.consents import EMAIL, MARKETING, Consent
from crm_model.contacts import Contact
from crm_model.users import User
from kernel.context import SYSTEM, Clock, Context, acting
from server.demo import companies, people
from server.demo.companies import Company
from server.demo.people import in_latin
from server.demo.randomness import stream

JOBS = (
    ("Генеральный директор", "decision_maker", True),
    ("Директор по логистике", "decision_maker", True),
    ("Директор по производству", "decision_maker", True),
    ("Коммерческий директор", "owner", True),
    ("Начальник склада", "influencer", False),
    ("Руководитель отдела логистики", "influencer", False),
    ("Главный инженер", "influencer", False),
    ("Руководитель ИТ-отдела", "influencer", False),
    ("Специалист по закупкам", "user", False),
    ("Ведущий специалист по закупкам", "user", False),
    ("Финансовый директор", "accountant", False),
    ("Юрисконсульт", "lawyer", False),
    ("Помощник генерального директора", "secretary", False),
)
"""(position, part in a purchase, decides)"""
JOURNEY = ("acquaintance", "study", "choice", "purchase", "repeat"), (30, 30, 20, 10, 10)
"""Where clients stand on their way, and how many of a hundred."""


@dataclass(frozen=True, slots=True)
class Client:
    account: Account
    owner_id: int
    people: list[Contact]

    @property
    def short(self) -> str:
        """How people call the company, without its legal form."""
        return self.account.name.rpartition(", ")[0]


def make(session: Session, clock: Clock, owners: list[User], *, accounts: int, contacts: int) -> None:
    """Accounts with their contacts, shared out among the owners; the first contacts are one for each account."""
    random = stream("clients")
    with acting(Context(session, SYSTEM, clock)):
        drawn = companies.draw(random, accounts)
        made = [_account(random, company, owners[n % len(owners)], clock()) for n, company in enumerate(drawn)]
        session.add_all(made)
        session.flush()
        places = [n if n < accounts else random.randrange(accounts) for n in range(contacts)]
        persons = [_person(random, made[n], drawn[n], is_first=at < accounts) for at, n in enumerate(places)]
        session.add_all(persons)
        session.add_all([_consent(person) for person in persons if person.consent])


def find(session: Session) -> list[Client]:
    """The clients as they were made, in that order; not those who became clients since, which somebody entered."""
    clients = {
        account.id: Client(account, account.owner_id or 0, [])
        for account in session.scalars(select(Account).where(Account.created_by_id.is_(None)).order_by(Account.id))
    }
    for contact in session.scalars(select(Contact).where(Contact.created_by_id.is_(None)).order_by(Contact.id)):
        clients[contact.account_id or 0].people.append(contact)
    return list(clients.values())


def _account(random: Random, company: Company, owner: User, now: datetime) -> Account:
    size = company.employees
    return Account(
        name=company.name,
        legal_name=company.legal_name,
        type="customer" if random.random() < 0.3 else "prospect",
        owner_id=owner.id,
        inn=company.inn,
        kpp=company.kpp,
        ogrn=company.ogrn,
        industry=company.industry.name,
        employees=size,
        region=company.city.region,
        address=company.address,
        website=f"https://{company.domain}",
        phones=[company.phone],
        emails=[f"info@{company.domain}"],
        abc_class="A" if size > 900 else "B" if size > 350 else "C" if size > 100 else "D",
        potential=Decimal(size * random.randint(8, 40) * 1000),
        journey_stage=random.choices(*JOURNEY)[0],
        birthday=date(random.randint(1993, 2021), random.randint(1, 12), random.randint(1, 28)),
        preferred_channel=random.choice(("phone", "email", "meeting")),
        created_at=now - timedelta(days=random.randint(1, 500), minutes=random.randint(0, 500)),
    )


def _person(random: Random, account: Account, company: Company, *, is_first: bool) -> Contact:
    name = people.draw(random)
    job, role, decides = random.choice(JOBS[:6] if is_first else JOBS)
    address = f"{in_latin(name.first)[:1]}.{in_latin(name.surname)}@{company.domain}"
    consents, writes = random.random() < 0.7, random.random() < 0.35
    return Contact(
        name=name.full,
        account_id=account.id,
        job_title=job,
        role=role,
        is_decision_maker=decides,
        owner_id=account.owner_id,
        phones=[companies.mobile_phone(random), *([company.phone] if random.random() < 0.4 else [])],
        emails=[address],
        messengers={"telegram": f"@{in_latin(name.surname)}_{random.randint(10, 99)}"} if writes else {},
        preferred_channel=random.choice(("phone", "email", "messenger")),
        time_zone=company.city.time_zone,
        language="ru",
        birthday=date(random.randint(1963, 1998), random.randint(1, 12), random.randint(1, 28)),
        consent=consents,
        consent_at=account.created_at if consents else None,
        created_at=account.created_at,
    )


def _consent(person: Contact) -> Consent:
    """How the person came to allow letters."""
    proof = {
        "text": "Я согласен получать новости и предложения компании по электронной почте.",
        "version": "1",
        "reason": "Отметка в анкете клиента при знакомстве.",
    }
    return Consent(
        contact=person, purpose=MARKETING, channel=EMAIL, given_at=person.consent_at, source="manual", proof=proof
    )
