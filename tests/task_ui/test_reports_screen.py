"""A report is a chart and a table of the same figures; each figure leads to its leads and goes into a spreadsheet."""

import io

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from crm_model import leads
from crm_model.reports import room
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in

WIDE_PERIOD = "from=2026-01-01&to=2035-12-31"


@pytest.fixture(scope="module", autouse=True)
def known_leads(site: Site) -> None:
    with site.database.transaction() as session:
        marketing = site.office.acting(session, "marketing")
        for number in range(5):
            lead = leads.create_lead(marketing, {"name": f"Лид {number}", "source": "phone" if number < 3 else "email"})
            if number == 0:
                leads.set_status(marketing, lead, "sql")
            if number == 4:
                leads.disqualify(marketing, lead, "incorrect_data")


@pytest.fixture
def marketing(client: FlaskClient) -> FlaskClient:
    return sign_in(client, "marketing", "ru")


def test_every_report_is_shown_in_both_languages(site: Site) -> None:
    for language in ("ru", "en"):
        client = sign_in(site.app.test_client(), "marketing", language)
        assert client.get("/reports").status_code == 200
        for name in room.REPORTS:
            for more in ("", "?compare=1", f"?{WIDE_PERIOD}"):
                assert client.get(f"/reports/{name}{more}").status_code == 200, name


def test_a_figure_leads_to_the_leads_it_counts(marketing: FlaskClient) -> None:
    table = marketing.get("/reports/leads_by_source").text
    assert "Звонок" in table and 'data-chart="bars"' in table
    address = table.split('href="/reports/leads_by_source/leads?')[1].split('"')[0].replace("&amp;", "&")
    behind = marketing.get(f"/reports/leads_by_source/leads?{address}").text
    assert "Лид 0" in behind and "Лид 4" not in behind
    wrong = marketing.get("/reports/incorrect_data").text
    assert "20.0 %" in wrong or "20,0 %" in wrong or "20 %" in wrong


def test_the_table_goes_into_a_spreadsheet(marketing: FlaskClient) -> None:
    text = marketing.get("/reports/leads_by_source?format=csv").data.decode("utf-8-sig")
    assert text.splitlines()[1].split(";")[:2] == ["Звонок", "3"]
    sheet = load_workbook(io.BytesIO(marketing.get("/reports/leads_by_source?format=xlsx").data)).active
    assert sheet is not None
    assert [cell.value for cell in next(sheet.iter_rows(min_row=2, max_row=2))][:2] == ["Звонок", 3]


def test_a_period_that_ends_before_it_begins_is_told(marketing: FlaskClient) -> None:
    refused = marketing.get("/reports/leads_by_source?from=2026-05-01&to=2026-04-01")
    assert refused.status_code == 422 and "Это раньше первого дня." in refused.text
