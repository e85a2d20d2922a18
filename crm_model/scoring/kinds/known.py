"""Profile: what the lead has told of itself; all of it is needed."""

from crm_model import inputs
from crm_model.inputs import Field
from crm_model.scoring.kinds.kind import PROFILE, Condition, Kind, some
from kernel.i18n import N_, translate

PHRASES = {
    "company": N_("the company"), "phone": N_("the phone"), "email": N_("the e-mail address"), "need": N_("the need"),
}  # fmt: skip

FACTS = """
SELECT s.lead_id, s.created_at AS given_at, CAST(NULL AS timestamptz) AS holds_until,
       'known' AS cause_type, s.lead_id AS cause_id, CAST(NULL AS text) AS cause_text
  FROM subject s
 WHERE (NOT 'company' = ANY(:$known) OR s.company <> '') AND (NOT 'phone' = ANY(:$known) OR s.phone <> '')
   AND (NOT 'email' = ANY(:$known) OR s.email <> '') AND (NOT 'need' = ANY(:$known) OR s.need <> '')"""


def summary(condition: Condition, language: str) -> str:
    told = translate(N_(" and "), language).join(translate(PHRASES[one], language) for one in condition["known"])
    return translate(N_("they have told us %(what)s"), language, what=told)


KIND = Kind("known", PROFILE, {"known": Field(some(inputs.choice(tuple(PHRASES))), required=True)}, FACTS, summary)
