"""The score card that every installation begins with; marketing makes its own of it."""

from typing import Any

from sqlalchemy import select

from crm_model.scoring import versions
from crm_model.scoring.entities import ScoreCard, ScoreRule
from crm_model.scoring.kinds.touch import REACTIONS
from kernel.context import Context
from kernel.i18n import N_, translate

NAME = N_("All products")
RULES: tuple[tuple[str, dict[str, Any], int, int | None], ...] = (
    ("request", {"requests": ["meeting", "tender"]}, 100, 180),
    ("request", {"requests": ["webinar"]}, 30, 180),
    ("request", {"requests": ["download"]}, 20, 180),
    ("source", {"sources": ["phone"]}, 20, None),
    ("source", {"sources": ["email"]}, 10, None),
    ("known", {"known": ["company"]}, 10, None),
    ("known", {"known": ["phone", "email"]}, 10, None),
    ("known", {"known": ["need"]}, 15, None),
    ("touch", {"kinds": REACTIONS, "at_least": 1, "within_days": 180}, 20, 90),
    ("touch", {"kinds": REACTIONS, "at_least": 2, "within_days": 180}, 20, 90),
    ("touch", {"kinds": REACTIONS, "at_least": 3, "within_days": 180}, 40, 90),
    ("contact_role", {"roles": ["decision_maker", "owner"]}, 10, None),
    ("deals_won", {"at_least": 1, "within_days": 730}, 15, None),
    ("silence", {"days": 90}, -20, None),
)
"""Kind, condition, points, days for which they last."""


def make_default_card(ctx: Context) -> None:
    """Only where there is none yet."""
    if ctx.session.scalar(select(ScoreCard.id).where(ScoreCard.product_id.is_(None))) is not None:
        return
    card = ScoreCard(name=translate(NAME, ctx.actor.language))
    card.rules = [
        ScoreRule(kind=kind, condition=condition, points=points, valid_days=valid_days)
        for kind, condition, points, valid_days in RULES
    ]
    ctx.session.add(card)
    ctx.session.flush()
    versions.keep(ctx, card)
