"""Leads by where they came from, and how far each source brings them."""

from typing import Any

from sqlalchemy import Select, func, select

from crm_model.leads import SOURCES
from crm_model.reports.report import (
    COUNT,
    MONEY,
    SHARE,
    STEPS,
    TEXT,
    Asked,
    Column,
    Report,
    Table,
    cohort,
    reached_step,
    share,
)
from kernel.context import Context
from kernel.i18n import N_

COLUMNS = (
    Column("label", N_("Came from"), TEXT),
    *(Column(step, title, COUNT, charted=step in ("leads", "sql", "won"), step=step) for step, title in STEPS.items()),
    Column("won_amount", N_("Won, roubles"), MONEY),
    Column("conversion", N_("Lead to won"), SHARE),
)


def ask(ctx: Context, asked: Asked) -> Table:
    part = cohort(ctx, asked)
    counts = [func.count().filter(reached_step(part.c, step)).label(step) for step in STEPS]
    query = select(part.c.source, *counts, func.coalesce(func.sum(part.c.amount), 0).label("won_amount"))
    found = {row.source: row for row in ctx.session.execute(query.group_by(part.c.source))}
    rows = [_row(source, found[source]) for source in SOURCES if source in found]
    rows.sort(key=lambda row: -row["leads"])
    totals: dict[str, Any] = {key: sum(row[key] for row in rows) for key in (*STEPS, "won_amount")}
    return Table(COLUMNS, rows, {**totals, "conversion": share(totals["won"], totals["leads"])})


def _row(source: str, row: Any) -> dict[str, Any]:
    counted = {step: getattr(row, step) for step in STEPS}
    more = {"won_amount": row.won_amount, "conversion": share(row.won, row.leads)}
    return {"key": source, "label": source, "group": "lead_source", **counted, **more}


def leads(ctx: Context, asked: Asked, key: str, step: str) -> Select[Any]:
    part = cohort(ctx, asked)
    return select(part.c.id).where(part.c.source == key, reached_step(part.c, step))


REPORT = Report(
    "leads_by_source",
    N_("Leads by source"),
    N_("Which sources bring leads, and how far they come."),
    "bars",
    ask,
    leads,
)
