"""Values of the record of changes as people read them: words for codes, names for ids, times in their own zone."""

import re
from datetime import date, datetime
from typing import Any

from kernel.i18n import N_
from task_ui import formatting, pickers, words

RECORDS = {
    "owner_id": "user", "account_id": "account", "contact_id": "contact", "business_line_id": "business_line",
    "product_id": "product", "campaign_id": "campaign", "lead_id": "lead", "team_id": "team", "head_id": "user",
}  # fmt: skip
CODES = {
    "stage": ("stage",), "status": ("deal_status", "lead_status", "campaign_status"), "close_reason": ("close_reason",),
    "role": ("participant_role",), "influence": ("influence",), "loyalty": ("loyalty",),
    "journey_stage": ("journey_stage",), "kind": ("kind", "campaign_kind"), "state": ("member_state",),
}  # fmt: skip
"""The words of a field's codes; kinds of records that share the name of a field have different codes."""
MONEY = frozenset({"amount", "price", "potential", "budget", "cost"})
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
DAY = re.compile(r"\d{4}-\d\d-\d\d$")


def shown(field: str, value: Any) -> str:
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return words.say(N_("yes") if value else N_("no"))
    if field in RECORDS:
        return ", ".join(name for _key, name in pickers.picked(RECORDS[field], value))
    if field in CODES:
        group = next((one for one in CODES[field] if value in words.LABELS.get(one, {})), CODES[field][0])
        return words.label(group, value)
    if field in MONEY:
        return formatting.money(value)
    if isinstance(value, str) and MOMENT.match(value):
        return formatting.moment(datetime.fromisoformat(value))
    if isinstance(value, str) and DAY.match(value):
        return formatting.day(date.fromisoformat(value))
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
