"""Processes in a real browser: diagrams with what is drawn on them, and what a press on a shape does."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from processes import designs
from tests.processes.test_rehearsal import process
from tests.task_ui import troubled
from tests.task_ui.conftest import Site, Visits

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def instance(site: Site) -> int:
    """One that has come to grief, with the deal it is about."""
    troubled.deploy(site, ("discount.bpmn", troubled.discount()))
    return troubled.in_trouble(site, deal=site.office.deals[0])


def test_a_supervisor_follows_an_instance_and_retries_its_incident(visits: Visits, instance: int) -> None:
    visit = visits.start("supervisor")
    page = visit.open("/instances?incident=1")
    page.locator(f'a.main[href="/instances/{instance}"]').click()
    diagram = page.locator(".diagram")
    expect(diagram.locator('[data-element-id="pause"].is-here')).to_be_visible()
    expect(diagram.locator('[data-element-id="gather"].was-here')).to_be_visible()
    expect(diagram.locator('[data-element-id="calculate"].failed-here')).to_be_visible()
    expect(diagram.locator(".token.bad")).to_have_text("!")
    page.locator('.course [data-element="gather"] .link').click()
    expect(diagram.locator('[data-element-id="gather"].chosen')).to_be_visible()
    diagram.locator('[data-element-id="pause"] .djs-hit').click()
    expect(page.locator('.course li[data-element="pause"]')).to_have_class(re.compile("current"))
    page.locator(".incident").get_by_role("button", name="Повторить").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".toast-line")).to_be_visible()
    assert visit.problems == []


def test_a_press_on_a_row_waits_for_the_diagram_to_be_drawn(visits: Visits, instance: int) -> None:
    visit = visits.start("supervisor")
    held: list[Route] = []
    visit.page.route("**/diagram.bpmn*", lambda route: held.append(route))
    page = visit.open(f"/instances/{instance}")
    page.locator('.course [data-element="gather"] .link').click()
    expect(page.locator(".diagram[data-ready]")).to_be_visible()
    for route in held:
        route.continue_()
    visit.page.unroute("**/diagram.bpmn*")
    expect(page.locator('.diagram [data-element-id="gather"].chosen')).to_be_visible()
    assert visit.problems == []


def test_cancelling_asks_in_a_dialog_for_the_reason(site: Site, visits: Visits, instance: int) -> None:
    other = troubled.start(site)
    visit = visits.start("supervisor")
    page = visit.open(f"/instances/{other}")
    page.locator(".page-head details.menu summary").click()
    page.locator('[data-dialog-from$="/cancel"]').click()
    page.locator("dialog[open] textarea").fill("Клиент передумал")
    page.locator("dialog[open] .btn.danger").click()
    page.wait_for_url(f"**/instances/{other}")
    expect(page.locator(".deal-line .badge").first).to_have_text("Отменено")
    assert visit.problems == []


def test_a_move_is_chosen_on_the_diagram(site: Site, visits: Visits, instance: int) -> None:
    other = troubled.start(site, parts=2)
    visit = visits.start("supervisor")
    page = visit.open(f"/instances/{other}/move")
    page.locator('[data-element-id="pause"] .djs-hit').click()
    page.locator('[data-element-id="check"] .djs-hit').click()
    expect(page.locator('[name="cancel"][value="pause"]')).to_be_checked()
    expect(page.locator('[name="start_before"][value="check"]')).to_be_checked()
    expect(page.locator('[data-element-id="check"].will-start')).to_be_visible()
    page.locator('[name="look"]').click()
    expect(page.locator(".would.ends li")).to_contain_text("pause")
    expect(page.locator(".would.begins li")).to_contain_text("Проверить скидку")
    assert visit.problems == []


def test_a_press_on_the_map_lists_what_stands_there(visits: Visits, instance: int) -> None:
    visit = visits.start("supervisor")
    page = visit.open("/instances/map?process=corporate_sale")
    expect(page.locator(".token").first).to_contain_text("6")
    page.locator('[data-element-id="call_interest"] .djs-hit').click(position={"x": 6, "y": 34})
    expect(page.locator("#at-element")).to_contain_text("Облачная АТС на 40 рабочих мест")
    assert visit.problems == []


def test_a_designer_mends_a_broken_file_and_publishes_it(visits: Visits, instance: int, tmp_path: Path) -> None:
    file = tmp_path / "repair.bpmn"
    file.write_bytes(troubled.broken())
    visit = visits.start("designer")
    page = visit.open("/processes/upload")
    page.set_input_files('[name="file"]', file)
    page.fill('[name="comment"]', "Первая попытка")
    page.get_by_role("button", name="Проверить и загрузить").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".findings .error").first).to_be_visible()
    expect(page.locator('[name="comment"]')).to_have_value("Первая попытка")
    assert [told for told in visit.problems if "422" not in told] == []
    visit.problems.clear()
    file.write_bytes(troubled.discount())
    page.set_input_files('[name="file"]', file)
    page.get_by_role("button", name="Проверить и загрузить").click()
    page.wait_for_url(re.compile(r"/processes/\d+$"))
    page.get_by_role("link", name="Опубликовать").click()
    page.locator(".side form button").click()
    expect(page.locator(".deal-line .badge").first).to_have_text("Опубликован")
    assert visit.problems == []


def test_an_answer_that_is_long_in_coming_is_told_of_and_a_second_press_sends_nothing(
    site: Site, visits: Visits, instance: int
) -> None:
    with site.database.transaction() as session:
        made = designs.upload(site.office.acting(session, "designer"), [("slow.bpmn", process("slow"))])
    page = visits.start("designer").open(f"/processes/{made.definitions[0].id}/publish")
    sent: list[Route] = []

    def stay(route: Route) -> None:
        sent.append(route)
        route.fulfill(status=204)

    page.route(re.compile("/publish$"), stay)
    button = page.locator(".publish-now button")
    button.click()
    expect(page.get_by_role("status").filter(has_text="Публикуется…")).to_be_visible()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click(force=True)
    assert len(sent) == 1


def test_files_are_chosen_one_by_one_and_an_upload_is_called_off_while_it_is_sent(
    visits: Visits, instance: int, tmp_path: Path
) -> None:
    small, large = tmp_path / "small.form", tmp_path / "large.bpmn"
    small.write_text('{"id": "small", "components": []}')
    large.write_bytes(troubled.discount() + b"<!--" + b"x" * 300_000 + b"-->")
    visit = visits.start("designer")
    page = visit.open("/processes/upload")
    chosen = page.locator(".chosen li")
    page.set_input_files("#upload-file", small)
    page.set_input_files("#upload-file", large)
    expect(chosen).to_contain_text(["small.form", "large.bpmn"])
    slow = page.context.new_cdp_session(page)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000}
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", limits)
    page.get_by_role("button", name="Проверить и загрузить").click()
    expect(page.locator("[data-upload-status]")).to_contain_text("Файлы отправляются")
    expect(chosen.first).to_contain_text("отправлен")
    expect(page.locator("[data-upload-cancel]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-upload-status]")).to_contain_text("ничего не сохранено")
    slow.send("Network.emulateNetworkConditions", {**limits, "uploadThroughput": -1})
    page.get_by_role("button", name="Не загружать small.form").press("Enter")
    expect(chosen).to_have_count(1)
    page.get_by_role("button", name="Проверить и загрузить").click()
    page.wait_for_url(re.compile(r"/processes/\d+$"))
    assert visit.problems == []


def test_diagrams_are_zoomed_with_keys_and_buttons_and_fill_the_screen(visits: Visits, instance: int) -> None:
    visit = visits.start("supervisor")
    page = visit.open(f"/instances/{instance}")
    shown = page.locator(".diagram")
    port = shown.locator(".viewport")
    expect(port).to_have_attribute("transform", re.compile("matrix"))
    before = port.get_attribute("transform") or ""
    shown.locator("[data-zoom-in]").click()
    expect(port).not_to_have_attribute("transform", before)
    shown.locator("[data-expand]").click()
    expect(shown).to_have_class(re.compile("expanded"))
    page.keyboard.press("Escape")
    expect(shown).not_to_have_class(re.compile("expanded"))
