"""Drawing a process in a real browser: a task drawn with the mouse, its properties, findings, saving, publishing."""

import re

import pytest
from playwright.sync_api import Page, expect

from bpmn.diagram import read_diagram
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_care import faults
from tests.task_ui.test_definitions_screen import published
from tests.task_ui.test_screens import sign_in

pytestmark = pytest.mark.browser
PATIENCE = 20_000
VENDOR = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:acme="urn:acme" id="d" targetNamespace="test">
  <process id="brought" name="Brought along" isExecutable="true">
    <startEvent id="begin"><outgoing>f1</outgoing></startEvent>
    <userTask id="ask" name="Ask" acme:colour="green"><extensionElements><acme:note size="7">kept</acme:note></extensionElements><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
    <endEvent id="over"><incoming>f2</incoming></endEvent>
    <sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/><sequenceFlow id="f2" sourceRef="ask" targetRef="over"/>
  </process>
  <bpmndi:BPMNDiagram id="p1"><bpmndi:BPMNPlane id="p2" bpmnElement="brought">
    <bpmndi:BPMNShape id="s1" bpmnElement="begin"><dc:Bounds x="160" y="102" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="ask"><dc:Bounds x="260" y="80" width="133" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="over"><dc:Bounds x="460" y="102" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="f1"><di:waypoint x="196" y="120"/><di:waypoint x="260" y="120"/></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e2" bpmnElement="f2"><di:waypoint x="393" y="120"/><di:waypoint x="460" y="120"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>
"""


def drawn(page: Page) -> Page:
    page.locator("[data-modeler][data-ready]").wait_for(timeout=PATIENCE)
    return page


def write(page: Page, field: str, text: str) -> None:
    page.locator(f'[data-prop="{field}"]').fill(text)
    page.locator(f'[data-prop="{field}"]').press("Tab")


def saved(page: Page) -> None:
    expect(page.locator('.modeler-state[data-state="saved"]')).to_be_visible(timeout=PATIENCE)


def append(page: Page, what: str) -> None:
    """From the element that is chosen, by its context pad."""
    page.locator(f'.djs-context-pad.open [data-action="append.{what}"]').click()


def test_a_process_is_drawn_published_and_started(visits: Visits) -> None:
    visit = visits.start("designer", language="en")
    page = drawn(visit.open("/processes/new"))
    write(page, "name", "Thank the client")
    page.locator('[data-element-id="start"] .djs-hit').click()
    append(page, "append-task")
    page.keyboard.press("Escape")
    page.locator(".modeler-canvas").click(position={"x": 500, "y": 60})
    page.locator('.djs-shape[data-element-id^="Activity"] .djs-hit').click(position={"x": 20, "y": 60})
    write(page, "name", "Write a letter")
    write(page, "id", "letter")
    page.locator('[data-prop="role-manager"]').check()
    append(page, "end-event")
    page.keyboard.press("Escape")
    expect(page.locator(".modeler-findings .error")).to_have_count(0, timeout=PATIENCE)
    saved(page)
    expect(page).to_have_url(re.compile(r"/processes/drafts/\d+$"))
    drawn(visit.open(re.sub(r"^https?://[^/]+", "", page.url)))
    expect(page.locator('[data-element-id="letter"]')).to_be_visible()
    page.locator('[data-leave-to="publish"]').click()
    page.locator("#publish-comment").fill("Drawn here")
    page.locator(".publish-now button.primary").click()
    page.wait_for_url(re.compile(r"/processes/\d+$"), timeout=PATIENCE)
    page.locator(".page-head details.menu summary").click()
    page.get_by_role("button", name="Start one by hand").click()
    page.locator('#confirm button[value="yes"]').click()
    page.wait_for_url(re.compile(r"/instances/\d+"), timeout=PATIENCE)
    expect(page.locator('[data-element-id="letter"].is-here')).to_be_visible(timeout=PATIENCE)
    assert visit.problems == []


def test_findings_come_and_go_and_nothing_of_an_uploaded_diagram_is_lost(site: Site, visits: Visits) -> None:
    client = sign_in(site.app.test_client(), "designer", "en")
    where = published(client, "brought.bpmn", VENDOR.encode())
    visit = visits.start("designer")
    page = drawn(visit.open(f"{where}/edit"))
    expect(page.locator("[data-lossy]")).to_be_hidden()
    page.locator('[data-element-id="ask"] .djs-hit').click()
    write(page, "due", "days(")
    finding = page.locator('.modeler-findings .error[data-element="ask"]')
    expect(finding.first).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-element-id="ask"].failed-here')).to_be_visible()
    write(page, "due", "now + days(2)")
    expect(finding).to_have_count(0, timeout=PATIENCE)
    assert faults(page) == []
    write(page, "titleRu", "Спросите клиента")
    write(page, "name", "Ask them again")
    expect(page.locator('[data-prop="titleRu"]')).to_have_value("Спросите клиента")
    page.keyboard.press("Control+s")
    saved(page)
    drawn(visit.open(re.sub(r"^https?://[^/]+", "", page.url)))
    page.locator('[data-element-id="ask"] .djs-hit').click()
    expect(page.locator('[data-prop="due"]')).to_have_value("now + days(2)")
    kept = client.get(re.sub(r"^https?://[^/]+", "", page.url) + "/diagram.bpmn").text
    for wanted in ('acme:colour="green"', 'size="7"', ">kept<", 'width="133"', "Спросите клиента", "Ask them again"):
        assert wanted in kept
    assert visit.problems == []


def test_two_designers_on_one_draft_learn_of_each_other(site: Site, visits: Visits) -> None:
    one, other = visits.start("designer"), visits.start("admin")
    page = drawn(one.open("/processes/new"))
    write(page, "name", "Общий")
    saved(page)
    path = re.sub(r"^https?://[^/]+", "", page.url)
    theirs = drawn(other.open(path))
    write(theirs, "name", "Общий, второй раз")
    saved(theirs)
    write(page, "name", "Общий, по-моему")
    page.locator("[data-keep-mine]").click(timeout=PATIENCE)
    saved(page)
    assert not page.url.endswith(path)
    assert one.problems == [text for text in one.problems if "409" in text]


def test_on_a_phone_one_looks_and_changes_properties(visits: Visits) -> None:
    visit = visits.start("designer", phone=True)
    page = drawn(visit.open("/processes/new"))
    expect(page.locator(".modeler-narrow")).to_be_visible()
    write(page, "name", "С телефона")
    saved(page)
    assert visit.sideways() <= 0


def test_what_the_editor_would_lose_is_told_before_anything_is_saved(site: Site, visits: Visits) -> None:
    client = sign_in(site.app.test_client(), "designer", "en")
    odd = VENDOR.replace('id="brought"', 'id="odd"').replace('bpmnElement="brought"', 'bpmnElement="odd"')
    twice = odd.replace("</bpmndi:BPMNPlane>", '<bpmndi:BPMNShape id="s9" bpmnElement="gone"/></bpmndi:BPMNPlane>')
    where = published(client, "odd.bpmn", twice.encode())
    page = drawn(visits.start("designer").open(f"{where}/edit"))
    expect(page.locator("[data-lossy]")).to_be_visible()


def test_a_form_is_drawn_for_a_task_seen_as_the_manager_will_and_kept_with_the_draft(
    site: Site, visits: Visits
) -> None:
    client = sign_in(site.app.test_client(), "designer", "en")
    asking = VENDOR.replace('id="brought"', 'id="asking"').replace('bpmnElement="brought"', 'bpmnElement="asking"')
    visit = visits.start("designer")
    page = drawn(visit.open(f"{published(client, 'asking.bpmn', asking.encode())}/edit"))
    page.locator('[data-element-id="ask"] .djs-hit').click()
    page.locator("[data-new-form]").click()
    page.locator("[data-forms][data-ready]").wait_for(timeout=PATIENCE)
    page.locator('.fjs-palette-field[data-field-type="number"]').click()
    for field, text in (("form-key", "discount"), ("form-label-ru", "Скидка, %"), ("form-label-en", "Discount, %")):
        write(page, field, text)
    page.locator('[data-prop="form-required"]').check()
    expect(page.locator(".fjs-form-container label", has_text="Скидка, %")).to_be_visible()
    assert faults(page) == []
    page.locator('[data-form-tab="preview"]').click()
    expect(page.locator(".form-preview label", has_text="Скидка, %")).to_be_visible(timeout=PATIENCE)
    page.locator('[data-preview-language="en"]').click()
    expect(page.locator(".form-preview label", has_text="Discount, %")).to_be_visible(timeout=PATIENCE)
    page.locator("[data-form-done]").click()
    saved(page)
    drawn(visit.open(re.sub(r"^https?://[^/]+", "", page.url)))
    page.locator('[data-below="fields"]').click()
    expect(page.locator('[data-field="discount"].unused')).to_be_visible(timeout=PATIENCE)
    page.locator('[data-field="discount"] .place button').click()
    expect(page.locator('[data-prop="form"]')).to_have_value("ask")
    assert visit.problems == []


REPEATED = VENDOR.replace(
    '<incoming>f1</incoming><outgoing>f2</outgoing></userTask>',
    '<incoming>f1</incoming><outgoing>f2</outgoing><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>',
)  # fmt: skip


def test_what_the_panel_writes_is_what_the_engine_reads(site: Site, visits: Visits) -> None:
    client = sign_in(site.app.test_client(), "designer", "en")
    written = REPEATED.replace('id="brought"', 'id="written"').replace('bpmnElement="brought"', 'bpmnElement="written"')
    where = published(client, "written.bpmn", written.encode())
    visit = visits.start("designer", language="en")
    page = drawn(visit.open(f"{where}/edit"))
    page.locator('[data-element-id="ask"] .djs-hit').click()
    for field, text in (
        ("titleRu", "Спросите"), ("titleEn", "Ask them"), ("assignee", "initiator_id"), ("users", "[1, 2]"),
        ("due", "now + days(2)"), ("followUp", "now + days(1)"), ("priority", "70"), ("instructions-ru", "Узнайте цену"),
        ("instructions-en", "Ask for the price"), ("collection", "[5, 6]"), ("item", "whom"),
        ("completion", "result == 'no'"), ("output-collection", "answers"), ("output-item", "answer"),
    ):  # fmt: skip
        write(page, field, text)
    page.locator('[data-prop="role-head"]').check()
    page.locator('[data-prop="stage"]').select_option("needs")
    page.locator('[data-prop="activity"]').select_option("call")
    page.locator('[data-prop="operation"]').select_option("deal.assign_owner")
    page.locator(".prop-rows > button").click()
    for label, text in (("Code 1", "yes"), ("Title in Russian 1", "Да"), ("Title in English 1", "Yes")):
        page.get_by_label(label).fill(text)
        page.get_by_label(label).press("Tab")
    page.keyboard.press("Control+s")
    saved(page)
    kept = client.get(re.sub(r"^https?://[^/]+", "", page.url) + "/diagram.bpmn").data
    node = read_diagram("written.bpmn", kept).processes["written"].nodes["ask"]
    said, loop = node.extension, node.loop
    assert (said.titles, said.instructions) == (
        {"ru": "Спросите", "en": "Ask them"}, {"ru": "Узнайте цену", "en": "Ask for the price"},
    )  # fmt: skip
    assert (said.assignee, said.candidate_users, said.candidate_roles) == ("initiator_id", "[1, 2]", ("head",))
    assert (said.due, said.follow_up, said.priority) == ("now + days(2)", "now + days(1)", "70")
    assert (said.stage, said.activity, said.on_complete) == ("needs", "call", "deal.assign_owner")
    assert [(one.code, one.titles) for one in said.results] == [("yes", {"ru": "Да", "en": "Yes"})]
    assert loop is not None and loop.sequential
    assert (loop.collection, loop.element, loop.completion) == ("[5, 6]", "whom", "result == 'no'")
    assert (loop.output_collection, loop.output_element) == ("answers", "answer")
    assert visit.problems == []


def test_tokens_run_in_the_editor_and_leave_the_drawing_as_it_was(site: Site, visits: Visits) -> None:
    client = sign_in(site.app.test_client(), "designer", "en")
    run = VENDOR.replace('id="brought"', 'id="run"').replace('bpmnElement="brought"', 'bpmnElement="run"')
    where = published(client, "run.bpmn", run.encode())
    visit = visits.start("designer")
    page = drawn(visit.open(f"{where}/edit"))
    page.locator("[data-minimap]").click()
    expect(page.locator(".djs-minimap.open .map")).to_be_visible()
    page.locator("[data-simulate]").click()
    expect(page.locator("[data-panel]")).to_have_attribute("inert", "")
    page.locator('.bts-context-pad[title="Пусть произойдёт"]').first.click()
    expect(page.locator(".bts-token").first).to_be_attached(timeout=PATIENCE)
    page.locator("[data-save]").click()
    saved(page)
    expect(page.locator('[data-simulate][aria-pressed="false"]')).to_be_visible()
    kept = client.get(re.sub(r"^https?://[^/]+", "", page.url) + "/diagram.bpmn").text
    assert "color" not in kept.replace("colour", "")
    assert visit.problems == []
