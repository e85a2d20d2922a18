"""The statements of scoring: a card's rules as one statement over any number of leads.

`subject` are the leads looked at, `seen` the touches of each (its contact's too), `fact` what the rules find, one row a
lead and rule that it fulfils.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from crm_model.scoring.entities import ScoreCard, ScoreRule
from crm_model.scoring.kinds import KINDS, parameters

SUBJECT = """
SELECT l.id AS lead_id, l.account_id, l.contact_id, l.request, l.source, l.company, l.phone, l.email, l.need,
       l.created_at, l.status, l.score AS was
  FROM leads l WHERE {among} AND {of_card} {locked}"""
SEEN = """
SELECT s.lead_id, t.id, t.at, t.kind, c.kind AS campaign_kind
  FROM subject s JOIN touches t ON t.lead_id = s.lead_id LEFT JOIN campaigns c ON c.id = t.campaign_id
UNION ALL
SELECT s.lead_id, t.id, t.at, t.kind, c.kind
  FROM subject s JOIN touches t ON t.contact_id = s.contact_id AND t.lead_id IS DISTINCT FROM s.lead_id
  LEFT JOIN campaigns c ON c.id = t.campaign_id"""
OF_PRODUCT = "l.product_id = :product_id"
OF_THE_REST = "NOT EXISTS (SELECT FROM score_cards own WHERE own.active AND own.product_id = l.product_id)"
ANY_CARD = "true"
FACT = """
SELECT f.lead_id, CAST(:${rule} AS bigint) AS rule_id, CAST(:${points} AS bigint) AS points, f.given_at, t.valid_until,
       f.cause_type, CAST(f.cause_id AS bigint) AS cause_id, left(f.cause_text, 255) AS cause_text,
       coalesce(t.valid_until <= :now, false) AS expired
  FROM ({facts}) f CROSS JOIN LATERAL (
    SELECT least(f.given_at + make_interval(days => :${valid_days}), f.holds_until) AS valid_until) t"""
NO_FACT = """
SELECT CAST(NULL AS bigint) AS lead_id, CAST(NULL AS bigint) AS rule_id, CAST(0 AS bigint) AS points,
       CAST(NULL AS timestamptz) AS given_at, CAST(NULL AS timestamptz) AS valid_until,
       CAST(NULL AS text) AS cause_type, CAST(NULL AS bigint) AS cause_id, CAST(NULL AS text) AS cause_text,
       false AS expired
 WHERE false"""
BETWEEN = "{id} > :after AND {id} <= :upto"
THESE = "{id} = ANY(:ids)"
LOCKED = "ORDER BY l.id FOR NO KEY UPDATE"
"""Leads are locked before their points, in one order, by whoever counts."""

STARS = """CASE WHEN {score} >= {card}.sql_from THEN 5
     WHEN {score} >= {card}.high_mql_from + ({card}.sql_from - {card}.high_mql_from) * 0.75 THEN 4
     WHEN {score} >= {card}.high_mql_from THEN 3
     WHEN {score} >= {card}.high_mql_from * 0.5 THEN 2
     WHEN {score} > 0 THEN 1 ELSE 0 END"""
"""Three stars are a high MQL, five an SQL; four are the last quarter of the way between."""

WRITE = """, old AS MATERIALIZED (
  SELECT e.* FROM score_entries e WHERE {entries}
), gone AS (
  DELETE FROM score_entries e USING old o
   WHERE e.id = o.id AND o.lead_id IN (SELECT lead_id FROM subject)
     AND (o.rule_id <> ALL(:rules)
          OR (o.rule_id = ANY(:counted) AND (o.valid_until IS NULL OR o.valid_until > :now)
              AND NOT EXISTS (SELECT FROM fact f WHERE f.lead_id = o.lead_id AND f.rule_id = o.rule_id)))
), put AS (
  INSERT INTO score_entries
    (lead_id, rule_id, points, given_at, valid_until, cause_type, cause_id, cause_text, expired)
  SELECT f.lead_id, f.rule_id, f.points, f.given_at, f.valid_until, f.cause_type, f.cause_id, f.cause_text, f.expired
    FROM fact f LEFT JOIN old o ON o.lead_id = f.lead_id AND o.rule_id = f.rule_id
   WHERE o.id IS NULL
      OR (o.points, o.given_at, o.valid_until, o.cause_type, o.cause_id, o.cause_text, o.expired) IS DISTINCT FROM
         (f.points, f.given_at, f.valid_until, f.cause_type, f.cause_id, f.cause_text, f.expired)
  ON CONFLICT (lead_id, rule_id) DO UPDATE
     SET points = excluded.points, given_at = excluded.given_at, valid_until = excluded.valid_until,
         cause_type = excluded.cause_type, cause_id = excluded.cause_id, cause_text = excluded.cause_text,
         expired = excluded.expired
), given AS (
  SELECT lead_id, sum(points) AS score
    FROM (SELECT lead_id, points FROM fact WHERE NOT expired
          UNION ALL
          SELECT lead_id, points FROM old
           WHERE NOT expired AND rule_id = ANY(:rules) AND rule_id <> ALL(:counted)) AS pieces
   GROUP BY lead_id
), total AS (
  SELECT s.lead_id, s.was, coalesce(g.score, 0) AS score
    FROM subject s LEFT JOIN given g ON g.lead_id = s.lead_id
)
UPDATE leads l SET score = t.score, stars = {stars}
  FROM total t, score_cards c
 WHERE l.id = t.lead_id AND c.id = :card_id AND (l.score, l.stars) IS DISTINCT FROM (t.score, {stars})
RETURNING l.id, t.was, l.score, l.status, c.high_mql_from, c.sql_from
"""
"""What is as it was stays untouched, so that counting anew writes little."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL up to and with the tables `subject` and `fact`, and its parameters; `then` says what is done with them."""

    sql: str
    values: dict[str, Any] = field(default_factory=dict)

    def then(self, rest: str, **values: Any) -> Self:
        return type(self)(self.sql + rest, {**self.values, **values})


def facts(rules: Sequence[ScoreRule], subject: str, **values: Any) -> Statement:
    """What the rules find among the subjects."""
    parts: list[str] = []
    for number, rule in enumerate(rules):
        prefix = f"r{number}_"
        sql = FACT.replace("{facts}", KINDS[rule.kind].facts)
        for name in ("rule", "points", "valid_days"):
            sql = sql.replace("${" + name + "}", f"{prefix}{name}")
        parts.append(sql.replace(":$", f":{prefix}"))
        values |= {f"{prefix}rule": rule.id, f"{prefix}points": rule.points, f"{prefix}valid_days": rule.valid_days}
        values |= {prefix + key: value for key, value in parameters(rule.kind, rule.condition).items()}
    found = " UNION ALL ".join(parts) or NO_FACT
    tables = (("subject", subject), ("seen", SEEN), ("fact", found))
    return Statement("WITH " + ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in tables), values)


def subjects(card: ScoreCard | None, among: str, *, locked: bool = False) -> str:
    """The leads that a card counts; with no card, any."""
    of_card = ANY_CARD if card is None else OF_THE_REST if card.is_default else OF_PRODUCT
    return SUBJECT.format(among=among.format(id="l.id"), of_card=of_card, locked=LOCKED if locked else "")


def write(
    card: ScoreCard, rules: Sequence[ScoreRule], among: str, *, only: int | None = None, **values: Any
) -> Statement:
    """Brings ledger, points and stars of leads up to date; answers those whose points or stars have changed.

    With `only` that one of the rules is looked at anew, and what the others have given stays.
    """
    counted = [rule for rule in rules if only in (None, rule.id)]
    found = facts(counted, subjects(card, among, locked=True), **values)
    rest = WRITE.format(entries=among.format(id="e.lead_id"), stars=STARS.format(score="t.score", card="c"))
    return found.then(
        rest,
        card_id=card.id,
        product_id=card.product_id,
        rules=[rule.id for rule in rules],
        counted=[rule.id for rule in counted],
    )
