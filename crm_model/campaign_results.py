"""What came of a campaign: people by state, touches, leads, those ready for sales, deals, money, return on cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, exists, func, null, or_, select, union_all

from crm_model import access, campaign_members, campaigns, touches
from crm_model.campaigns import Campaign, CampaignMember
from crm_model.deal_entities import WON, Deal
from crm_model.lead_history import LeadStatusChange
from crm_model.leads import HANDED_OFF, SQL, Lead
from crm_model.touches import Touch
from kernel.context import Context
from kernel.permissions import use_case

REACHED = {"sent": touches.LETTER_SENT, "opened": touches.LETTER_OPENED, "clicked": touches.LETTER_CLICKED,
           "replied": touches.LETTER_REPLIED, "opted_out": touches.OPTED_OUT, "registered": touches.EVENT_REGISTERED,
           "attended": touches.EVENT_ATTENDED}  # fmt: skip
ANSWERS = (
    touches.LETTER_CLICKED, touches.LETTER_REPLIED, touches.FORM, touches.DOWNLOAD, touches.EVENT_REGISTERED,
    touches.EVENT_ATTENDED, touches.REACTION,
)  # fmt: skip
"""An opened letter is no answer: programs open letters, too."""


@dataclass(frozen=True, slots=True)
class Results:
    """`reached` counts people, not touches; money is in the campaign's currency. `leads` are those that came by it and
    those of its members who answered it; `ready` of them became SQL after that, and only theirs are the deals."""

    members: int = 0
    reached: Mapping[str, int] | None = None
    leads: int = 0
    ready: int = 0
    deals: int = 0
    won: int = 0
    won_amount: Decimal = Decimal("0.00")
    cost: Decimal | None = None

    @property
    def roi(self) -> Decimal | None:
        """Per cent of the cost that came back beyond it; None where nothing was spent."""
        if not self.cost:
            return None
        return ((self.won_amount - self.cost) / self.cost * 100).quantize(Decimal("0.1"))


@use_case("campaigns.read")
def results_of(ctx: Context, campaign_id: int) -> Results:
    """Counts the leads the caller sees, and what has become of them."""
    campaign = campaigns.get_campaign(ctx, campaign_id)
    return results(ctx, [campaign])[campaign_id]


def results(ctx: Context, of: Sequence[Campaign]) -> dict[int, Results]:
    """The same for many campaigns, in a fixed number of statements."""
    ids = [campaign.id for campaign in of]
    members = _members(ctx, ids)
    reached = _reached(ctx, ids)
    outcomes = _outcomes(ctx, ids)
    return {
        campaign.id: Results(
            members=members.get(campaign.id, 0),
            reached={name: reached.get((campaign.id, kind), 0) for name, kind in REACHED.items()},
            cost=campaign.cost,
            **outcomes.get(campaign.id, {}),
        )
        for campaign in of
    }


def produced(ctx: Context, ids: Sequence[int]) -> CTE:
    """(campaign, lead, since): the leads that came by the campaign, `since` being null, and those that knew us before and
    answered it, with when they first did; as far as the caller sees them."""
    seen = access.visible(ctx, Lead)
    came = select(Lead.campaign_id.label("campaign_id"), Lead.id.label("lead_id"), null().label("since")).where(
        Lead.campaign_id.in_(ids), seen
    )
    answered = (
        select(Touch.campaign_id, Touch.lead_id, func.min(Touch.at))
        .join(Lead, Lead.id == Touch.lead_id)
        .where(Touch.campaign_id.in_(ids), Touch.kind.in_(ANSWERS), seen)
        .where(Lead.campaign_id.is_distinct_from(Touch.campaign_id))
        .group_by(Touch.campaign_id, Touch.lead_id)
    )
    return union_all(came, answered).cte("produced")


def is_ready(since: ColumnElement[datetime | None]) -> ColumnElement[bool]:
    """Whether a lead is SQL or a deal, and became so after that time where there is one."""
    reached = exists().where(
        LeadStatusChange.lead_id == Lead.id,
        LeadStatusChange.to_status.in_((SQL, HANDED_OFF)),
        LeadStatusChange.at >= since,
    )
    return and_(or_(Lead.status.in_((SQL, HANDED_OFF)), Lead.deal_id.is_not(None)), or_(since.is_(None), reached))


def _members(ctx: Context, ids: Sequence[int]) -> dict[int, int]:
    query = select(CampaignMember.campaign_id, func.count()).where(
        CampaignMember.campaign_id.in_(ids), campaign_members.seen(ctx)
    )
    return dict(ctx.session.execute(query.group_by(CampaignMember.campaign_id)).all())  # type: ignore[arg-type]


def _reached(ctx: Context, ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """People by campaign and kind of touch; who opened a letter twice counts once."""
    person = func.count(func.distinct(func.coalesce(Touch.lead_id, -Touch.contact_id)))
    query = select(Touch.campaign_id, Touch.kind, person).where(
        Touch.campaign_id.in_(ids), Touch.kind.in_(REACHED.values()), _seen(ctx)
    )
    rows = ctx.session.execute(query.group_by(Touch.campaign_id, Touch.kind))
    return {(campaign, kind): count for campaign, kind, count in rows if campaign}


PEOPLE: tuple[tuple[Any, Any], ...] = tuple(
    (getattr(Touch, link.key), model) for link, model in campaign_members.PEOPLE
)


def _outcomes(ctx: Context, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    part = produced(ctx, ids)
    won = and_(Deal.status == WON, Deal.id.is_not(None))
    ours = and_(won, Deal.currency == Campaign.currency)
    once = (
        select(part.c.campaign_id, Deal.id, Deal.status, case((ours, Deal.amount), else_=0).label("amount"))
        .join(Lead, Lead.id == part.c.lead_id)
        .join(Deal, Deal.id == Lead.deal_id)
        .join(Campaign, Campaign.id == part.c.campaign_id)
        .where(is_ready(part.c.since))
        .distinct()
        .subquery()
    )
    leads = (
        select(part.c.campaign_id, func.count(), func.count().filter(is_ready(part.c.since)))
        .join(Lead, Lead.id == part.c.lead_id)
        .group_by(part.c.campaign_id)
    )
    sales = select(
        once.c.campaign_id,
        func.count(),
        func.count().filter(once.c.status == WON),
        func.coalesce(func.sum(once.c.amount), 0),
    ).group_by(once.c.campaign_id)
    found: dict[int, dict[str, Any]] = {
        campaign: {"leads": count, "ready": ready} for campaign, count, ready in ctx.session.execute(leads)
    }
    for campaign, deals, won_deals, amount in ctx.session.execute(sales):
        found[campaign] |= {"deals": deals, "won": won_deals, "won_amount": Decimal(amount).quantize(Decimal("0.01"))}
    return found


@use_case("campaigns.read")
def clicks_of(ctx: Context, campaign_id: int) -> list[tuple[str, int, int]]:
    """The links of a campaign's letters: address, people who followed it, how often; the most followed first."""
    campaigns.get_campaign(ctx, campaign_id)
    address, person = Touch.detail["url"].astext, func.coalesce(Touch.lead_id, -Touch.contact_id)
    query = (
        select(address, func.count(func.distinct(person)), func.count())
        .where(Touch.campaign_id == campaign_id, Touch.kind == touches.LETTER_CLICKED, address.is_not(None), _seen(ctx))
        .group_by(address)
        .order_by(func.count(func.distinct(person)).desc(), address)
        .limit(50)
    )
    return [(url, people, clicks) for url, people, clicks in ctx.session.execute(query)]


def _seen(ctx: Context) -> ColumnElement[bool]:
    if access.sees_everything(ctx):
        return Touch.id.is_not(None)
    return or_(*(campaign_members.among(link, model, access.visible(ctx, model)) for link, model in PEOPLE))
