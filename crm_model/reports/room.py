"""The reports there are, and asking one: for a period, the period before it, or the leads behind a figure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm_model import access, listing
from crm_model.leads import SOURCES, Lead
from crm_model.reports import campaign_returns, incorrect_data, lead_conversion, lead_statuses, leads_by_source
from crm_model.reports.report import Asked, Report, Table
from kernel.context import Context
from kernel.errors import Message, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

REPORTS: dict[str, Report] = {
    module.REPORT.name: module.REPORT
    for module in (leads_by_source, lead_statuses, lead_conversion, campaign_returns, incorrect_data)
}
USUAL_SPAN = timedelta(days=89)
LONGEST_SPAN = timedelta(days=3660)
EARLIEST = date(2000, 1, 1)
ENDS_BEFORE_IT_BEGINS = N_("This is before the first day.")
TOO_LONG = N_("A report covers at most ten years.")
NO_SUCH_FIGURE = N_("The report has no such figure.")


@dataclass(frozen=True, slots=True)
class Answer:
    """`previous` is the same for the period just before, where it was asked for."""

    report: Report
    asked: Asked
    table: Table
    previous: Table | None = None


@use_case("campaigns.read")
def list_reports(ctx: Context) -> list[Report]:
    return list(REPORTS.values())


@use_case("campaigns.read")
def ask(ctx: Context, name: str, *, compare: bool = False, **given: Any) -> Answer:
    """The figures of a report about the leads the caller sees; the last ninety days unless `first` and `last` say else."""
    report, asked = _report(name), _asked(ctx, given)
    previous = report.ask(ctx, asked.before()) if compare else None
    return Answer(report, asked, report.ask(ctx, asked), previous)


@use_case("campaigns.read")
def list_leads_behind(ctx: Context, name: str, page: Page, *, key: str, step: str, **given: Any) -> Slice[Lead]:
    """The leads that a figure counts, newest first."""
    report, asked = _report(name), _asked(ctx, given)
    if report.leads is None:
        raise NotFound()
    try:
        behind = report.leads(ctx, asked, key, step)
    except (KeyError, ValueError):
        raise ValidationFailed({"step": [NO_SUCH_FIGURE]}) from None
    query = select(Lead).where(access.visible(ctx, Lead), Lead.id.in_(behind)).options(joinedload(Lead.owner))
    return listing.paged(ctx.session, query, page, Lead, "-id")


def _report(name: str) -> Report:
    if name not in REPORTS:
        raise NotFound()
    return REPORTS[name]


def _asked(ctx: Context, given: dict[str, Any]) -> Asked:
    told = {key: value for key, value in given.items() if value is not None}
    today = ctx.now().astimezone(ZoneInfo(ctx.actor.time_zone)).date()
    last = told.pop("last", today)
    asked = Asked(first=told.pop("first", last - USUAL_SPAN), last=last, **told)
    errors: dict[str, list[str | Message]] = {}
    if asked.last < asked.first:
        errors["to"] = [ENDS_BEFORE_IT_BEGINS]
    elif asked.last - asked.first > LONGEST_SPAN or asked.first < EARLIEST:
        errors["from"] = [TOO_LONG]
    if asked.source is not None and asked.source not in SOURCES:
        errors["source"] = [Message(N_("Choose one of: %(options)s."), options=", ".join(SOURCES))]
    if errors:
        raise ValidationFailed(errors)
    return asked
