"""What the tests of deals and of what hangs on them start from: two managers, their head, and records of theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from crm_model import deals, users
from crm_model.accounts import Account
from crm_model.business_lines import BusinessLine
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.leads import Lead
from crm_model.products import Product
from crm_model.users import Team, User
from kernel.context import HEAD, MANAGER, SUPERVISOR, Context
from kernel.paging import Page

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGE = Page()
numbers = count(1)


def person(session: Session, *roles: str, team: Team | None = None) -> User:
    number = next(numbers)
    user = users.add_user(
        session,
        username=f"user{number}",
        name=f"User {number}",
        roles=roles,
        team_id=team.id if team else None,
    )
    session.flush()
    return user


def acting(session: Session, user: User, at: datetime = NOW) -> Context:
    return Context(session, users.actor_of(user), lambda: at)


def add(session: Session, record: Any) -> Any:
    session.add(record)
    session.flush()
    return record


@dataclass
class Sales:
    """One team of two managers with a head, and a manager, a supervisor and a marketer from elsewhere."""

    session: Session

    def __post_init__(self) -> None:
        self.head_user = person(self.session, HEAD)
        team = add(self.session, Team(name=f"Team {next(numbers)}", head_id=self.head_user.id))
        self.manager_user = person(self.session, MANAGER, team=team)
        self.colleague_user = person(self.session, MANAGER, team=team)
        self.stranger_user = person(self.session, MANAGER)
        self.supervisor_user = person(self.session, SUPERVISOR)
        self.manager = acting(self.session, self.manager_user)
        self.colleague = acting(self.session, self.colleague_user)
        self.stranger = acting(self.session, self.stranger_user)
        self.head = acting(self.session, self.head_user)
        self.supervisor = acting(self.session, self.supervisor_user)

    def later(self, user: User | None = None, **span: float) -> Context:
        return acting(self.session, user or self.manager_user, NOW + timedelta(**span))

    def account(self, owner: User | None = None, **values: Any) -> Account:
        owner = owner or self.manager_user
        return add(self.session, Account(**{"name": f"Account {next(numbers)}", "owner_id": owner.id, **values}))

    def contact(self, owner: User | None = None, **values: Any) -> Contact:
        owner = owner or self.manager_user
        return add(self.session, Contact(**{"name": f"Contact {next(numbers)}", "owner_id": owner.id, **values}))

    def lead(self, owner: User | None = None, **values: Any) -> Lead:
        owner = owner or self.manager_user
        return add(self.session, Lead(**{"name": f"Lead {next(numbers)}", "owner_id": owner.id, **values}))

    def product(self, **values: Any) -> Product:
        return add(
            self.session,
            Product(**{"name": f"Product {next(numbers)}", "price": Decimal("100.00"), **values}),
        )

    def line(self, head: User | None = None) -> BusinessLine:
        return add(self.session, BusinessLine(name=f"Line {next(numbers)}", head_id=head.id if head else None))

    def deal(self, by: Context | None = None, **values: Any) -> Deal:
        return deals.create_deal(by or self.manager, {"title": f"Deal {next(numbers)}", **values})
