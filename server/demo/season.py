"""Half a year of sales: how many stand where today, who runs them, when each began, and at which pace."""

from __future__ import annotations

from random import Random

from sqlalchemy.orm import Session

from crm_model.users import User
from server.demo import offers, values
from server.demo.clients import Client
from server.demo.department import Department
from server.demo.due import Dues
from server.demo.plan import Planner
from server.demo.randomness import stream
from server.demo.routes import Goal, write
from server.demo.sale import Sale
from server.demo.timeline import HOURS, Timeline

OPEN = {
    "interest": 9, "potential": 4, "needs": 14, "presentation": 13, "key_contacts": 6, "proposal": 13,
    "proposal_presentation": 9, "negotiation": 8, "contracting": 6,
}  # fmt: skip
LOST = {
    "potential": 3, "needs": 9, "presentation": 8, "proposal": 7, "proposal_presentation": 6, "negotiation": 5,
    "contracting": 2,
}  # fmt: skip
"""Deals by the stage in which they were lost."""
WON, REROUTED, NO_INTEREST, STOPPED = 30, 5, 18, 2
"""`STOPPED` are open ones that an incident keeps from going on."""
MONTHS = (0.8, 0.8, 0.9, 1.0, 0.7, 0.8, 0.6, 0.7, 1.1, 1.2, 1.3, 1.4)
"""How many deals are closed in a month, January first: summer is slow, the year ends busily."""


def goals(scale: float) -> list[Goal]:
    """Every sale of the half year; a smaller scale keeps at least one of each kind."""
    wanted = [(Goal("open", stage), count) for stage, count in OPEN.items()]
    wanted += [(Goal("lost", stage), count) for stage, count in LOST.items()]
    wanted += [(Goal("won", "contracting"), WON), (Goal("no_interest", "interest"), NO_INTEREST)]
    wanted += [(Goal("rerouted", "needs"), REROUTED), (Goal("stopped", "proposal"), STOPPED)]
    found = [goal for goal, count in wanted for _ in range(max(1, round(count * scale)))]
    stream("goals").shuffle(found)
    return found


def sales(
    session: Session, timeline: Timeline, department: Department, clients: list[Client], dues: Dues, scale: float
) -> list[Sale]:
    """The sales of all sellers, with their steps and the working hours at which these are to happen."""
    made = []
    shelves = _shelves(clients)
    turns = {"open": 0, "closed": 0}
    for number, goal in enumerate(goals(scale)):
        random = stream("sale", number)
        owner = _next_seller(department, turns, "open" if goal.is_open else "closed")
        offer = _offer(random, goal)
        basket = [(department.products[sku], random.randint(least, most)) for sku, least, most in offer.items]
        client = shelves[owner.id].pop()
        sale = Sale(number, session, timeline, department, client, owner, offer, random, basket)
        planner = Planner(
            random,
            is_large=sale.is_large,
            is_led=department.lines[offer.line].head_id is not None,
            approvers=len(values.approvers(sale)),
        )
        write(planner, goal)
        sale.steps, sale.waits_for = planner.steps, planner.waits_for
        sale.hours = _hours(sale, goal, dues)
        made.append(sale)
    return made


def _shelves(clients: list[Client]) -> dict[int, list[Client]]:
    """Each owner's clients, in no order."""
    shelves: dict[int, list[Client]] = {}
    for client in clients:
        shelves.setdefault(client.owner_id, []).append(client)
    for owner_id, shelf in sorted(shelves.items()):
        stream("clients of", owner_id).shuffle(shelf)
    return shelves


def _next_seller(department: Department, turns: dict[str, int], kind: str) -> User:
    sellers = department.sellers
    turns[kind] += 1
    return sellers[turns[kind] % len(sellers)]


def _offer(random: Random, goal: Goal) -> offers.Offer:
    """A deal's potential is weighed only in a line that has a head."""
    return random.choice(
        [offer for offer in offers.OFFERS if goal.stage != "potential" or offer.line == offers.EQUIPMENT]
    )


def _hours(sale: Sale, goal: Goal, dues: Dues) -> list[float]:
    """The working hours of the steps, backwards from the last one; what does not fit into the half year is squeezed."""
    waits = [step.wait for step in sale.steps]
    pace = sale.random.uniform(1.5, 4.0)
    last = _last(sale, goal, dues, sum(waits) * pace)
    pace = min(pace, last / (sum(waits) or 1))
    passed = last - sum(waits) * pace
    hours = []
    for wait in waits:
        passed += wait * pace
        hours.append(max(passed, 0.0))
    return hours


def _last(sale: Sale, goal: Goal, dues: Dues, whole: float) -> float:
    """The working hour of the last step."""
    present = sale.timeline.present
    if goal.is_open:
        return dues.opened_at(sale.waits_for, present + _due(sale.random))
    ends = range(int(min(whole, present * 0.8)), int(present), 3)
    return sale.random.choices(ends, [MONTHS[sale.timeline.at(hour).month - 1] for hour in ends])[0]


def _due(random: Random) -> float:
    """Working hours from the present to when an open task is due: some overdue, most today or this week."""
    kind = random.choices(("overdue", "today", "week", "later"), (20, 30, 40, 10))[0]
    return {
        "overdue": random.uniform(-4, -0.5) * HOURS,
        "today": random.uniform(0.1, 0.9) * HOURS,
        "week": random.uniform(1, 4.5) * HOURS,
        "later": random.uniform(5, 9) * HOURS,
    }[kind]
