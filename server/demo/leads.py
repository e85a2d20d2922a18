"""Leads of the last weeks from every source, brought by their processes to where they stand today."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import accounts
from crm_model.leads import DISQUALIFIED, Lead
from crm_model.users import User, actor_of
from engine.tables import UserTaskRow
from kernel.context import Context
from processes import leads, tasks
from server.demo import companies, department, letters, parts, people, scoring, words
from server.demo.companies import Company, mobile_phone
from server.demo.department import Department
from server.demo.offers import OFFERS
from server.demo.people import in_latin
from server.demo.randomness import stream
from server.demo.timeline import HOURS, Timeline

LEADS, FEWEST = 48, 10
DAYS = 45
"""Working days over which they came, more and more of them."""
SOURCES = ("email", "phone", "campaign", "import", "manual", "api"), (26, 24, 20, 14, 10, 6)
REQUESTS = ("none", "download", "webinar", "meeting", "tender"), (34, 22, 18, 20, 6)
CONSENTS, NAMELESS, WRONG = 0.65, 0.15, 0.06
"""Shares: who agreed to letters, who named no company, whose data are of no use."""
PAUSE = 2.0, 11.0
"""Working hours between two looks at a lead."""
INTERESTED = 0.5
"""Of those handed to sales."""
CALLS = ("reached", "no_answer", "call_back", "not_interested", "wrong_number"), (66, 18, 9, 4, 3)
VERDICTS = ("hand_over", "nurture", "disqualify"), (45, 40, 15)


Answer = tuple[str | None, dict[str, Any]]
"""A result and what is written into the form."""


@dataclass(slots=True)
class Story:
    """`hour` is the working hour of what happens next; `lead_id` is 0 until the lead has come."""

    random: Random
    owner: User
    company: Company
    hour: float
    lead_id: int = 0


def play(session: Session, timeline: Timeline, scale: float) -> parts.Played:
    """Everything in the order of time, with the worker's work in between, up to the present."""
    found = department.find(session)
    stories = list(_stories(timeline, found, scale))
    scoring.make_card(_acting(session, found.people["marketing"], timeline.at(0)), found)
    queue = [(story.hour, number, story) for number, story in enumerate(stories)]
    steps = 0
    while queue:
        _, number, story = heapq.heappop(queue)
        moment = timeline.at(story.hour)
        parts.work(session, moment)
        letters.send_due(session, timeline, moment)
        if not story.lead_id:
            marketing = _acting(session, found.people["marketing"], moment)
            story.lead_id = leads.create_lead(marketing, _given(found, story)).id
        elif _answer(session, timeline, story):
            steps += 1
        else:
            story.hour += HOURS
        story.hour += story.random.uniform(*PAUSE)
        if story.hour < timeline.present and not _is_over(session.get_one(Lead, story.lead_id)):
            heapq.heappush(queue, (story.hour, number, story))
    marketing = _acting(session, found.people["marketing"], timeline.now)
    scoring.react(session, marketing, [story.lead_id for story in stories if story.lead_id])
    parts.work(session, timeline.now)
    return parts.Played([], steps)


def _stories(timeline: Timeline, found: Department, scale: float) -> Iterator[Story]:
    count = max(round(LEADS * scale), FEWEST)
    for number, company in enumerate(companies.draw(stream("companies of leads"), count)):
        random = stream("lead", number)
        ago = ((number + random.random()) / count) ** 2
        hour = timeline.present - ago * DAYS * HOURS
        yield Story(random, found.sellers[number % len(found.sellers)], company, hour)


def _is_over(lead: Lead) -> bool:
    return lead.status == DISQUALIFIED or lead.deal_id is not None


def _given(found: Department, story: Story) -> dict[str, Any]:
    random, company = story.random, story.company
    name, offer = people.draw(random), random.choice(OFFERS)
    given: dict[str, Any] = {
        "name": f"{name.first} {name.surname}",
        "company": None if random.random() < NAMELESS else company.name,
        "phone": mobile_phone(random),
        "email": f"{in_latin(name.surname)}@{company.domain}",
        "need": offer.need,
        "source": random.choices(*SOURCES)[0],
        "request": random.choices(*REQUESTS)[0],
        "consent": random.random() < CONSENTS,
        "product_id": found.products[random.choice(offer.items)[0]].id,
        "owner_id": story.owner.id,
    }
    if random.random() < WRONG:
        given |= {"phone": given["phone"][:7], "email": None}
    return given


def _answer(session: Session, timeline: Timeline, story: Story) -> bool:
    """Does what is open for the lead; False where nothing is."""
    query = select(UserTaskRow).where(
        UserTaskRow.subject_type == "lead",
        UserTaskRow.subject_id == story.lead_id,
        UserTaskRow.state == "open",
        UserTaskRow.element_id.in_(ANSWERS),
    )
    task = session.scalars(query.order_by(UserTaskRow.id)).first()
    if task is None or task.assignee_id is None:
        return False
    context = _acting(session, session.get_one(User, task.assignee_id), timeline.at(story.hour))
    result, given = ANSWERS[task.element_id](story, timeline, context)
    tasks.complete_task(context, task.id, result=result, variables=given)
    return True


def _letter(story: Story, _timeline: Timeline, _context: Context) -> Answer:
    return story.random.choices(("sent", "skipped"), (85, 15))[0], {}


def _call(story: Story, timeline: Timeline, _context: Context) -> Answer:
    result = story.random.choices(*CALLS)[0]
    if result != "call_back":
        return result, {}
    return result, {"call_at": _later(story, timeline)}


def _bant(story: Story, _timeline: Timeline, _context: Context) -> Answer:
    random = story.random
    verdict = random.choices(*VERDICTS)[0]
    found: dict[str, Any] = {
        field: {"value": random.choice(values), "verdict": "yes" if verdict == "hand_over" else random.choice(OPINIONS)}
        for field, values in words.QUALIFICATION.items()
    }
    reason = {"reason": random.choice(("no_need", "no_budget"))} if verdict == "disqualify" else {}
    return "completed", {**found, "verdict": verdict, **reason}


def _nurture(story: Story, _timeline: Timeline, _context: Context) -> Answer:
    return story.random.choices(("completed", "ready", "not_interested"), (70, 26, 4))[0], {}


def _interest(story: Story, _timeline: Timeline, _context: Context) -> Answer:
    if story.random.random() < INTERESTED:
        return "interested", {}
    return "no_interest", {"reason": "Вернутся к вопросу после Нового года", "then": "nurture"}


def _meeting(story: Story, timeline: Timeline, _context: Context) -> Answer:
    return None, {"meeting_at": _later(story, timeline)}


def _deal(story: Story, _timeline: Timeline, context: Context) -> Answer:
    """The lead becomes a deal of a client that is new."""
    company, offer = story.company, story.random.choice(OFFERS)
    legal = {field: getattr(company, field) for field in ("name", "legal_name", "inn", "kpp", "ogrn", "employees")}
    firm = accounts.create_account(
        context, {**legal, "industry": company.industry.name, "website": f"https://{company.domain}"}
    )
    amount = str(story.random.randint(8, 60) * 100_000)
    return None, {"account_id": firm.id, "title": offer.title, "amount": amount, "continue_as": "same"}


def _later(story: Story, timeline: Timeline) -> str:
    return timeline.at(story.hour + story.random.uniform(1, 3) * HOURS).isoformat()


OPINIONS = ("yes", "no", "unknown")
ANSWERS = {
    "personal_letter": _letter, "call_lead": _call, "bant": _bant, "nurture_call": _nurture, "call_interest": _interest,
    "meeting_date": _meeting, "new_deal": _deal,
}  # fmt: skip


def _acting(session: Session, user: User, moment: datetime) -> Context:
    return Context(session, actor_of(user, "ru"), lambda: moment)
