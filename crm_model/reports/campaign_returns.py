"""What each campaign of the period brought and cost."""

from typing import Any

from sqlalchemy import Date, cast, func, select

from crm_model import campaign_results
from crm_model.campaigns import Campaign
from crm_model.reports.report import COUNT, MONEY, SHARE, TEXT, Asked, Column, Report, Table
from kernel.context import Context
from kernel.i18n import N_

MOST = 200
COLUMNS = (
    Column("label", N_("Campaign"), TEXT),
    Column("kind", N_("Kind"), TEXT),
    Column("members", N_("Take part"), COUNT),
    Column("sent", N_("Letters sent"), COUNT),
    Column("opened", N_("Have opened it"), COUNT),
    Column("clicked", N_("Have followed a link"), COUNT),
    Column("opted_out", N_("Refused letters"), COUNT),
    Column("leads", N_("Leads"), COUNT, charted=True),
    Column("ready", N_("Ready for sales"), COUNT, charted=True),
    Column("deals", N_("Deals"), COUNT),
    Column("won", N_("Won deals"), COUNT, charted=True),
    Column("won_amount", N_("Won money"), MONEY),
    Column("cost", N_("Cost"), MONEY),
    Column("roi", "ROI", SHARE),
)
SUMMED = ("members", "sent", "opened", "clicked", "opted_out", "leads", "ready", "deals", "won")


def ask(ctx: Context, asked: Asked) -> Table:
    """Campaigns that began in the period, or were made in it where they have no first day."""
    began = func.coalesce(Campaign.starts_on, cast(func.timezone(ctx.actor.time_zone, Campaign.created_at), Date))
    query = select(Campaign).where(began.between(asked.first, asked.last)).order_by(began.desc(), Campaign.id.desc())
    if asked.product_id is not None:
        query = query.where(Campaign.product_id == asked.product_id)
    if asked.campaign_id is not None:
        query = query.where(Campaign.id == asked.campaign_id)
    if asked.owner_id is not None:
        query = query.where(Campaign.owner_id == asked.owner_id)
    found = ctx.session.scalars(query.limit(MOST)).all()
    results = campaign_results.results(ctx, found)
    rows = [_row(campaign, results[campaign.id]) for campaign in found]
    return Table(COLUMNS, rows, {key: sum(row[key] for row in rows) for key in SUMMED})


def _row(campaign: Campaign, results: campaign_results.Results) -> dict[str, Any]:
    reached = results.reached or {}
    return {
        "key": str(campaign.id), "label": campaign.name, "group": "", "url": f"/campaigns/{campaign.id}",
        "kind": campaign.kind, "members": results.members,
        **{name: reached.get(name, 0) for name in ("sent", "opened", "clicked", "opted_out")},
        "leads": results.leads, "ready": results.ready, "deals": results.deals, "won": results.won,
        "won_amount": results.won_amount, "cost": campaign.cost, "roi": results.roi,
    }  # fmt: skip


REPORT = Report(
    "campaigns", N_("Results of campaigns"), N_("Whom the campaigns reached, what they cost and brought."), "bars", ask
)
