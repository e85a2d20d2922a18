"""Every screen fits a phone, passes axe in both themes and breaks no rule of the content policy."""

import pytest
from playwright.sync_api import Page

from tests.task_ui.conftest import AXE, Site, Visits
from tests.task_ui.people import invite
from tests.task_ui.test_screens import SCREENS_OF

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKED_AT = (
    "/tasks", "/tasks/1", "/calendar", "/accounts", "/accounts/1", "/accounts/new", "/contacts", "/contacts/1", "/deals",
    "/deals/1", "/deals/1?tab=data", "/deals/1?tab=participants", "/deals/2?tab=products", "/deals/1?tab=documents",
    "/deals/new", "/deals/5/stage?stage=contracting", "/deals/1/stage?stage=lost", "/pipeline", "/activities/1",
    "/documents/1", "/knowledge", "/notifications", "/search?q=АТС", "/sales/new", "/settings/profile", "/settings/substitutions",
    "/leads", "/leads/1", "/leads/1?tab=score", "/leads/new", "/duplicates?type=lead", "/merges", "/merge/lead/1/2", "/letters",
    "/letters/1", "/calls/1", "/leads/1/consents/new",
)  # fmt: skip
LOOKED_AT_BY = {
    "manager": LOOKED_AT,
    "marketing": ("/segments/1", "/segments/1/edit", "/imports/new", "/letters/templates/1", "/letters/suppressions"),
    "supervisor": ("/contacts/1/personal-data", "/erasures"),
}


@pytest.fixture(scope="module", autouse=True)
def people(site: Site) -> None:
    invite(site.database, site.office)


def faults(page: Page, *, of_colours: bool = False) -> list[str]:
    """What axe finds, as rule and element; only of colours where that is all that can differ."""
    if page.evaluate("typeof axe") == "undefined":
        if page.locator("html[data-ready]").count():
            page.add_script_tag(url=f"/axe-core/{AXE.name}")  # half a megabyte, which the browser keeps compiled
        else:
            page.evaluate(AXE.read_text())  # the policy of what visitors see allows no scripts
    wanted = {"type": "rule", "values": ["color-contrast"]} if of_colours else {"type": "tag", "values": RULES}
    found: list[list[str]] = page.evaluate(
        """async runOnly => (await axe.run(document, {runOnly, resultTypes: ["violations"], preload: false}))
            .violations.flatMap(fault => fault.nodes.map(node => [fault.id, node.html]))""",
        wanted,
    )
    return [f"{rule}: {html[:140]}" for rule, html in found]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("username", SCREENS_OF)
def test_no_screen_is_wider_than_a_phone(visits: Visits, username: str, language: str) -> None:
    visit = visits.start(username, phone=True, language=language)
    wide = []
    for path in SCREENS_OF[username]:
        visit.open(path)
        if visit.sideways() > 0:
            wide.append(f"{path}: {visit.sideways()} px")
    assert wide == []
    assert visit.problems == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed")
@pytest.mark.parametrize("username", LOOKED_AT_BY)
def test_axe_has_nothing_to_say_in_either_theme(visits: Visits, username: str) -> None:
    visit = visits.start(username)
    said: dict[str, list[str]] = {}
    for path in LOOKED_AT_BY[username]:
        page = visit.open(path)
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            found = faults(page, of_colours=theme == "dark")
            if found:
                said[f"{path} {theme}"] = found
    assert said == {}
    assert visit.problems == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed")
def test_axe_has_nothing_to_say_on_a_phone_and_at_the_door(visits: Visits) -> None:
    visitor = visits.start(None, phone=True)
    assert faults(visitor.open("/login")) == []
    visit = visits.start(phone=True)
    said = {path: faults(visit.open(path)) for path in ("/tasks", "/tasks/1", "/deals/1", "/pipeline", "/accounts/1")}
    assert {path: found for path, found in said.items() if found} == {}


def test_the_first_view_is_light(visits: Visits) -> None:
    """Below 100 kB over the line once the files of the front end are kept by the browser."""
    visit = visits.start()
    visit.open("/tasks")
    sizes: list[int] = []
    visit.page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.status == 200 else None)
    visit.open("/tasks")
    document = visit.page.evaluate("performance.getEntriesByType('navigation')[0].encodedBodySize")
    moved = visit.page.evaluate("performance.getEntriesByType('resource').reduce((sum, e) => sum + e.transferSize, 0)")
    assert document + moved < 100_000


def test_targets_are_large_enough_to_touch(visits: Visits) -> None:
    visit = visits.start(phone=True)
    page = visit.open("/tasks/1")
    for button in page.locator(".results .btn, .btn.call, .bottombar a, .bottombar button, .topbar .tool").all():
        box = button.bounding_box()
        if box:
            assert box["height"] >= 40, button.inner_text()


def test_the_card_can_be_read_and_done_without_scripts(visits: Visits) -> None:
    context = visits.browser.new_context(java_script_enabled=False)
    visits.contexts.append(context)
    page = context.new_page()
    page.goto(visits.site.url + "/login")
    page.fill("#username", "manager")
    page.fill("#password", "demo")
    page.click("form button.primary")
    page.locator("a[data-task]").first.click()
    assert page.locator("#task-title").is_visible()
    page.locator(".results button.primary").click()
    assert page.locator(".step-done, .note-box.error").first.is_visible()
