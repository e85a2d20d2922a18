"""How many leads stood in which status, at the end of each day, week or month."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.sql.elements import True_

from crm_model.lead_history import LeadStatusChange
from crm_model.leads import STATUSES, Lead
from crm_model.reports.report import COUNT, TEXT, Asked, Column, Report, Table, matching
from kernel.context import Context
from kernel.i18n import N_

DAY, WEEK, MONTH = "day", "week", "month"
TITLES = {
    "new": N_("New"), "qualification": N_("Being qualified"), "nurturing": N_("Nurturing"), "mql": "MQL", "sql": "SQL",
    "handed_off": N_("Handed to sales"), "disqualified": N_("Leads disqualified"),
}  # fmt: skip
COLUMNS = (
    Column("label", N_("At the end of"), TEXT),
    *(Column(status, TITLES[status], COUNT, charted=True, step=status) for status in STATUSES),
)


def ask(ctx: Context, asked: Asked) -> Table:
    ends = _ends(asked)
    standing = dict.fromkeys(STATUSES, 0)
    changes = _changes(ctx, asked)
    rows = []
    for end in ends:
        while changes and changes[0][0] <= end:
            _day, status, count = changes.pop(0)
            standing[status] = standing.get(status, 0) + count
        rows.append({"key": end.isoformat(), "label": end, "group": "day", **standing})
    return Table(COLUMNS, rows)


def _ends(asked: Asked) -> list[date]:
    """The last days of the steps of the period; a step is a day, a week or a month, as the period is long."""
    length = (asked.last - asked.first).days
    if length <= 31:
        return [asked.first + timedelta(days=number) for number in range(length + 1)]
    if length <= 190:
        found = [asked.last - timedelta(days=7 * number) for number in range(length // 7 + 1)]
        return sorted(found)
    ends, day = [asked.last], asked.last.replace(day=1) - timedelta(days=1)
    while day >= asked.first:
        ends.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return sorted(ends)


def _changes(ctx: Context, asked: Asked) -> list[tuple[date, str, int]]:
    """(day, status, how many more have it), in the order of days; what was before the period is its first day."""
    _first, after = asked.bounds(ctx)
    day = func.greatest(func.date(func.timezone(ctx.actor.time_zone, LeadStatusChange.at)), asked.first).label("day")
    query = select(day, LeadStatusChange.from_status, LeadStatusChange.to_status, func.count())
    query = query.where(LeadStatusChange.at < after)
    narrowed = [condition for condition in matching(ctx, asked) if not isinstance(condition, True_)]
    if narrowed:
        query = query.where(LeadStatusChange.lead_id.in_(select(Lead.id).where(*narrowed)))
    moved: dict[tuple[date, str], int] = {}
    grouped = query.group_by(day, LeadStatusChange.from_status, LeadStatusChange.to_status)
    for when, left, entered, count in ctx.session.execute(grouped):
        moved[when, entered] = moved.get((when, entered), 0) + count
        if left is not None:
            moved[when, left] = moved.get((when, left), 0) - count
    return sorted((when, status, count) for (when, status), count in moved.items())


def leads(ctx: Context, asked: Asked, key: str, step: str) -> Select[Any]:
    """Those whose last change up to the end of the day brought them there."""
    end = datetime.combine(date.fromisoformat(key) + timedelta(days=1), time(), ZoneInfo(ctx.actor.time_zone))
    ours = select(Lead.id).where(*matching(ctx, asked))
    last = (
        select(func.max(LeadStatusChange.id))
        .where(LeadStatusChange.at < end, LeadStatusChange.lead_id.in_(ours))
        .group_by(LeadStatusChange.lead_id)
    )
    return select(LeadStatusChange.lead_id).where(LeadStatusChange.id.in_(last), LeadStatusChange.to_status == step)


REPORT = Report(
    "lead_statuses", N_("Leads by status over time"), N_("How many leads stood in which status."), "lines", ask, leads
)
