"""Counting: the ledger, the points and the stars of leads brought up to date, always many leads in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session, selectinload

from crm_model.leads import NURTURING, Lead
from crm_model.scoring import noticing, statements
from crm_model.scoring.entities import ScoreCard, ScoreRule
from crm_model.scoring.statements import BETWEEN, STARS, THESE, Statement

EXPIRE = text(
    f"""
WITH ended AS (
  UPDATE score_entries SET expired = true WHERE NOT expired AND valid_until <= :now RETURNING lead_id
), left_over AS (
  SELECT e.lead_id, max(r.score_card_id) AS card_id,
         coalesce(sum(e.points) FILTER (WHERE e.valid_until IS NULL OR e.valid_until > :now), 0) AS score
    FROM score_entries e JOIN score_rules r ON r.id = e.rule_id
   WHERE e.lead_id IN (SELECT lead_id FROM ended) GROUP BY e.lead_id
)
UPDATE leads l SET score = t.score, stars = {STARS.format(score="t.score", card="c")}
  FROM left_over t JOIN score_cards c ON c.id = t.card_id WHERE l.id = t.lead_id
"""
)


@dataclass(frozen=True, slots=True)
class Change:
    """A lead whose points are others now."""

    lead_id: int
    was: int
    score: int
    status: str
    high_mql_from: int
    sql_from: int

    @property
    def became_sql(self) -> bool:
        return self.was < self.sql_from <= self.score

    @property
    def ripened(self) -> bool:
        """Whether a lead that is being nurtured has reached a threshold that it had not reached before."""
        rose = self.became_sql or self.was < self.high_mql_from <= self.score
        return rose and self.status == NURTURING


def active_cards(session: Session) -> list[ScoreCard]:
    """With their rules; the default card last."""
    query = select(ScoreCard).where(ScoreCard.active).options(selectinload(ScoreCard.rules))
    return sorted(session.scalars(query), key=lambda card: (card.is_default, card.id))


def active_rules(card: ScoreCard) -> list[ScoreRule]:
    return [rule for rule in card.rules if rule.active]


def rescore(session: Session, now: datetime, lead_ids: Iterable[int]) -> list[Change]:
    """These leads, each by the card of its product."""
    ids = sorted(set(lead_ids))
    changes: list[Change] = []
    for card in active_cards(session) if ids else []:
        changes += _run(session, statements.write(card, active_rules(card), THESE, now=now, ids=ids))
    return changes


def rescore_range(
    session: Session, now: datetime, card: ScoreCard, after: int, upto: int, *, only: int | None = None
) -> list[Change]:
    """The leads of a card among the ids after one and up to another, by all rules or `only` one."""
    rules = active_rules(card)
    return _run(session, statements.write(card, rules, BETWEEN, only=only, now=now, after=after, upto=upto))


def score_lead(session: Session, now: datetime, lead: Lead) -> list[Change]:
    """One lead, whose object then has its new points."""
    session.flush()
    changes = rescore(session, now, [lead.id])
    session.refresh(lead, ["score", "stars"])
    noticing.is_counted(session, lead.id)
    return changes


def expire(session: Session, now: datetime) -> None:
    """Points whose time has passed count no more."""
    session.execute(EXPIRE, {"now": now})


def _run(session: Session, statement: Statement) -> list[Change]:
    rows: Sequence[tuple[int, int, int, str, int, int]] = session.execute(text(statement.sql), statement.values).all()  # type: ignore[assignment]
    return [Change(*row) for row in rows]
