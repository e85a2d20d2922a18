"""Campaigns where they meet processes: somebody registers for an event in one line and is a lead at work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm_model import access, campaign_members, campaigns, fields
from crm_model.campaigns import REGISTERED, Campaign
from crm_model.lead_line import read_line
from crm_model.leads import DISQUALIFIED, Lead
from kernel.context import Context
from kernel.permissions import use_case
from processes import leads as lead_work

REQUESTS = {"webinar": "webinar"}
"""What somebody asks for who registers for a kind of event."""


@use_case("campaigns.write")
def register(context: Context, campaign_id: int, line: str, *, state: str | None = None) -> Lead:
    """`Anna Sedova, Romashka, +7 921 …` takes part from now on: as the lead that is known by this number or address,
    else as a new one, whose process begins."""
    campaign = campaigns.get_campaign(context, campaign_id)
    values = read_line(line)
    lead = _known(context, values) or lead_work.create_lead(context, {**values, **_first_interest(campaign)})
    campaign_members.enrol(context, campaign, state or REGISTERED, campaign_members.LEAD, [lead.id])
    return lead


def _first_interest(campaign: Campaign) -> dict[str, Any]:
    found = {"source": "campaign", "campaign_id": campaign.id, "request": REQUESTS.get(campaign.kind, "none")}
    return found | ({"product_id": campaign.product_id} if campaign.product_id else {})


def _known(context: Context, values: dict[str, Any]) -> Lead | None:
    """The latest lead the caller sees with this address or number."""
    phone, email = fields.phone_key(values.get("phone") or ""), fields.email_key(values.get("email") or "")
    ways = [Lead.phone_key == phone] * bool(phone) + [Lead.email_key == email] * bool(email)
    for way in ways:
        query = select(Lead).where(way, Lead.status != DISQUALIFIED, access.visible(context, Lead))
        found = context.session.scalar(query.order_by(Lead.id.desc()).limit(1))
        if found is not None:
            return found
    return None
