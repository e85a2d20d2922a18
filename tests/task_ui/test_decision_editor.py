"""Drawing a decision table in a real browser: a rule, trying it, publishing it without a diagram."""

import re

import pytest
from playwright.sync_api import expect

from tests.task_ui.conftest import Visits
from tests.task_ui.test_care import faults
from tests.task_ui.test_modeler import PATIENCE, saved, write

pytestmark = pytest.mark.browser


def test_a_table_is_drawn_tried_and_published(visits: Visits) -> None:
    visit = visits.start("designer")
    page = visit.open("/decisions/new")
    page.locator("[data-decision-editor][data-ready]").wait_for(timeout=PATIENCE)
    write(page, "decision-key", "route_lead")
    page.locator(".add-rule-add").first.click()
    cells = page.locator("td[data-row-id][data-col-id]")
    for number, text in ((0, '"web"'), (1, '"queue"')):
        cells.nth(number).click()
        page.keyboard.type(text)
    page.locator(".try-fields [name=input]").fill("web")
    page.locator("[data-decide]").click()
    expect(page.locator("[data-outcome]")).to_have_text("queue", timeout=PATIENCE)
    expect(page.locator("td.rule-matched").first).to_be_visible()
    assert [fault for fault in faults(page) if "dmn" not in fault and "dms" not in fault and "tjs" not in fault] == []
    saved(page)
    page.locator("[data-publish]").click()
    page.locator("[data-publish-now]").click()
    page.wait_for_url(re.compile(r"/decisions/\d+$"), timeout=PATIENCE)
    expect(page.locator("table.decision")).to_contain_text("queue")
    assert visit.problems == []
