"""Behaviour: for long the person has not reacted to anything."""

from crm_model.inputs import Field
from crm_model.scoring.kinds.kind import BEHAVIOUR, Condition, Kind, days
from kernel.i18n import translate_plural

FACTS = """
SELECT s.lead_id, greatest(s.created_at, t.last_at) + make_interval(days => :$days) AS given_at,
       CAST(NULL AS timestamptz) AS holds_until,
       'silence' AS cause_type, s.lead_id AS cause_id, CAST(NULL AS text) AS cause_text
  FROM subject s LEFT JOIN (
    SELECT lead_id, max(at) AS last_at FROM seen WHERE kind NOT IN ('letter_sent', 'opted_out') GROUP BY lead_id
  ) t ON t.lead_id = s.lead_id
 WHERE greatest(s.created_at, t.last_at) < :now - make_interval(days => :$days)"""


def summary(condition: Condition, language: str) -> str:
    return translate_plural(
        "they have not reacted for %(count)s day",
        "they have not reacted for %(count)s days",
        condition["days"],
        language,
    )


KIND = Kind("silence", BEHAVIOUR, {"days": Field(days, required=True)}, FACTS, summary)
