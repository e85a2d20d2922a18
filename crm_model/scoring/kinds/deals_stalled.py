"""History: a deal with the company stands still."""

from crm_model.inputs import Field
from crm_model.scoring.kinds.kind import HISTORY, Condition, Kind, days
from kernel.i18n import translate_plural

FACTS = """
SELECT s.lead_id, t.stage_entered_at + make_interval(days => :$days) AS given_at,
       CAST(NULL AS timestamptz) AS holds_until, 'deal' AS cause_type, t.id AS cause_id, t.title AS cause_text
  FROM subject s CROSS JOIN LATERAL (
    SELECT d.id, d.title, d.stage_entered_at FROM deals d
     WHERE d.account_id = s.account_id AND d.status = 'open'
       AND d.stage_entered_at < :now - make_interval(days => :$days)
     ORDER BY d.stage_entered_at, d.id LIMIT 1) t"""


def summary(condition: Condition, language: str) -> str:
    return translate_plural(
        "a deal with the company has not moved for %(count)s day",
        "a deal with the company has not moved for %(count)s days",
        condition["days"],
        language,
    )


KIND = Kind("deals_stalled", HISTORY, {"days": Field(days, required=True)}, FACTS, summary)
