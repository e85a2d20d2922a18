"""The demo sales department: people, teams, business lines, products and the knowledge base."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import users
from crm_model.articles import Article
from crm_model.business_lines import BusinessLine
from crm_model.products import Product
from crm_model.users import Team, User
from kernel.context import (
    ADMINISTRATOR,
    CALL_CENTRE,
    DESIGNER,
    HEAD,
    MANAGER,
    MARKETING,
    SUPERVISOR,
    SYSTEM,
    Clock,
    Context,
    acting,
)
from server.demo import articles, offers
from server.demo.companies import mobile_phone
from server.demo.randomness import stream

PASSWORD = "demo"
KEY_CLIENTS, REGIONS, PARTNERS = "Ключевые клиенты", "Регионы", "Автоматизация и сервис"
TEAMS = ((KEY_CLIENTS, "head"), (REGIONS, "voronin"), (PARTNERS, "ermakova"))
"""(team, user name of its head)"""
PEOPLE = (
    ("admin", "Алексей Романов", ADMINISTRATOR, None),
    ("designer", "Дарья Фомина", DESIGNER, None),
    ("supervisor", "Михаил Лазарев", SUPERVISOR, None),
    ("marketing", "Полина Журавлёва", MARKETING, None),
    ("callcentre", "Юлия Никитина", CALL_CENTRE, None),
    ("head", "Ирина Соболева", HEAD, KEY_CLIENTS),
    ("manager", "Сергей Данилов", MANAGER, KEY_CLIENTS),
    ("manager2", "Анна Крылова", MANAGER, KEY_CLIENTS),
    ("voronin", "Олег Воронин", HEAD, REGIONS),
    ("zaytseva", "Екатерина Зайцева", MANAGER, REGIONS),
    ("terentev", "Илья Терентьев", MANAGER, REGIONS),
    ("ermakova", "Наталья Ермакова", HEAD, PARTNERS),
    ("gusev", "Павел Гусев", MANAGER, PARTNERS),
)
"""(user name, name, role, team)"""
SELLERS = ("manager", "manager2", "zaytseva", "terentev", "gusev", "ermakova")
"""Who has sales; the head of the smallest team sells too."""
LINES = ((offers.EQUIPMENT, "head"), (offers.AUTOMATION, "ermakova"), (offers.SERVICE, None))
"""(business line, user name of its head)"""


@dataclass(frozen=True, slots=True)
class Department:
    """Who and what there is, by user name, title or article number."""

    people: dict[str, User]
    lines: dict[str, BusinessLine]
    products: dict[str, Product]
    articles: list[Article]

    @property
    def sellers(self) -> list[User]:
        return [self.people[username] for username in SELLERS]

    def head_of(self, user: User) -> User:
        """Who leads the user's team."""
        team = next(team for name, _, role, team in PEOPLE if name == user.username)
        return self.people[dict(TEAMS)[team or KEY_CLIENTS]]


def find(session: Session) -> Department:
    """The department as it was made."""
    return Department(
        {user.username: user for user in session.scalars(select(User).order_by(User.id))},
        {line.name: line for line in session.scalars(select(BusinessLine))},
        {product.sku or "": product for product in session.scalars(select(Product))},
        list(session.scalars(select(Article).order_by(Article.id))),
    )


def make(session: Session, clock: Clock) -> None:
    """Everybody and everything that was there before the first sale."""
    with acting(Context(session, SYSTEM, clock)):
        people = _people(session)
        lines = {title: BusinessLine(name=title, head_id=_id(people, head)) for title, head in LINES}
        products = {
            product.sku: Product(
                sku=product.sku, name=product.name, price=product.price, description=product.description
            )
            for product in offers.PRODUCTS
        }
        session.add_all([*lines.values(), *products.values()])
        session.flush()
        session.add_all([_article(article, products, people) for article in articles.ARTICLES])


def _people(session: Session) -> dict[str, User]:
    random = stream("people")
    teams = {name: Team(name=name) for name, _ in TEAMS}
    session.add_all(teams.values())
    session.flush()
    hashed = users.hash_password(PASSWORD)
    people = {}
    for username, name, role, team in PEOPLE:
        people[username] = users.add_user(
            session,
            username=username,
            name=name,
            roles=[role],
            team_id=teams[team].id if team else None,
            email=f"{username}@sklad.example",
            phone=mobile_phone(random),
        )
        people[username].password_hash = hashed
    session.flush()
    for name, head in TEAMS:
        teams[name].head_id = people[head].id
    session.flush()
    return people


def _id(people: dict[str, User], username: str | None) -> int | None:
    return people[username].id if username else None


def _article(article: articles.Article, products: dict[str, Product], people: dict[str, User]) -> Article:
    return Article(
        title=article.title,
        kind=article.kind,
        summary=article.summary,
        body=article.body,
        tags=list(article.tags),
        products=[products[sku] for sku in article.skus],
        created_by_id=people["marketing"].id,
    )
