"""Why a lead has its points, and what would make it an SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from crm_model import access
from crm_model.accounts import Account
from crm_model.leads import Lead
from crm_model.scoring import accounts_rating, cards, ledger, statements
from crm_model.scoring.entities import ScoreCard, ScoreEntry, ScoreRule
from crm_model.scoring.kinds import KINDS
from kernel.context import Context
from kernel.errors import NotFound
from kernel.permissions import use_case

STARS = text(
    f"SELECT {statements.STARS.format(score='CAST(:score AS bigint)', card='c')} FROM score_cards c WHERE c.id = :id"
)


@dataclass(frozen=True, slots=True)
class Given:
    """Points that a lead has, or had until they expired."""

    rule_id: int
    summary: str
    points: int
    cause_type: str
    cause_id: int
    cause_text: str | None
    given_at: datetime
    valid_until: datetime | None
    expired: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """Points that a rule would give; `is_enough` if with them alone the lead became an SQL."""

    rule_id: int
    summary: str
    points: int
    is_enough: bool


@dataclass(frozen=True, slots=True)
class LeadScore:
    """`to_sql` is how many points are lacking; `is_own` if the card is the one by which the lead is counted."""

    lead_id: int
    card: ScoreCard
    is_own: bool
    score: int
    stars: int
    to_sql: int
    entries: list[Given]
    missing: list[Missing]


@use_case("records.read")
def lead_score(ctx: Context, lead_id: int, *, card_id: int | None = None) -> LeadScore:
    """By the card of the lead's product, or by another one as if the lead were of its product."""
    lead = access.get_visible(ctx, Lead, lead_id)
    own = card_of(ctx, lead)
    card = own if card_id is None else cards.load(ctx, card_id)
    if card is None:
        raise NotFound()
    is_own = own is not None and card.id == own.id
    entries = _kept(ctx, lead) if is_own else _as_if(ctx, lead, card)
    score = lead.score if is_own else sum(one.points for one in entries if not one.expired)
    stars = lead.stars if is_own else ctx.session.execute(STARS, {"score": score, "id": card.id}).scalar_one()
    lacking = max(0, card.sql_from - score)
    return LeadScore(lead.id, card, is_own, score, stars, lacking, entries, _missing(ctx, card, entries, lacking))


def card_of(ctx: Context, lead: Lead) -> ScoreCard | None:
    """The active card by which a lead is counted."""
    found = {card.product_id: card for card in ledger.active_cards(ctx.session)}
    return found.get(lead.product_id) or found.get(None)


def say(rule: ScoreRule, language: str) -> str:
    """The condition in plain words."""
    return KINDS[rule.kind].summary(rule.condition, language)


@use_case("records.read")
def account_rating(ctx: Context, account_id: int) -> dict[str, int]:
    """What the stars of an account are made of."""
    account = access.get_visible(ctx, Account, account_id)
    return {"stars": account.stars, **accounts_rating.parts_of(ctx.session, ctx.now(), account.id)}


def _kept(ctx: Context, lead: Lead) -> list[Given]:
    query = select(ScoreEntry).where(ScoreEntry.lead_id == lead.id).options(joinedload(ScoreEntry.rule))
    rows = ctx.session.scalars(query.order_by(ScoreEntry.expired, ScoreEntry.points.desc(), ScoreEntry.id))
    return [_given(ctx, entry.rule, entry) for entry in rows]


def _as_if(ctx: Context, lead: Lead, card: ScoreCard) -> list[Given]:
    rules = {rule.id: rule for rule in ledger.active_rules(card)}
    subject = statements.subjects(None, statements.THESE)
    statement = statements.facts(list(rules.values()), subject, now=ctx.now(), ids=[lead.id])
    rows = ctx.session.execute(
        text(statement.sql + " SELECT * FROM fact ORDER BY expired, points DESC, rule_id"), statement.values
    )
    return [_given(ctx, rules[row.rule_id], row) for row in rows]


def _given(ctx: Context, rule: ScoreRule, row: Any) -> Given:
    return Given(
        rule_id=rule.id,
        summary=say(rule, ctx.actor.language),
        points=row.points,
        cause_type=row.cause_type,
        cause_id=row.cause_id,
        cause_text=row.cause_text,
        given_at=row.given_at,
        valid_until=row.valid_until,
        expired=row.expired,
    )


def _missing(ctx: Context, card: ScoreCard, entries: Sequence[Given], lacking: int) -> list[Missing]:
    """The rules that would give most, first; none for a lead that is an SQL. Where it came from changes no more."""
    if not lacking:
        return []
    has = {one.rule_id for one in entries if not one.expired}
    open_rules = [
        rule for rule in ledger.active_rules(card) if rule.points > 0 and rule.id not in has and rule.kind != "source"
    ]
    return [
        Missing(rule.id, say(rule, ctx.actor.language), rule.points, rule.points >= lacking)
        for rule in sorted(open_rules, key=lambda rule: (-rule.points, rule.id))
    ]
