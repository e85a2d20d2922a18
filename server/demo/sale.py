"""A sale in flight: who sells what to whom, what has been done, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.products import Product
from crm_model.users import User, actor_of
from kernel.context import Context
from server.demo.clients import Client
from server.demo.department import Department
from server.demo.offers import Offer
from server.demo.steps import Answer, Present, Step
from server.demo.timeline import Timeline

LARGE = 8_000_000
"""Roubles from which the supervisor wants to see the proposal too."""


PRESENTATION = "give_presentation"


@dataclass
class Sale:
    """`hours` are the working hours at which the steps are to happen; `done` how many of them have."""

    number: int
    session: Session
    timeline: Timeline
    department: Department
    client: Client
    owner: User
    offer: Offer
    random: Random
    basket: list[tuple[Product, int]]
    steps: list[Step] = field(default_factory=list)
    hours: list[float] = field(default_factory=list)
    waits_for: str = ""
    """The element whose task is open today."""
    done: int = 0
    instance_id: int = 0
    deal: Deal | None = None
    """Held here, so that each step finds it in the session."""
    trouble: str | None = None
    """Why the sale was left as it stands, where the process took another way than planned."""

    @property
    def person(self) -> Contact:
        return self.client.people[0]

    @property
    def deal_id(self) -> int:
        """0 as long as there is no deal."""
        return self.deal.id if self.deal else 0

    @property
    def is_over(self) -> bool:
        return self.done >= len(self.steps) or self.trouble is not None

    @property
    def moment(self) -> datetime:
        """When the step happens that is next; the last one's time when all are done."""
        return self.timeline.at(self.hours[min(self.done, len(self.hours) - 1)])

    @property
    def is_large(self) -> bool:
        return sum(float(product.price or 0) * count for product, count in self.basket) >= LARGE

    def planned(self, element: str) -> datetime | None:
        """When the sale comes to an element again, if that lies before the present."""
        for step, hour in zip(self.steps[self.done + 1 :], self.hours[self.done + 1 :], strict=True):
            if _element(step) == element:
                return self.timeline.at(hour)
        return None

    def context(self, user: User | None = None) -> Context:
        """The owner, or another person, acting at the moment of the step."""
        moment = self.moment
        return Context(self.session, actor_of(user or self.owner, "ru"), lambda: moment)


def _element(step: Step) -> str | None:
    if isinstance(step, Present):
        return PRESENTATION
    return step.element if isinstance(step, Answer) else None
