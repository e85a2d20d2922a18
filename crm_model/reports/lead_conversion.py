"""From a lead to a won deal: how many come to each step, and after how many days."""

from typing import Any

from sqlalchemy import Select, func, select

from crm_model.reports.report import COUNT, DAYS, SHARE, TEXT, Asked, Column, Report, Table, cohort, reached_step, share
from kernel.context import Context
from kernel.i18n import N_

STEPS = {"leads": "created_at", "sql": "sql_at", "deals": "deal_at", "won": "won_at"}
"""When a lead came to the step."""
COLUMNS = (
    Column("label", N_("Step"), TEXT),
    Column("count", N_("Leads"), COUNT, charted=True, step="key"),
    Column("of_all", N_("Of all leads"), SHARE),
    Column("of_previous", N_("Of the step before"), SHARE),
    Column("days", N_("Days from the lead, median"), DAYS),
    Column("days_from_previous", N_("Days from the step before, median"), DAYS),
)


def ask(ctx: Context, asked: Asked) -> Table:
    part = cohort(ctx, asked)
    asks: list[Any] = []
    earlier = "created_at"
    for step, column in STEPS.items():
        came = reached_step(part.c, step)
        asks.append(func.count().filter(came).label(f"{step}_count"))
        asks.append(_median(part.c[column] - part.c.created_at, came).label(f"{step}_days"))
        asks.append(_median(part.c[column] - part.c[earlier], came).label(f"{step}_more"))
        earlier = column
    found = ctx.session.execute(select(*asks).select_from(part)).one()._mapping
    rows, before = [], found["leads_count"]
    for step in STEPS:
        count = found[f"{step}_count"]
        rows.append(
            {
                "key": step, "label": step, "group": "report_step", "count": count,
                "of_all": share(count, found["leads_count"]), "of_previous": share(count, before),
                "days": _days(found[f"{step}_days"]), "days_from_previous": _days(found[f"{step}_more"]),
            }
        )  # fmt: skip
        before = count
    return Table(COLUMNS, rows)


def _median(span: Any, came: Any) -> Any:
    seconds = func.greatest(func.extract("epoch", span), 0)
    return func.percentile_cont(0.5).within_group(seconds).filter(came)


def _days(seconds: float | None) -> float | None:
    return None if seconds is None else round(float(seconds) / 86400, 1)


def leads(ctx: Context, asked: Asked, key: str, step: str) -> Select[Any]:
    part = cohort(ctx, asked)
    return select(part.c.id).where(reached_step(part.c, key if key in STEPS else "leads"))


REPORT = Report(
    "lead_conversion",
    N_("From lead to won deal"),
    N_("How many of the leads received in the period came to each step, and how long it took."),
    "funnel",
    ask,
    leads,
)
