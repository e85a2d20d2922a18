"""Profile: the way by which the lead came."""

from crm_model import inputs
from crm_model.inputs import Field
from crm_model.leads import SOURCES
from crm_model.scoring.kinds.kind import PROFILE, Condition, Kind, one_of_them, some
from kernel.i18n import N_

PHRASES = {
    "manual": N_("they were entered by hand"), "web_form": N_("they came by a web form"), "phone": N_("they called us"),
    "email": N_("they wrote to us"), "campaign": N_("they came by a campaign"), "import": N_("they were imported"),
    "api": N_("they came from another system"),
}  # fmt: skip

FACTS = """
SELECT s.lead_id, s.created_at AS given_at, CAST(NULL AS timestamptz) AS holds_until,
       'source' AS cause_type, s.lead_id AS cause_id, s.source AS cause_text
  FROM subject s WHERE s.source = ANY(:$sources)"""


def summary(condition: Condition, language: str) -> str:
    return one_of_them([PHRASES[source] for source in condition["sources"]], language)


KIND = Kind("source", PROFILE, {"sources": Field(some(inputs.choice(SOURCES)), required=True)}, FACTS, summary)
