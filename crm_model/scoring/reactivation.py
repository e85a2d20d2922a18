"""Leads that have gone cold: too few points for their card, and nobody is talking to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from crm_model import access, activities, inputs, listing
from crm_model.activities import Activity
from crm_model.leads import MQL, NURTURING, Lead
from crm_model.scoring.entities import ScoreCard
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

MOST_AT_ONCE = 200
CHOOSE = N_("Choose at least one lead.")
TOO_MANY = N_("At most 200 leads at once.")


@use_case("scoring.read")
def list_cold(ctx: Context, page: Page) -> Slice[Lead]:
    """The coldest first; a lead with a call that is planned already is not asked for again."""
    query = _cold(ctx).options(joinedload(Lead.owner), joinedload(Lead.product))
    return listing.paged(ctx.session, query, page, Lead, "score")


@use_case("scoring.read")
def count_cold(ctx: Context) -> int:
    return ctx.session.scalar(select(func.count()).select_from(_cold(ctx).subquery())) or 0


@use_case("leads.write")
def plan_calls(ctx: Context, lead_ids: Sequence[int], *, subject: str, due: datetime | None) -> list[Activity]:
    """A call for each of the leads, for its owner, or for whoever plans where it has none."""
    if not lead_ids:
        raise ValidationFailed({"lead_ids": [CHOOSE]})
    if len(lead_ids) > MOST_AT_ONCE:
        raise ValidationFailed({"lead_ids": [TOO_MANY]})
    found = ctx.session.scalars(select(Lead).where(Lead.id.in_(lead_ids), access.visible(ctx, Lead)).order_by(Lead.id))
    return [
        activities.make(
            ctx, kind="call", subject=inputs.name(ctx, subject), due=due, owner_id=lead.owner_id or ctx.actor.user_id,
            lead_id=lead.id, contact_id=lead.contact_id, account_id=lead.account_id,
        )
        for lead in found
    ]  # fmt: skip


def _cold(ctx: Context) -> Select[Lead]:
    own = select(ScoreCard.cold_up_to).where(ScoreCard.active, ScoreCard.product_id == Lead.product_id)
    general = select(ScoreCard.cold_up_to).where(ScoreCard.product_id.is_(None))
    planned = select(Activity.lead_id).where(Activity.completed_at.is_(None), Activity.lead_id == Lead.id)
    return select(Lead).where(
        access.visible(ctx, Lead),
        or_(Lead.status == MQL, Lead.status == NURTURING),
        Lead.score <= func.coalesce(own.scalar_subquery(), general.scalar_subquery()),
        ~planned.where(Activity.kind == "call").exists(),
    )
