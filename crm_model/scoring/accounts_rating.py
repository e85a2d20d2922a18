"""The stars of accounts: those of its ripest lead, and one more or less for what its people and deals have shown."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

REACTED_WITHIN, WON_WITHIN, STALLED_AFTER = 90, 730, 60
"""Days."""

PARTS = """
SELECT a.id,
       coalesce((SELECT max(l.stars) FROM leads l
                  WHERE l.account_id = a.id AND l.status <> 'disqualified'), 0) AS of_leads,
       CASE WHEN EXISTS (SELECT FROM contacts c JOIN touches t ON t.contact_id = c.id
                          WHERE c.account_id = a.id AND t.kind NOT IN ('letter_sent', 'opted_out')
                            AND t.at > :now - make_interval(days => :reacted)) THEN 1 ELSE 0 END AS of_contacts,
       CASE WHEN EXISTS (SELECT FROM deals d WHERE d.account_id = a.id AND d.status = 'won'
                            AND d.closed_at > :now - make_interval(days => :won)) THEN 1 ELSE 0 END AS of_won,
       CASE WHEN EXISTS (SELECT FROM deals d WHERE d.account_id = a.id AND d.status = 'open'
                            AND d.stage_entered_at < :now - make_interval(days => :stalled)) THEN -1 ELSE 0 END
         AS of_stalled
  FROM accounts a WHERE {among}"""
STARS = "least(5, greatest(0, p.of_leads + p.of_contacts + p.of_won + p.of_stalled))"
WRITE = f"WITH parts AS ({PARTS}) UPDATE accounts a SET stars = {STARS} FROM parts p WHERE a.id = p.id AND a.stars <> {STARS}"
RATE_THESE = text(WRITE.format(among="a.id = ANY(:ids)"))
RATE_RANGE = text(WRITE.format(among="a.id > :after AND a.id <= :upto"))
ONE = text(PARTS.format(among="a.id = :id"))


def rate(session: Session, now: datetime, account_ids: Iterable[int]) -> None:
    """These accounts."""
    ids = sorted(set(account_ids))
    if ids:
        session.execute(RATE_THESE, {"ids": ids, **_periods(now)})


def rate_range(session: Session, now: datetime, after: int, upto: int) -> None:
    """The accounts among the ids after one and up to another."""
    session.execute(RATE_RANGE, {"after": after, "upto": upto, **_periods(now)})


def parts_of(session: Session, now: datetime, account_id: int) -> dict[str, int]:
    """What an account's stars are made of: of_leads, of_contacts, of_won, of_stalled."""
    row = session.execute(ONE, {"id": account_id, **_periods(now)}).one()
    return {name: int(value) for name, value in row._mapping.items() if name != "id"}


def _periods(now: datetime) -> dict[str, object]:
    return {"now": now, "reacted": REACTED_WITHIN, "won": WON_WITHIN, "stalled": STALLED_AFTER}
