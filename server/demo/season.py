"""Half a year of sales: how many stand where today, who runs them, when each began, and at which pace."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random

from sqlalchemy.orm import Session

from server.demo import offers
from server.demo.clients import Client
from server.demo.department import Department
from server.demo.due import Dues
from server.demo.offers import Offer
from server.demo.plan import ORDER, Planner
from server.demo.randomness import stream
from server.demo.sale import Sale
from server.demo.timeline import HOURS, Timeline

OPEN = {
    "interest": 9, "potential": 4, "needs": 14, "presentation": 13, "key_contacts": 6, "proposal": 14,
    "proposal_presentation": 9, "negotiation": 7, "contracting": 6,
}  # fmt: skip
WON, NO_INTEREST, REROUTED = 43, 24, 5
LOST = {
    "potential": 2, "needs": 6, "presentation": 5, "proposal": 4, "proposal_presentation": 5, "negotiation": 5,
    "contracting": 2,
}  # fmt: skip
"""Deals by the stage in which they were lost."""
MONTHS = (0.8, 0.8, 0.9, 1.0, 0.7, 0.8, 0.6, 0.7, 1.1, 1.2, 1.3, 1.4)
"""How many deals are closed in a month, January first: summer is slow, the year ends busily."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a sale stands today: `outcome` open, won, lost, rerouted or no_interest, in or out of a stage."""

    outcome: str
    stage: str


def goals(scale: float) -> list[Goal]:
    """Every sale of the half year; a smaller scale keeps at least one of each kind."""
    wanted = [(Goal("open", stage), count) for stage, count in OPEN.items()]
    wanted += [(Goal("lost", stage), count) for stage, count in LOST.items()]
    wanted += [(Goal("won", "contracting"), WON), (Goal("no_interest", "interest"), NO_INTEREST)]
    wanted += [(Goal("rerouted", "needs"), REROUTED)]
    found = [goal for goal, count in wanted for _ in range(max(1, round(count * scale)))]
    stream("goals").shuffle(found)
    return found


def sales(
    session: Session, timeline: Timeline, department: Department, clients: list[Client], dues: Dues, scale: float
) -> list[Sale]:
    """The sales with their steps and the working hours at which these are to happen."""
    made = []
    managers = department.managers
    shuffled = list(clients)
    stream("order of clients").shuffle(shuffled)
    turn = dict.fromkeys(("open", "closed"), 0)
    for number, goal in enumerate(goals(scale)):
        random = stream("sale", number)
        kind = "open" if goal.outcome == "open" else "closed"
        owner = managers[turn[kind] % len(managers)]
        turn[kind] += 1
        client = next(client for client in shuffled if client.owner.id == owner.id)
        shuffled.remove(client)
        offer = _offer(random, goal)
        basket = [(department.products[sku], random.randint(least, most)) for sku, least, most in offer.items]
        sale = Sale(number, session, timeline, department, client, owner, offer, random, basket)
        planner = Planner(random, is_large=sale.is_large)
        write(planner, goal, random)
        sale.steps, sale.waits_for = planner.steps, planner.waits_for
        sale.hours = _hours(sale, goal, dues)
        made.append(sale)
    return made


def _offer(random: Random, goal: Goal) -> Offer:
    """Only a line that has a head weighs a deal's potential."""
    led = [offer for offer in offers.OFFERS if goal.stage != "potential" or offer.line == offers.EQUIPMENT]
    return random.choice(led)


def write(planner: Planner, goal: Goal, random: Random) -> None:
    """The whole way to the goal."""
    if goal.stage == "interest":
        planner.start()
        if goal.outcome == "no_interest":
            planner.no_interest()
        else:
            planner.part_of("interest")
        return
    way = route(goal, random)
    if way[0] == "needs" or way[0] == "potential" or random.random() < 0.75:
        planner.start()
        planner.interest(line=way[0] == "potential", enter=way[0] if way[0] not in ("needs", "potential") else None)
    else:
        planner.start(by_hand_at=way[0])
    if goal == Goal("open", "potential"):
        return
    if way[0] == "potential":
        planner.potential(decline=goal == Goal("lost", "potential"))
        way = way[1:]
    for stage, following in pairwise(way):
        planner.stage(stage, following)
    if way:
        _arrive(planner, goal, way[-1])


def _arrive(planner: Planner, goal: Goal, stage: str) -> None:
    if goal.outcome == "open":
        planner.part_of(stage)
    elif goal.outcome == "lost":
        planner.lose(stage)
    elif goal.outcome == "rerouted":
        planner.reroute(stage, "corporate_sale")
    else:
        planner.stage(stage, "won")
        planner.win()


def route(goal: Goal, random: Random) -> list[str]:
    """The stages passed on the way, the last one included: some left out, now and then one twice."""
    if goal.stage == "potential":
        return ["potential"]
    way = list(ORDER[: ORDER.index(goal.stage) + 1])
    way = [stage for stage in way if stage == goal.stage or random.random() >= SKIPPED.get(stage, 0.0)]
    if random.random() < 0.12:
        way.insert(0, "potential")
        if len(way) > 1 and way[1] != "needs":
            way.insert(1, "needs")
    elif way[0] != "needs" and random.random() < 0.5:
        way.insert(0, "needs")
    if "negotiation" in way[:-1] and random.random() < 0.2:
        place = way.index("negotiation")
        way[place + 1 : place + 1] = ["proposal", "proposal_presentation"]
    return way


SKIPPED = {"needs": 0.15, "key_contacts": 0.6, "proposal_presentation": 0.1, "negotiation": 0.5}
"""The share of deals that pass a stage by."""


def _hours(sale: Sale, goal: Goal, dues: Dues) -> list[float]:
    """The working hours of the steps, backwards from the last one; what does not fit into the half year is squeezed."""
    waits = [step.wait for step in sale.steps]
    pace = sale.random.uniform(0.9, 2.0)
    whole = sum(waits) * pace
    last = _last(sale, goal, dues, whole)
    if whole > last:
        pace *= last / whole
    hours = []
    passed = last - sum(waits) * pace
    for wait in waits:
        passed += wait * pace
        hours.append(max(passed, 0.0))
    return hours


def _last(sale: Sale, goal: Goal, dues: Dues, whole: float) -> float:
    """The working hour of the last step."""
    present = sale.timeline.present
    if goal.outcome == "open":
        return dues.opened_at(sale.waits_for, present + _due(sale.random))
    ends = [hour for hour in range(int(min(whole, present * 0.8)), int(present)) if hour % 3 == 0]
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
