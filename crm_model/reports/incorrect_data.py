"""Where leads with unusable data come from: by source and form."""

from typing import Any

from sqlalchemy import Select, func, select

from crm_model.reports.report import COUNT, SHARE, TEXT, Asked, Column, Report, Table, cohort, reached_step, share
from kernel.context import Context
from kernel.i18n import N_

COLUMNS = (
    Column("label", N_("Came from"), TEXT),
    Column("form", N_("Form"), TEXT, charted=True),
    Column("leads", N_("Leads"), COUNT, charted=True, step="leads"),
    Column("incorrect", N_("With incorrect data"), COUNT, charted=True, step="incorrect"),
    Column("share", N_("Share"), SHARE),
)
BETWEEN = "|"


def ask(ctx: Context, asked: Asked) -> Table:
    part = cohort(ctx, asked)
    form = func.coalesce(part.c.form, "")
    incorrect = func.count().filter(reached_step(part.c, "incorrect"))
    query = select(part.c.source, form, func.count(), incorrect).group_by(part.c.source, form)
    rows = [
        {
            "key": f"{source}{BETWEEN}{name}", "label": source, "group": "lead_source", "form": name, "leads": count,
            "incorrect": wrong, "share": share(wrong, count),
        }
        for source, name, count, wrong in ctx.session.execute(query)
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row["incorrect"], -row["leads"], row["key"]))
    totals = {key: sum(row[key] for row in rows) for key in ("leads", "incorrect")}
    return Table(COLUMNS, rows, {**totals, "share": share(totals["incorrect"], totals["leads"])})


def leads(ctx: Context, asked: Asked, key: str, step: str) -> Select[Any]:
    part = cohort(ctx, asked)
    source, _, form = key.partition(BETWEEN)
    return select(part.c.id).where(
        part.c.source == source, func.coalesce(part.c.form, "") == form, reached_step(part.c, step)
    )


REPORT = Report(
    "incorrect_data",
    N_("Incorrect data by form and source"),
    N_("Which forms and sources bring leads that nobody can reach."),
    "bars",
    ask,
    leads,
)
