"""Behaviour: our people called, met or showed something, and it took place."""

from crm_model import inputs
from crm_model.activities import CONTACT_KINDS
from crm_model.inputs import Field
from crm_model.scoring.kinds.kind import BEHAVIOUR, PERIOD, Condition, Kind, one_of_them, some, with_period
from kernel.i18n import N_

PHRASES = {
    "call": N_("we have called"), "meeting": N_("we have met"), "presentation": N_("we have given a presentation"),
    "email": N_("we have written a letter"),
}  # fmt: skip

FACTS = """
SELECT s.lead_id, t.ats[1] AS given_at, t.ats[:$at_least] + make_interval(days => :$within_days) AS holds_until,
       'activity' AS cause_type, t.ids[1] AS cause_id, t.subjects[1] AS cause_text
  FROM subject s CROSS JOIN LATERAL (
    SELECT array_agg(f.at ORDER BY f.at DESC) AS ats, array_agg(f.id ORDER BY f.at DESC) AS ids,
           array_agg(f.subject ORDER BY f.at DESC) AS subjects
      FROM (SELECT id, completed_at AS at, subject, kind, status FROM activities WHERE lead_id = s.lead_id
            UNION ALL
            SELECT id, completed_at, subject, kind, status FROM activities
             WHERE contact_id = s.contact_id AND lead_id IS DISTINCT FROM s.lead_id) f
     WHERE f.kind = ANY(:$kinds) AND f.status = 'completed'
       AND f.at > coalesce(:now - make_interval(days => :$within_days), '-infinity')
    HAVING count(*) >= :$at_least) t"""


def summary(condition: Condition, language: str) -> str:
    phrases = [PHRASES[kind] for kind in condition["kinds"]]
    return with_period(one_of_them(phrases, language), condition, language)


KIND = Kind(
    "activity",
    BEHAVIOUR,
    {"kinds": Field(some(inputs.choice(CONTACT_KINDS)), required=True), **PERIOD},
    FACTS,
    summary,
)
