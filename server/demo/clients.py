"""The demo company's clients: accounts with legal details and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.users import User
from kernel.context import SYSTEM, Clock, Context, acting
from server.demo import companies, people
from server.demo.companies import Company
from server.demo.people import Name, in_latin
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
class Person:
    """A contact with the parts of the name, for texts that speak of it."""

    contact: Contact
    name: Name


@dataclass(frozen=True, slots=True)
class Client:
    account: Account
    company: Company
    owner: User
    people: list[Person]


def make(session: Session, clock: Clock, owners: list[User], *, accounts: int, contacts: int) -> list[Client]:
    """Accounts with their contacts, shared out among the owners."""
    random = stream("clients")
    with acting(Context(session, SYSTEM, clock)):
        clients = []
        for number, company in enumerate(companies.draw(random, accounts)):
            owner = owners[number % len(owners)]
            account = _account(random, company, owner)
            session.add(account)
            clients.append(Client(account, company, owner, []))
        session.flush()
        for number in range(contacts):
            client = clients[number if number < accounts else random.randrange(accounts)]
            client.people.append(_person(random, client, clock()))
        session.add_all([person.contact for client in clients for person in client.people])
        session.flush()
    return clients


def _account(random: Random, company: Company, owner: User) -> Account:
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
    )


def _person(random: Random, client: Client, now: datetime) -> Person:
    name = people.draw(random)
    taken = {person.contact.job_title for person in client.people}
    jobs = [job for job in JOBS if job[0] not in taken] or list(JOBS)
    job, role, decides = random.choice(jobs[:6] if not client.people else jobs)
    address = f"{in_latin(name.first)[:1]}.{in_latin(name.surname)}@{client.company.domain}"
    consents, writes = random.random() < 0.7, random.random() < 0.35
    contact = Contact(
        name=name.full,
        account_id=client.account.id,
        job_title=job,
        role=role,
        is_decision_maker=decides,
        owner_id=client.owner.id,
        phones=[companies.mobile_phone(random), *([client.company.phone] if random.random() < 0.4 else [])],
        emails=[address],
        messengers={"telegram": f"@{in_latin(name.surname)}_{random.randint(10, 99)}"} if writes else {},
        preferred_channel=random.choice(("phone", "email", "messenger")),
        time_zone=client.company.city.time_zone,
        language="ru",
        birthday=date(random.randint(1963, 1998), random.randint(1, 12), random.randint(1, 28)),
        consent=consents,
        consent_at=now if consents else None,
    )
    return Person(contact, name)
