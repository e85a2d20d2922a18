"""Behaviour: what the lead asks for."""

from crm_model import inputs
from crm_model.inputs import Field
from crm_model.leads import REQUESTS
from crm_model.scoring.kinds.kind import BEHAVIOUR, Condition, Kind, one_of_them, some
from kernel.i18n import N_

PHRASES = {
    "meeting": N_("they ask for a meeting"), "tender": N_("they invite us to a tender"), "webinar": N_("they ask for a webinar"),
    "download": N_("they ask for materials"), "none": N_("they ask for nothing yet"),
}  # fmt: skip

FACTS = """
SELECT s.lead_id, s.created_at AS given_at, CAST(NULL AS timestamptz) AS holds_until,
       'request' AS cause_type, s.lead_id AS cause_id, s.request AS cause_text
  FROM subject s WHERE s.request = ANY(:$requests)"""


def summary(condition: Condition, language: str) -> str:
    return one_of_them([PHRASES[request] for request in condition["requests"]], language)


KIND = Kind("request", BEHAVIOUR, {"requests": Field(some(inputs.choice(REQUESTS)), required=True)}, FACTS, summary)
