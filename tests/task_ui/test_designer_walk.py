"""A designer's whole way in a real browser: a foreign diagram becomes work, is guarded by a scenario, and changes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.task_ui.conftest import Visits
from tests.task_ui.test_care import faults
from tests.task_ui.test_modeler import PATIENCE, VENDOR, drawn, saved, write

pytestmark = pytest.mark.browser
FOREIGN = (
    VENDOR.replace('id="brought"', 'id="foreign"').replace('bpmnElement="brought"', 'bpmnElement="foreign"')
    .replace('xmlns:acme="urn:acme"', 'xmlns:acme="urn:acme" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"')
    .replace('acme:colour="green"', 'camunda:candidateGroups="manager"')
    .replace('<bpmndi:BPMNShape id="s3"', '<bpmndi:BPMNShape id="s4" bpmnElement="write"><dc:Bounds x="560" y="80" width="100" height="80"/></bpmndi:BPMNShape><bpmndi:BPMNShape id="s3"')
    .replace('<endEvent id="over">', '<serviceTask id="write" name="Write" camunda:class="com.acme.Write"><incoming>f2</incoming><outgoing>f3</outgoing></serviceTask><endEvent id="over">')
    .replace('<incoming>f2</incoming></endEvent>', '<incoming>f3</incoming></endEvent>')
    .replace('targetRef="over"/>', 'targetRef="write"/><sequenceFlow id="f3" sourceRef="write" targetRef="over"/>')
)  # fmt: skip

REFUSED = (
    VENDOR.replace('id="brought"', 'id="refused"')
    .replace('bpmnElement="brought"', 'bpmnElement="refused"')
    .replace("<acme:note", '<procession:task xmlns:procession="urn:procession:bpmn:1.0" due="days("/><acme:note')
)


def path_of(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url)


def test_a_foreign_diagram_is_mended_tried_guarded_published_worked_and_changed(visits: Visits, tmp_path: Path) -> None:
    file = tmp_path / "foreign.bpmn"
    file.write_text(FOREIGN)
    visit = visits.start("designer", language="en")
    page = visit.open("/processes/upload")
    page.set_input_files("#upload-file", file)
    page.locator("#upload .form-foot .btn.primary").click()
    page.wait_for_url(re.compile(r"/processes/\d+$"))
    first = path_of(page)
    expect(page.locator('.findings .repair[data-element="write"]')).to_be_visible()
    page.locator(
        '.findings [data-element="write"] button[data-show], .findings .repair button[data-show]'
    ).first.click()
    expect(page.locator('.diagram [data-element-id="write"].chosen')).to_be_attached(timeout=PATIENCE)

    _draw_title(visit.open(f"{first}/edit"), "Ask the client")
    draft = path_of(page)
    page.locator('[data-leave-to="rehearse"]').click()
    page.locator(".begin .btn.primary").click()
    for _task in ("ask", "write"):
        page.locator(".rehearsed .results button").first.click()
        page.wait_for_load_state()
    expect(page.locator(".side .all-well")).to_be_visible()
    page.locator(".page-head details.menu summary").click()
    page.fill("#scenario-name", "Asked and written to")
    page.locator(".page-head .in-menu .btn.primary").click()
    page.wait_for_url(re.compile(rf"{draft}$"))

    _publish(page, "Brought along and mended")
    second = path_of(page)
    page.locator('.tabs a[href*="tab=scenarios"]').click()
    expect(page.locator(".rows .badge.good")).to_have_text("as expected")
    assert faults(page) == []

    seller = visits.start("manager", language="en")
    work = seller.open(second)
    work.locator(".page-head details.menu summary").click()
    work.get_by_role("button", name="Start one by hand").click()
    work.locator('#confirm button[value="yes"]').click()
    work.wait_for_url(re.compile(r"/instances/\d+"), timeout=PATIENCE)
    instance = path_of(work)

    _draw_title(visit.open(f"{second}/edit"), "Ask the client kindly")
    _publish(page, "Kindly")
    third = path_of(page)
    boss = visits.start("supervisor", language="en")
    moving = boss.open(f"{third}?tab=versions")
    moving.locator('a[href^="/migrations/new"]').first.click()
    moving.locator('form[action="/migrations"] .btn.primary').click()
    moving.wait_for_url(re.compile(r"/migrations/\d+"))
    boss.open(instance)
    expect(moving.locator(f'a[href="{third}"]').first).to_be_visible()
    for one in (visit, seller, boss):
        assert one.problems == []


def test_a_refused_file_is_mended_in_the_editor_and_published(visits: Visits, tmp_path: Path) -> None:
    file = tmp_path / "refused.bpmn"
    file.write_text(REFUSED)
    visit = visits.start("designer", language="en")
    page = visit.open("/processes/upload")
    page.set_input_files("#upload-file", file)
    page.locator("#upload .form-foot .btn.primary").click()
    expect(page.locator('.refused .findings .error[data-element="ask"]')).to_be_visible(timeout=PATIENCE)
    page.locator('.sent button[name="mend"]').click()
    page.wait_for_url(re.compile(r"/processes/drafts/\d+$"))
    drawn(page)
    finding = page.locator('.modeler-findings .error[data-element="ask"]')
    expect(finding.first).to_be_visible(timeout=PATIENCE)
    page.locator('[data-element-id="ask"] .djs-hit').first.click()
    expect(page.locator('[data-prop="due"]')).to_have_value("days(")
    write(page, "due", "now + days(2)")
    expect(finding).to_have_count(0, timeout=PATIENCE)
    saved(page)
    _publish(page, "Mended")
    expect(page.locator(".deal-line .badge.good")).to_be_visible()
    # The browser itself reports the refused upload, which is meant to be one.
    assert [problem for problem in visit.problems if "422" not in problem] == []


def _draw_title(page: Page, title: str) -> None:
    drawn(page)
    page.locator('[data-element-id="ask"] .djs-hit').first.click()
    write(page, "titleEn", title)
    saved(page)


def _publish(page: Page, comment: str) -> None:
    drawn(page)
    page.locator('[data-leave-to="publish"]').click()
    page.fill("#publish-comment", comment)
    page.locator(".publish-now .btn.primary").click()
    page.wait_for_url(re.compile(r"/processes/\d+$"), timeout=PATIENCE)
