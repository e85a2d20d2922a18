"""Role: which part the person plays at the company."""

from crm_model import inputs
from crm_model.contacts import ROLES
from crm_model.inputs import Field
from crm_model.scoring.kinds.kind import ROLE, Condition, Kind, one_of_them, some
from kernel.i18n import N_

PHRASES = {
    "decision_maker": N_("the contact decides"), "owner": N_("the contact owns the business"),
    "influencer": N_("the contact influences the decision"), "user": N_("the contact is to use it"),
    "accountant": N_("the contact is an accountant"), "lawyer": N_("the contact is a lawyer"),
    "secretary": N_("the contact is a secretary"),
}  # fmt: skip

FACTS = """
SELECT s.lead_id, s.created_at AS given_at, CAST(NULL AS timestamptz) AS holds_until,
       'contact' AS cause_type, c.id AS cause_id, c.name AS cause_text
  FROM subject s JOIN contacts c ON c.id = s.contact_id
 WHERE c.role = ANY(:$roles) OR (c.is_decision_maker AND 'decision_maker' = ANY(:$roles))"""


def summary(condition: Condition, language: str) -> str:
    return one_of_them([PHRASES[role] for role in condition["roles"]], language)


KIND = Kind("contact_role", ROLE, {"roles": Field(some(inputs.choice(ROLES)), required=True)}, FACTS, summary)
