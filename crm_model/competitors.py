"""Competitors in a deal: what they are good and bad at, and who of them won it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm_model import access, inputs, listing
from crm_model.deal_entities import Deal, DealCompetitor
from crm_model.inputs import Field
from crm_model.records import change
from kernel.context import Context
from kernel.errors import NotFound
from kernel.paging import Page, Slice
from kernel.permissions import use_case

FIELDS = {
    "name": Field(inputs.name, required=True),
    "strengths": Field(inputs.long_text),
    "weaknesses": Field(inputs.long_text),
    "is_winner": Field(inputs.boolean, nullable=False),
}


@use_case("records.read")
def list_competitors(ctx: Context, deal_id: int, page: Page) -> Slice[DealCompetitor]:
    access.get_visible(ctx, Deal, deal_id)
    query = select(DealCompetitor).where(DealCompetitor.deal_id == deal_id)
    return listing.paged(ctx.session, query, page, DealCompetitor, "id")


@use_case("records.read")
def get_competitor(ctx: Context, deal_id: int, competitor_id: int) -> DealCompetitor:
    access.get_visible(ctx, Deal, deal_id)
    return _of(ctx, deal_id, competitor_id)


@use_case("deals.write")
def create_competitor(ctx: Context, deal_id: int, values: Mapping[str, Any]) -> DealCompetitor:
    deal = access.get_for_change(ctx, Deal, deal_id)
    clean = inputs.read(ctx, values, FIELDS)
    wins = clean.pop("is_winner", False)
    competitor = DealCompetitor(deal=deal, **clean)
    ctx.session.add(competitor)
    ctx.session.flush()
    mark(ctx, deal, competitor, wins)
    return competitor


@use_case("deals.write")
def update_competitor(ctx: Context, deal_id: int, competitor_id: int, values: Mapping[str, Any]) -> DealCompetitor:
    deal = access.get_for_change(ctx, Deal, deal_id)
    competitor = _of(ctx, deal_id, competitor_id)
    clean = inputs.read(ctx, values, FIELDS, partial=True)
    wins = clean.pop("is_winner", None)
    change(competitor, clean)
    if wins is not None:
        mark(ctx, deal, competitor, wins)
    ctx.session.flush()
    return competitor


@use_case("deals.write")
def delete_competitor(ctx: Context, deal_id: int, competitor_id: int) -> None:
    deal = access.get_for_change(ctx, Deal, deal_id)
    competitor = _of(ctx, deal_id, competitor_id)
    mark(ctx, deal, competitor, False)
    ctx.session.delete(competitor)
    ctx.session.flush()


def mark(ctx: Context, deal: Deal, competitor: DealCompetitor, wins: bool) -> None:
    """Makes the competitor the winner, so that no other is, or takes that from it."""
    if wins:
        deal.winner_competitor_id = competitor.id
    elif deal.winner_competitor_id == competitor.id:
        deal.winner_competitor_id = None
    ctx.session.flush()


def set_competitors(ctx: Context, deal: Deal, rows: list[Any]) -> list[DealCompetitor]:
    """What a process form says of competitors: each row by its id or name, known ones brought up to date.

    A row may be a bare name. Competitors the form does not mention stay.
    """
    known = list(ctx.session.scalars(select(DealCompetitor).where(DealCompetitor.deal_id == deal.id)))
    by_id = {competitor.id: competitor for competitor in known}
    by_name = {competitor.name.casefold(): competitor for competitor in known}
    found: list[DealCompetitor] = []
    for row, values in enumerate(inputs.rows(rows, "competitors", key="name")):
        competitor = by_id.get(values.pop("id", None))
        name = str(values.get("name") or (competitor.name if competitor else "")).strip()
        competitor = competitor or by_name.get(name.casefold())
        with inputs.at(f"competitors.{row}"):
            clean = inputs.read(ctx, {**values, "name": name}, FIELDS)
        wins = clean.pop("is_winner", None)
        if competitor is None:
            competitor = DealCompetitor(deal=deal)
            ctx.session.add(competitor)
        change(competitor, clean)
        ctx.session.flush()
        by_name[name.casefold()] = competitor
        if wins is not None:
            mark(ctx, deal, competitor, wins)
        found.append(competitor)
    return found


def _of(ctx: Context, deal_id: int, competitor_id: int) -> DealCompetitor:
    competitor = ctx.session.get(DealCompetitor, competitor_id)
    if competitor is None or competitor.deal_id != deal_id:
        raise NotFound()
    return competitor
