"""What people enter into the forms of a sale: each function answers the value for the moment it is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm_model.deal_entities import DealCompetitor
from crm_model.documents import newest_of
from kernel.working_time import next_working_day
from server.demo import offers, words
from server.demo.timeline import HOURS, quarter

if TYPE_CHECKING:
    from server.demo.sale import Sale


def appointment(element: str) -> Callable[[Sale], str]:
    """A time agreed with the client: when the sale comes to that element, or one of the days after."""

    def agreed(sale: Sale) -> str:
        planned = sale.planned(element)
        if planned is None:
            hour = sale.timeline.hour_of(sale.timeline.now) + sale.random.uniform(-0.5, 4) * HOURS
            planned = sale.timeline.at(max(hour, sale.timeline.hour_of(sale.moment) + HOURS / 2))
        return _later(sale, quarter(planned)).isoformat()

    return agreed


def _later(sale: Sale, moment: datetime) -> datetime:
    """Appointments lie ahead, whatever the pace of the sale."""
    return moment if moment > sale.moment else quarter(sale.moment + timedelta(hours=1))


def account(sale: Sale) -> int:
    return sale.client.account.id


def title(sale: Sale) -> str:
    return sale.offer.title


def rough_amount(sale: Sale) -> str:
    """What the manager guesses before anything is calculated, to a hundred thousand."""
    guess = sum(float(product.price or 0) * count for product, count in sale.basket)
    return f"{max(round(guess * sale.random.uniform(0.8, 1.15), -5), 100_000):.2f}"


def line(sale: Sale) -> int:
    return sale.department.lines[sale.offer.line].id


def owner(sale: Sale) -> int:
    return sale.owner.id


def attendees(sale: Sale) -> list[int]:
    return [person.id for person in sale.client.people[:3]]


def article(sale: Sale) -> int | None:
    """A presentation of the knowledge base on what is sold, else the one about the company."""
    wanted = {product.id for product, _ in sale.basket}
    shows = [article for article in sale.department.articles if article.kind == "presentation"]
    fitting = [article for article in shows if wanted & {product.id for product in article.products}]
    return sale.random.choice(fitting or shows[:1]).id


def products(sale: Sale) -> list[int]:
    return [product.id for product, _ in sale.basket]


def competitors(sale: Sale) -> list[dict[str, Any]]:
    rivals = sale.random.sample(offers.COMPETITORS, sale.random.choice((1, 1, 2)))
    return [{"name": name, "strengths": good, "weaknesses": bad} for name, good, bad in rivals]


def winner(sale: Sale) -> int | None:
    """The competitor who took the deal away."""
    query = select(DealCompetitor.id).where(DealCompetitor.deal_id == sale.deal_id).order_by(DealCompetitor.id)
    return sale.session.scalar(query.limit(1))


def participants(sale: Sale) -> list[dict[str, Any]]:
    return [
        {
            "contact_id": person.id,
            "role": person.role or "influencer",
            "influence": "high" if person.is_decision_maker else sale.random.choice(("low", "medium")),
            "loyalty": sale.random.choice(("negative", "neutral", "neutral", "positive")),
            "motives": sale.random.choice(words.MOTIVES),
        }
        for person in sale.client.people[:4]
    ]


def approvers(sale: Sale) -> list[int]:
    """The owner's head, and the supervisor as well where the deal is large."""
    head = sale.department.head_of(sale.owner)
    asked = [head.id] if head.id != sale.owner.id else []
    if sale.is_large or not asked:
        asked.append(sale.department.people["supervisor"].id)
    return asked


def document(kind: str) -> Callable[[Sale], int | None]:
    def newest(sale: Sale) -> int | None:
        found = newest_of(sale.context(), sale.deal_id, kind)
        return found.id if found else None

    return newest


def one_of(texts: tuple[Any, ...]) -> Callable[[Sale], Any]:
    return lambda sale: sale.random.choice(texts)


def next_activities(sale: Sale) -> list[dict[str, Any]]:
    kind, subject = sale.random.choice(words.NEXT_STEPS)
    start = next_working_day(sale.moment + timedelta(days=sale.random.randint(5, 20)))
    return [{"kind": kind, "subject": subject, "start": start.isoformat(), "due": start.isoformat()}]
