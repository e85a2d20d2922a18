"""Drawing a decision table in a real browser: a rule, trying it, publishing it without a diagram."""

import re

import pytest
from playwright.sync_api import expect

from bpmn.decisions import read_decisions
from processes import designs, drafts
from processes.draft_table import DECISION
from tests.support.decisions import dmn, table, titled
from tests.task_ui.conftest import Site, Visits
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


def test_words_in_two_languages_are_drawn_in_the_readers_and_both_are_kept(site: Site, visits: Visits) -> None:
    drawn = titled(dmn(table("amount:number", "fee:number", "- -> 1", name="fee")))
    with site.database.transaction() as session:
        made = designs.upload(site.office.acting(session, "designer"), [("fee.dmn", drawn)], publish=True)
    page = visits.start("designer").open(f"/decisions/{made.decisions[0].id}/edit")
    page.locator("[data-decision-editor][data-ready]").wait_for(timeout=PATIENCE)
    expect(page.locator("th.input-cell")).to_contain_text("Сумма")
    remark = page.locator("td.annotation[data-row-id]")
    expect(remark).to_have_text("Всем")
    remark.click()
    page.keyboard.press("End")
    page.keyboard.type(" подряд")
    saved(page)
    with site.database.transaction() as session:
        designer = site.office.acting(session, "designer")
        (draft,) = drafts.list_drafts(designer, kind=DECISION)
        kept = read_decisions("fee.dmn", drafts.get_draft_xml(designer, draft.id)).decisions["fee"].table
    assert kept is not None
    (rule,), (column,) = kept.rules, kept.inputs
    assert (rule.remark("ru"), rule.remark("en"), rule.description) == ("Всем подряд", "Everyone", "Everyone")
    assert (column.title("ru"), column.title("en"), column.label) == ("Сумма", "Amount", "Amount")
