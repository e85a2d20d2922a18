"""What every report is made of: what is asked, the columns and rows of the answer, and the cohort of leads behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from crm_model import access
from crm_model.deal_entities import WON, Deal
from crm_model.lead_history import LeadStatusChange
from crm_model.leads import DISQUALIFIED, HANDED_OFF, MQL, SQL, Lead
from kernel.context import Context
from kernel.i18n import N_

COUNT, MONEY, SHARE, DAYS, TEXT = "count", "money", "share", "days", "text"


@dataclass(frozen=True, slots=True)
class Asked:
    """`first` and `last` are days of the caller's time zone, both included; the rest narrows the leads."""

    first: date
    last: date
    source: str | None = None
    product_id: int | None = None
    campaign_id: int | None = None
    owner_id: int | None = None

    def before(self) -> "Asked":
        """The same question about the period of the same length just before."""
        length = self.last - self.first + timedelta(days=1)
        return replace(self, first=self.first - length, last=self.last - length)

    def bounds(self, ctx: Context) -> tuple[datetime, datetime]:
        zone = ZoneInfo(ctx.actor.time_zone)
        return (
            datetime.combine(self.first, time(), zone),
            datetime.combine(self.last + timedelta(days=1), time(), zone),
        )


@dataclass(frozen=True, slots=True)
class Column:
    """`charted`: a series of the chart, or part of the names beside it where it is text. `step`: the leads behind the
    figure may be listed by it."""

    key: str
    title: str
    kind: str = COUNT
    charted: bool = False
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A row has a `key` by which its leads are listed, a value for each column, and a `group` of words for `label`."""

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    totals: Mapping[str, Any] = field(default_factory=dict)


Ask = Callable[[Context, Asked], Table]
Leads = Callable[[Context, Asked, str, str], Select[Any]]


@dataclass(frozen=True, slots=True)
class Report:
    """`chart` is bars, lines or funnel; `leads` selects the ids behind a figure, by row key and step."""

    name: str
    title: str
    about: str
    chart: str
    ask: Ask
    leads: Leads | None = None


STEPS = {
    "leads": N_("Leads"), "mql": "MQL", "sql": "SQL", "deals": N_("Deals"), "won": N_("Won deals"),
    "disqualified": N_("Leads disqualified"),
}  # fmt: skip


def matching(ctx: Context, asked: Asked) -> list[ColumnElement[bool]]:
    """The leads the caller sees that the question is about, whenever they came."""
    equal: dict[Any, Any] = {
        Lead.source: asked.source,
        Lead.product_id: asked.product_id,
        Lead.campaign_id: asked.campaign_id,
        Lead.owner_id: asked.owner_id,
    }
    return [access.visible(ctx, Lead), *(column == value for column, value in equal.items() if value is not None)]


def cohort(ctx: Context, asked: Asked) -> Subquery:
    """The leads received in the period, each with when it first became MQL and SQL, its deal and when that was won."""
    first, after = asked.bounds(ctx)
    came = and_(Lead.created_at >= first, Lead.created_at < after)
    reached = (
        select(
            LeadStatusChange.lead_id,
            func.min(LeadStatusChange.at).filter(LeadStatusChange.to_status == MQL).label("mql_at"),
            func.min(LeadStatusChange.at).filter(LeadStatusChange.to_status.in_((SQL, HANDED_OFF))).label("sql_at"),
        )
        .where(LeadStatusChange.to_status.in_((MQL, SQL, HANDED_OFF)), LeadStatusChange.at >= first)
        .group_by(LeadStatusChange.lead_id)
        .subquery()
    )
    won = Deal.status == WON
    return (
        select(
            Lead.id,
            Lead.source,
            Lead.form,
            Lead.status,
            Lead.disqualify_reason,
            Lead.created_at,
            func.coalesce(reached.c.mql_at, reached.c.sql_at).label("mql_at"),
            func.coalesce(reached.c.sql_at, Deal.created_at).label("sql_at"),
            Deal.created_at.label("deal_at"),
            case((won, Deal.closed_at)).label("won_at"),
            case((and_(won, Deal.currency == "RUB"), Deal.amount)).label("amount"),
        )
        .outerjoin(reached, reached.c.lead_id == Lead.id)
        .outerjoin(Deal, Deal.id == Lead.deal_id)
        .where(came, *matching(ctx, asked))
        .subquery()
    )


def reached_step(part: Any, step: str) -> ColumnElement[bool]:
    """Whether a lead of the cohort has come to a step."""
    steps: dict[str, ColumnElement[bool]] = {
        "leads": part.id.is_not(None),
        "mql": or_(part.mql_at.is_not(None), part.sql_at.is_not(None)),
        "sql": part.sql_at.is_not(None),
        "deals": part.deal_at.is_not(None),
        "won": part.won_at.is_not(None),
        "disqualified": part.status == DISQUALIFIED,
        "incorrect": and_(part.status == DISQUALIFIED, part.disqualify_reason == "incorrect_data"),
    }
    return steps[step]


def share(part: int, whole: int) -> float | None:
    """Per cent, to a tenth."""
    return round(100 * part / whole, 1) if whole else None
