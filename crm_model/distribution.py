"""Who gets a lead: a seller of the business line, the one with the least open work."""

from __future__ import annotations

from sqlalchemy import func, select

from crm_model.business_lines import BusinessLine
from crm_model.deal_entities import Deal
from crm_model.leads import DISQUALIFIED, HANDED_OFF, Lead
from crm_model.users import Team, User
from kernel.context import HEAD, MANAGER, Context


def choose_seller(ctx: Context, lead: Lead, business_line_id: int | None) -> int | None:
    """The lead's owner if he sells there; else the least loaded manager of the line; else the line's head."""
    line = ctx.session.get(BusinessLine, business_line_id) if business_line_id else None
    head = line.head_id if line is not None else None
    sellers = _sellers(ctx, head)
    owner = ctx.session.get(User, lead.owner_id) if lead.owner_id else None
    if owner is not None and owner.active and (owner.id in sellers or (line is None and _sells(owner))):
        return owner.id
    if not sellers:
        return head
    loads = _loads(ctx, sellers)
    return min(sellers, key=lambda user_id: (loads[user_id], user_id))


def _sells(user: User) -> bool:
    return not {MANAGER, HEAD}.isdisjoint(user.roles)


def _sellers(ctx: Context, head: int | None) -> list[int]:
    query = select(User.id).where(User.active, User.roles.contains([MANAGER])).order_by(User.id)
    if head is not None:
        query = query.where(User.team_id.in_(select(Team.id).where(Team.head_id == head)))
    return list(ctx.session.scalars(query))


def _loads(ctx: Context, people: list[int]) -> dict[int, int]:
    """Open deals and leads in hand, by owner."""
    loads = dict.fromkeys(people, 0)
    deals = select(Deal.owner_id, func.count()).where(Deal.status == "open", Deal.owner_id.in_(people))
    leads = select(Lead.owner_id, func.count()).where(
        Lead.owner_id.in_(people), Lead.status != DISQUALIFIED, (Lead.status != HANDED_OFF) | Lead.deal_id.is_(None)
    )
    for query in (deals.group_by(Deal.owner_id), leads.group_by(Lead.owner_id)):
        for owner_id, number in ctx.session.execute(query):
            loads[owner_id or 0] += number
    return loads
