"""A score card of one product beside the general one, and what the leads have done since they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from crm_model import touches
from crm_model.leads import DISQUALIFIED, Lead
from kernel.context import Context
from processes import scoring
from server.demo.department import Department
from server.demo.offers import OFFERS
from server.demo.randomness import stream

KINDS = ("letter_opened", "letter_clicked", "download", "event_registered", "letter_replied"), (40, 22, 16, 14, 8)
MOST_TOUCHES = 3
NAME = "Стеллажи"
RULES: tuple[tuple[str, dict[str, Any], int, int | None], ...] = (
    ("request", {"requests": ["meeting", "tender"]}, 110, 180),
    ("touch", {"kinds": ["event_attended", "event_registered"], "campaign_kind": "webinar", "within_days": 90}, 25, 60),
    ("touch", {"kinds": ["letter_clicked", "download"], "at_least": 2, "within_days": 60}, 20, 30),
    ("known", {"known": ["company", "need"]}, 20, None),
    ("company", {"industries": ["логист", "торговля"], "employees_from": 50}, 15, None),
    ("contact_role", {"roles": ["decision_maker", "owner"]}, 15, None),
    ("deals_stalled", {"days": 45}, -15, None),
    ("silence", {"days": 45}, -25, None),
)


def make_card(marketing: Context, found: Department) -> None:
    """Of the product that is offered first."""
    product = found.products[OFFERS[0].items[0][0]]
    values = {"name": NAME, "product_id": product.id, "sql_from": 110, "high_mql_from": 70}
    card = scoring.create_card(marketing, values)
    for kind, condition, points, valid_days in RULES:
        rule = {"kind": kind, "condition": condition, "points": points, "valid_days": valid_days}
        scoring.create_rule(marketing, card.id, rule)


def react(session: Session, marketing: Context, lead_ids: Sequence[int]) -> None:
    """Some opened letters, some came back for more, some fell silent."""
    for lead_id in lead_ids:
        lead, random = session.get_one(Lead, lead_id), stream("reactions", lead_id)
        if lead.status != DISQUALIFIED:
            for _ in range(random.randint(0, MOST_TOUCHES)):
                at = _between(random, lead.created_at, marketing.now())
                kind = random.choices(*KINDS)[0]
                touches.note(marketing, kind, lead_id=lead.id, contact_id=lead.contact_id, at=at)


def _between(random: Random, first: datetime, last: datetime) -> datetime:
    return first + timedelta(seconds=random.random() * max(0.0, (last - first).total_seconds()))
