"""History: the company has bought from us."""

from crm_model.scoring.kinds.kind import HISTORY, PERIOD, Condition, Kind, with_period
from kernel.i18n import N_, translate

FACTS = """
SELECT s.lead_id, t.ats[1] AS given_at, t.ats[:$at_least] + make_interval(days => :$within_days) AS holds_until,
       'deal' AS cause_type, t.ids[1] AS cause_id, t.titles[1] AS cause_text
  FROM subject s CROSS JOIN LATERAL (
    SELECT array_agg(d.closed_at ORDER BY d.closed_at DESC) AS ats, array_agg(d.id ORDER BY d.closed_at DESC) AS ids,
           array_agg(d.title ORDER BY d.closed_at DESC) AS titles
      FROM deals d
     WHERE d.account_id = s.account_id AND d.status = 'won'
       AND d.closed_at > coalesce(:now - make_interval(days => :$within_days), '-infinity')
    HAVING count(*) >= :$at_least) t"""


def summary(condition: Condition, language: str) -> str:
    return with_period(translate(N_("the company has bought from us"), language), condition, language)


KIND = Kind("deals_won", HISTORY, PERIOD, FACTS, summary)
