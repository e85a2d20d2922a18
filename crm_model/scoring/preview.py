"""What a rule would do to the leads that are worked on, before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from crm_model.leads import DISQUALIFIED, HANDED_OFF
from crm_model.scoring import cards, statements
from crm_model.scoring.entities import ScoreRule
from kernel.context import Context
from kernel.permissions import use_case

WORKED_ON = "l.status <> ALL(:out)"
COUNT = """, before AS (SELECT lead_id, points FROM score_entries WHERE rule_id = :rule_id AND NOT expired),
moved AS (
  SELECT s.was, s.was - coalesce(b.points, 0) + coalesce(f.points, 0) AS score, f.lead_id AS fits
    FROM subject s LEFT JOIN before b ON b.lead_id = s.lead_id
    LEFT JOIN fact f ON f.lead_id = s.lead_id AND NOT f.expired
)
SELECT count(*), count(fits), count(*) FILTER (WHERE m.score <> m.was),
       count(*) FILTER (WHERE m.was < c.sql_from AND m.score >= c.sql_from),
       count(*) FILTER (WHERE m.was >= c.sql_from AND m.score < c.sql_from)
  FROM moved m, score_cards c WHERE c.id = :card_id
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """Of so many leads that are counted by the card and worked on."""

    leads: int
    fit: int
    changed: int
    become_sql: int
    cease_sql: int


@use_case("scoring.write")
def preview_rule(
    ctx: Context, card_id: int, values: Mapping[str, Any], *, rule_id: int | None = None, delete: bool = False
) -> Effect:
    """A new rule, a changed one, or one that is to be deleted; nothing is changed."""
    card = cards.load(ctx, card_id)
    rule = cards.rule_of(card, rule_id) if rule_id is not None else None
    kept = {key: getattr(rule, key) for key in cards.RULE} if rule else {"active": True, "valid_days": None}
    rules: list[ScoreRule] = []
    if not delete:
        wanted = ScoreRule(id=rule_id or 0, **{**kept, **cards.read_rule(ctx, values, rule)})
        rules = [wanted] if wanted.active else []
    statement = statements.facts(
        rules, statements.subjects(card, WORKED_ON), now=ctx.now(), out=[HANDED_OFF, DISQUALIFIED],
        product_id=card.product_id, rule_id=rule_id, card_id=card.id,
    ).then(COUNT)  # fmt: skip
    return Effect(*ctx.session.execute(text(statement.sql), statement.values).one())
