"""Reports count the leads the caller sees, step by step, and list the leads behind each figure."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import campaigns, leads
from crm_model.leads import Lead
from crm_model.reports import room
from crm_model.reports.report import Table
from crm_model.stage_history import move_to_stage
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from tests.crm_model.people import NOON, Company
from tests.crm_model.sales import Sales

PERIOD = {"first": date(2026, 2, 1), "last": date(2026, 3, 31)}


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def lead(company: Company, *way: str, days: int = 0, who: str = "manager", **values: Any) -> Lead:
    """A lead that came so many days before noon of the second of March and went a step a day."""
    moment = NOON - timedelta(days=days)
    made = leads.create_lead(company.as_(who, lambda: moment), {"name": "Anna", **values})
    made.created_at = moment
    for number, status in enumerate(way, 1):
        at = moment + timedelta(days=number)
        if status == "bad":
            leads.disqualify(company.as_(who, lambda at=at: at), made, "incorrect_data")  # type: ignore[misc]
        else:
            leads.set_status(company.as_(who, lambda at=at: at), made, status)  # type: ignore[misc]
    return made


def table(company: Company, name: str, who: str = "marketing", **more: Any) -> Table:
    return room.ask(company.as_(who), name, **{**PERIOD, **more}).table


def rows(found: Table, *keys: str) -> dict[str, tuple[Any, ...]]:
    return {row["key"]: tuple(row[key] for key in keys) for row in found.rows}


def test_leads_by_source_follow_them_to_the_money(session: Session) -> None:
    sales, company = Sales(session), Company(session)
    won, open_deal = sales.deal(amount="4000"), sales.deal(amount="9000")
    move_to_stage(sales.manager, won, "won", cause="process")
    for deal in (won, open_deal):
        leads.set_deal(company.as_("manager"), lead(company, "mql", "sql", days=5, source="phone"), deal.id, None)
    lead(company, "mql", days=4, source="phone")
    lead(company, "bad", days=4, source="email")
    lead(company, days=90, source="phone")
    found = table(company, "leads_by_source")
    assert rows(found, "leads", "mql", "sql", "deals", "won", "disqualified", "won_amount", "conversion") == {
        "phone": (3, 3, 2, 2, 1, 0, Decimal("4000.00"), 33.3),
        "email": (1, 0, 0, 0, 0, 1, 0, 0.0),
    }
    assert (found.totals["leads"], found.totals["won"], found.totals["conversion"]) == (4, 1, 25.0)
    narrowed = table(company, "leads_by_source", source="email")
    assert rows(narrowed, "leads") == {"email": (1,)}


def test_conversion_tells_shares_and_days(session: Session) -> None:
    sales, company = Sales(session), Company(session)
    for days in (10, 8):
        lead(company, "qualification", "sql", days=days)
    lead(company, days=3), lead(company, days=3)
    dealt = sales.deal(amount="1")
    dealt.created_at = NOON
    leads.set_deal(company.as_("manager"), lead(company, "sql", days=4), dealt.id, None)
    found = rows(table(company, "lead_conversion"), "count", "of_all", "of_previous", "days", "days_from_previous")
    assert found["leads"] == (5, 100.0, 100.0, 0.0, 0.0)
    assert found["sql"] == (3, 60.0, 60.0, 2.0, 2.0)
    assert found["deals"] == (1, 20.0, 33.3, 4.0, 3.0)
    assert found["won"] == (0, 0.0, 0.0, None, None)


def test_statuses_over_time_are_those_of_the_end_of_each_day(company: Company) -> None:
    lead(company, "qualification", "mql", days=3)
    lead(company, days=40)
    found = table(company, "lead_statuses", first=date(2026, 2, 26), last=date(2026, 3, 2))
    assert rows(found, "new", "qualification", "mql") == {
        "2026-02-26": (1, 0, 0), "2026-02-27": (2, 0, 0), "2026-02-28": (1, 1, 0), "2026-03-01": (1, 0, 1),
        "2026-03-02": (1, 0, 1),
    }  # fmt: skip
    assert len(table(company, "lead_statuses", first=date(2025, 12, 1)).rows) == 18
    assert len(table(company, "lead_statuses", first=date(2025, 1, 1)).rows) == 15


def test_incorrect_data_are_told_by_source_and_form(company: Company) -> None:
    for way in (("bad",), ("bad",), ("mql",)):
        lead(company, *way, days=5, source="web_form", form="landing")
    lead(company, days=5, source="web_form")
    found = table(company, "incorrect_data")
    assert rows(found, "form", "leads", "incorrect", "share") == {
        "web_form|landing": ("landing", 3, 2, 66.7), "web_form|": ("", 1, 0, 0.0),
    }  # fmt: skip


def test_campaigns_of_the_period_with_their_return(company: Company) -> None:
    marketing = company.as_("marketing")
    event = campaigns.create_campaign(
        marketing, {"name": "Форум", "kind": "exhibition", "starts_on": "2026-03-01", "cost": "100"}
    )
    campaigns.create_campaign(marketing, {"name": "Прошлый", "kind": "webinar", "starts_on": "2025-03-01"})
    lead(company, "sql", days=1, campaign_id=event.id)
    found = table(company, "campaigns")
    assert rows(found, "label", "leads", "ready", "cost", "roi") == {
        str(event.id): ("Форум", 1, 1, Decimal("100.00"), Decimal("-100.0"))
    }


def test_each_figure_lists_the_leads_it_counts(company: Company) -> None:
    ripe, raw = lead(company, "sql", days=5, source="phone"), lead(company, days=4, source="phone")
    wrong = lead(company, "bad", days=4, source="web_form", form="landing")

    def behind(name: str, key: str, step: str, **more: Any) -> list[int]:
        page = room.list_leads_behind(company.as_("marketing"), name, Page(), key=key, step=step, **{**PERIOD, **more})
        return [row.id for row in page.items]

    assert behind("leads_by_source", "phone", "leads") == [raw.id, ripe.id]
    assert behind("leads_by_source", "phone", "sql") == [ripe.id]
    assert behind("lead_conversion", "sql", "key") == [ripe.id]
    assert behind("incorrect_data", "web_form|landing", "incorrect") == [wrong.id]
    assert behind("lead_statuses", "2026-03-02", "sql") == [ripe.id]
    for name, key, step in (("leads_by_source", "phone", "nothing"), ("lead_statuses", "yesterday", "new")):
        with pytest.raises(ValidationFailed):
            behind(name, key, step)
    with pytest.raises(NotFound):
        behind("campaigns", "1", "leads")


def test_a_report_counts_only_what_the_caller_sees(company: Company) -> None:
    lead(company, days=2, who="manager", source="phone"), lead(company, days=2, who="stranger", source="phone")
    assert rows(table(company, "leads_by_source", "manager"), "leads") == {"phone": (1,)}
    assert rows(table(company, "leads_by_source", "head"), "leads") == {"phone": (1,)}
    assert rows(table(company, "leads_by_source", "supervisor"), "leads") == {"phone": (2,)}
    last = table(company, "lead_statuses", "manager", first=date(2026, 3, 1), last=date(2026, 3, 2)).rows[-1]
    assert last["new"] == 1
    with pytest.raises(PermissionDenied):
        table(company, "leads_by_source", "designer")


def test_the_period_before_is_as_long_and_ends_where_this_one_begins(company: Company) -> None:
    lead(company, days=1, source="phone"), lead(company, days=8, source="phone"), lead(company, days=9, source="phone")
    answer = room.ask(
        company.as_("marketing"), "leads_by_source", compare=True, first=date(2026, 2, 24), last=date(2026, 3, 2)
    )
    assert answer.previous is not None
    assert (answer.table.totals["leads"], answer.previous.totals["leads"]) == (1, 2)


def test_a_wrong_period_is_told(company: Company) -> None:
    for wrong in ({"last": date(2025, 1, 1)}, {"first": date(1990, 1, 1)}, {"source": "dream"}):
        with pytest.raises(ValidationFailed):
            table(company, "leads_by_source", **wrong)
    with pytest.raises(NotFound):
        table(company, "weather")
