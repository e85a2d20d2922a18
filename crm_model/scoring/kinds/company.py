"""Profile: where the company is, what it does and how large it is, as its account says."""

from typing import Any

from crm_model import fields, inputs
from crm_model.inputs import Field
from crm_model.scoring.kinds.kind import PROFILE, Condition, Kind
from kernel.context import Context
from kernel.i18n import N_, translate

LARGEST_COMPANY = 10_000_000

FACTS = """
SELECT s.lead_id, s.created_at AS given_at, CAST(NULL AS timestamptz) AS holds_until,
       'account' AS cause_type, a.id AS cause_id, a.name AS cause_text
  FROM subject s JOIN accounts a ON a.id = s.account_id
 WHERE (CAST(:$regions AS text[]) IS NULL OR EXISTS (
          SELECT FROM unnest(CAST(:$regions AS text[])) wanted
           WHERE strpos(lower(translate(a.region, 'Ёё', 'Ее')), lower(translate(wanted, 'Ёё', 'Ее'))) > 0))
   AND (CAST(:$industries AS text[]) IS NULL OR EXISTS (
          SELECT FROM unnest(CAST(:$industries AS text[])) wanted
           WHERE strpos(lower(translate(a.industry, 'Ёё', 'Ее')), lower(translate(wanted, 'Ёё', 'Ее'))) > 0))
   AND (CAST(:$employees_from AS integer) IS NULL OR a.employees >= :$employees_from)
   AND (CAST(:$employees_to AS integer) IS NULL OR a.employees <= :$employees_to)"""


def words(ctx: Context, value: Any) -> list[str] | None:
    """Parts of names; none at all is no condition."""
    found: list[str] = inputs.many(inputs.name)(ctx, value)
    return [one for one in found if one] or None


def summary(condition: Condition, language: str) -> str:
    parts = []
    if condition.get("industries"):
        parts.append(translate(N_("industry: %(names)s"), language, names=", ".join(condition["industries"])))
    if condition.get("regions"):
        parts.append(translate(N_("region: %(names)s"), language, names=", ".join(condition["regions"])))
    least, most = condition.get("employees_from"), condition.get("employees_to")
    if least is not None and most is not None:
        parts.append(translate(N_("employees: from %(least)s to %(most)s"), language, least=least, most=most))
    elif least is not None:
        parts.append(translate(N_("employees: at least %(least)s"), language, least=least))
    elif most is not None:
        parts.append(translate(N_("employees: at most %(most)s"), language, most=most))
    return ", ".join(parts) or translate(N_("the company is a client we know"), language)


KIND = Kind(
    "company",
    PROFILE,
    {
        "industries": Field(words),
        "regions": Field(words),
        "employees_from": Field(fields.whole(LARGEST_COMPANY)),
        "employees_to": Field(fields.whole(LARGEST_COMPANY)),
    },
    FACTS,
    summary,
)
