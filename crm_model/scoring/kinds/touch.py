"""Behaviour: the person reacted, or was reached, in one of the ways that touches record."""

from crm_model import inputs
from crm_model.campaigns import KINDS as CAMPAIGN_KINDS
from crm_model.inputs import Field
from crm_model.scoring.kinds.kind import BEHAVIOUR, PERIOD, Condition, Kind, one_of_them, some, with_period
from crm_model.touches import (
    CALL,
    DOWNLOAD,
    EVENT_ATTENDED,
    EVENT_REGISTERED,
    FORM,
    KINDS,
    LETTER_CLICKED,
    LETTER_OPENED,
    LETTER_REPLIED,
    LETTER_SENT,
    MEETING,
    OPTED_OUT,
    REACTION,
)  # fmt: skip
from kernel.i18n import N_, translate

PHRASES = {
    LETTER_SENT: N_("they got a letter"), LETTER_OPENED: N_("they opened a letter"),
    LETTER_CLICKED: N_("they followed a link in a letter"), LETTER_REPLIED: N_("they answered a letter"),
    FORM: N_("they filled in a form"), DOWNLOAD: N_("they downloaded something"), CALL: N_("they talked on the phone"),
    MEETING: N_("they came to a meeting"), EVENT_REGISTERED: N_("they signed up for an event"),
    EVENT_ATTENDED: N_("they came to an event"), OPTED_OUT: N_("they refused letters"), REACTION: N_("they reacted"),
}  # fmt: skip
REACTIONS = [LETTER_CLICKED, LETTER_REPLIED, DOWNLOAD, EVENT_ATTENDED, CALL, MEETING, REACTION]
"""All that takes more than a glance; said in one word."""
AT_CAMPAIGN = {
    (EVENT_REGISTERED, "webinar"): N_("they signed up for a webinar"),
    (EVENT_ATTENDED, "webinar"): N_("they came to a webinar"),
    (EVENT_REGISTERED, "exhibition"): N_("they signed up for an exhibition"),
    (EVENT_ATTENDED, "exhibition"): N_("they came to an exhibition"),
}

FACTS = """
SELECT t.lead_id, t.ats[1] AS given_at, t.ats[:$at_least] + make_interval(days => :$within_days) AS holds_until,
       'touch' AS cause_type, t.ids[1] AS cause_id, t.kinds[1] AS cause_text
  FROM (SELECT lead_id, array_agg(at ORDER BY at DESC, id DESC) AS ats, array_agg(id ORDER BY at DESC, id DESC) AS ids,
               array_agg(kind ORDER BY at DESC, id DESC) AS kinds
          FROM seen
         WHERE kind = ANY(:$kinds) AND at > coalesce(:now - make_interval(days => :$within_days), '-infinity')
           AND (CAST(:$campaign_kind AS text) IS NULL OR campaign_kind = :$campaign_kind)
         GROUP BY lead_id HAVING count(*) >= :$at_least) t"""


def summary(condition: Condition, language: str) -> str:
    campaign = condition.get("campaign_kind")
    if set(condition["kinds"]) == set(REACTIONS) and campaign is None:
        return with_period(translate(PHRASES[REACTION], language), condition, language)
    phrases = [AT_CAMPAIGN.get((kind, campaign or ""), PHRASES[kind]) for kind in condition["kinds"]]
    return with_period(one_of_them(phrases, language), condition, language)


KIND = Kind(
    "touch",
    BEHAVIOUR,
    {
        "kinds": Field(some(inputs.choice(KINDS)), required=True),
        "campaign_kind": Field(inputs.choice(CAMPAIGN_KINDS)),
        **PERIOD,
    },
    FACTS,
    summary,
)
