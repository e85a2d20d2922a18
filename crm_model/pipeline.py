"""The pipeline: a column for each open stage with its money, and the biggest deals with their next step."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, true, union_all
from sqlalchemy.orm import aliased

from crm_model import access, listing, stages
from crm_model.accounts import Account
from crm_model.activities import Activity
from crm_model.deal_entities import OPEN, Deal
from crm_model.users import User
from kernel.context import Context
from kernel.permissions import use_case

DEFAULT_CURRENCY = "RUB"
TILES = 30


@dataclass(frozen=True, slots=True)
class NextStep:
    activity_id: int
    kind: str
    subject: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Tile:
    """A deal on the board. `norm` is how many days a deal should stay in the stage at most."""

    id: int
    title: str
    stage: str
    version: int
    amount: Decimal | None
    currency: str
    probability: int
    account_id: int | None
    account_name: str
    owner_id: int | None
    owner_name: str
    next_step: NextStep | None
    days_in_stage: int
    norm: int | None

    @property
    def is_stale(self) -> bool:
        return self.norm is not None and self.days_in_stage > self.norm


@dataclass(frozen=True, slots=True)
class Column:
    """A stage. Sums are of the deals in roubles; `in_other_currencies` says how many are counted but not summed."""

    stage: stages.Stage
    count: int
    amount: Decimal
    weighted: Decimal
    in_other_currencies: int
    deals: tuple[Tile, ...]


@use_case("records.read")
def pipeline(
    ctx: Context,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    account_id: int | None = None,
    business_line_id: int | None = None,
    tiles: int = TILES,
) -> list[Column]:
    """The open deals the caller sees, in the order of the stages; at most so many tiles a column, dearest first."""
    wanted = [Deal.status == OPEN, access.visible(ctx, Deal)]
    equal = {Deal.owner_id: owner_id, Deal.account_id: account_id, Deal.business_line_id: business_line_id}
    wanted += [column == value for column, value in equal.items() if value is not None]
    if q:
        wanted.append(listing.has_folded(q, Deal.search_key))
    shown = [stage for stage in stages.STAGES if not stage.is_final and stage.code in stages.DEAL_CODES]
    sums = {row.stage: row for row in _sums(ctx, wanted)}
    found: dict[str, list[Tile]] = {stage.code: [] for stage in shown}
    for row in _tiles(ctx, wanted, list(found), tiles):
        found[row.stage].append(_tile(ctx, row))
    return [_column(stage, sums.get(stage.code), found[stage.code]) for stage in shown]


def _sums(ctx: Context, wanted: list[ColumnElement[bool]]) -> list[Row[Any]]:
    ours = Deal.currency == DEFAULT_CURRENCY
    query = (
        select(
            Deal.stage,
            func.count().label("number"),
            func.sum(Deal.amount).filter(ours).label("amount"),
            func.sum(Deal.amount * Deal.probability / 100).filter(ours).label("weighted"),
            func.count().filter(~ours).label("others"),
        )
        .where(*wanted)
        .group_by(Deal.stage)
    )
    return list(ctx.session.execute(query))


def _tiles(ctx: Context, wanted: list[ColumnElement[bool]], codes: list[str], limit: int) -> list[Row[Any]]:
    dearest = (
        select(Deal.id)
        .where(*wanted, Deal.stage == code)
        .order_by(Deal.amount.desc().nulls_last(), Deal.id)
        .limit(limit)
        for code in codes
    )
    chosen = union_all(*(select(part.subquery()) for part in dearest)).subquery()
    deal = aliased(Deal)
    step = (
        select(Activity.id, Activity.kind, Activity.subject, Activity.due)
        .where(Activity.deal_id == deal.id, Activity.completed_at.is_(None))
        .order_by(Activity.due.asc().nulls_last(), Activity.id)
        .limit(1)
        .lateral("step")
    )
    query = (
        select(
            deal.id,
            deal.title,
            deal.stage,
            deal.version,
            deal.amount,
            deal.currency,
            deal.probability,
            deal.stage_entered_at,
            deal.account_id,
            Account.name.label("account_name"),
            deal.owner_id,
            User.name.label("owner_name"),
            step.c.id.label("step_id"),
            step.c.kind,
            step.c.subject,
            step.c.due,
        )
        .join(chosen, chosen.c.id == deal.id)
        .outerjoin(Account, Account.id == deal.account_id)
        .outerjoin(User, User.id == deal.owner_id)
        .outerjoin(step, true())
        .order_by(deal.amount.desc().nulls_last(), deal.id)
    )
    return list(ctx.session.execute(query))


def _tile(ctx: Context, row: Row[Any]) -> Tile:
    step = NextStep(row.step_id, row.kind, row.subject, row.due) if row.step_id else None
    stage = stages.find(row.stage)
    return Tile(
        id=row.id,
        title=row.title,
        stage=row.stage,
        version=row.version,
        amount=row.amount,
        currency=row.currency,
        probability=row.probability,
        account_id=row.account_id,
        account_name=row.account_name or "",
        owner_id=row.owner_id,
        owner_name=row.owner_name or "",
        next_step=step,
        days_in_stage=(ctx.now() - row.stage_entered_at).days,
        norm=stage.norm_days if stage else None,
    )


def _column(stage: stages.Stage, sums: Row[Any] | None, tiles: list[Tile]) -> Column:
    if sums is None:
        return Column(stage, 0, Decimal(0), Decimal(0), 0, ())
    nothing = Decimal("0.00")
    weighted = (sums.weighted or nothing).quantize(nothing)
    return Column(stage, sums.number, sums.amount or nothing, weighted, sums.others, tuple(tiles))
