"""Every screen answers in both languages, fits a phone and a desk, passes axe in a theme, obeys the content policy."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from tests.conftest import THOROUGH
from tests.task_ui.conftest import AXE, PHONE, WIDE, Site, Visit, Visits
from tests.task_ui.screens import SCREENS, VISITOR, fill
from tests.task_ui.test_screens import sign_in

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AT_ONCE, WORKERS = 12, 3
"""As many screens are one test, and as many workers may share the tests, each with an office of its own."""


def faults(page: Page) -> list[str]:
    """What axe finds, as rule and element; diagrams are pictures that libraries draw, told in words beside."""
    if page.evaluate("typeof axe") == "undefined":
        if page.locator("html[data-ready]").count():
            page.add_script_tag(url=f"/axe-core/{AXE.name}")  # half a megabyte, which the browser keeps compiled
        else:
            page.evaluate(AXE.read_text())  # the policy of what visitors see allows no scripts
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "preload": False}
    found: list[list[str]] = page.evaluate(
        """async options => (await axe.run({exclude: [".djs-container"]}, options)).violations.flatMap(
            fault => fault.nodes.map(node => [fault.id, node.html, node.failureSummary]))""",
        options,
    )
    return [f"{rule}: {html[:140]} {why}" for rule, html, why in found]


@dataclass(frozen=True)
class Look:
    """How a screen is loaded; it is then also tried as wide as the other look."""

    language: str
    phone: bool
    theme: str


LOOKS = {"ru-dark-phone": Look("ru", True, "dark"), "en-light-desk": Look("en", False, "light")}


def groups() -> list[Any]:
    """Screens of one person in one look, a dozen at a time: each screen once, as whoever is named first, every other one
    in each look; all of everybody in all looks where it is thorough."""
    seen: set[str] = set()
    parts = []
    for who, everything in SCREENS.items():
        new = [path for path in everything if THOROUGH or path not in seen]
        seen.update(new)
        for number, name in enumerate(LOOKS):
            paths = new if THOROUGH else new[number :: len(LOOKS)]
            parts += [(name, who, at, tuple(paths[at : at + AT_ONCE])) for at in range(0, len(paths), AT_ONCE)]
    return [
        pytest.param(
            LOOKS[name], who, paths, id=f"{who}-{at}-{name}", marks=pytest.mark.xdist_group(f"care {number % WORKERS}")
        )
        for number, (name, who, at, paths) in enumerate(parts)
    ]


ESCAPED = re.compile(r"""<\w+\s(?:[^<>"]|"[^"]*")*?\b(?:id|name)=&[^<>]*""")
"""Quotes that were escaped: such a field is never sent."""


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, object]:
    return fill(site)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("who", SCREENS)
def test_every_screen_answers_in_both_languages_with_nothing_inside_that_the_policy_forbids(
    client: FlaskClient, made: dict[str, object], who: str, language: str
) -> None:
    if who == VISITOR:
        client.set_cookie("language", language)
    else:
        sign_in(client, who, language)
    paths = [path.format(**made, language=language) for path in SCREENS[who]]
    said = {path: found for path in paths if (found := _wrong(client.get(path), language))}
    assert said == {}


def _wrong(answer: TestResponse, language: str) -> list[str]:
    found = [] if answer.status_code == 200 else [f"answers {answer.status_code}"]
    if f'<html lang="{language}"' not in answer.text:
        found.append("is in another language")
    if "default-src 'none'" not in answer.headers["Content-Security-Policy"]:
        found.append("has no content policy")
    found += re.findall(r"<script(?![^>]*\bsrc=)|<style|<[^<>]*\s(?:style|on[a-z]+)=\"", answer.text)
    found += ESCAPED.findall(answer.text)
    found += re.findall(r"http://(?!www\.w3\.org|www\.omg\.org|localhost)[^\"'<]*", answer.text)
    return found


@pytest.mark.browser
@pytest.mark.parametrize(("look", "who", "paths"), groups())
def test_every_screen_fits_a_phone_and_a_desk_and_can_be_used_by_all(
    visits: Visits, made: dict[str, object], look: Look, who: str, paths: tuple[str, ...]
) -> None:
    visit = visits.start(None if who == VISITOR else who, phone=look.phone, language=look.language)
    visit.page.emulate_media(color_scheme=look.theme, reduced_motion="reduce")  # type: ignore[arg-type]
    said: dict[str, list[str]] = {}
    for path in paths:
        if found := _amiss(visit, path.format(**made, language=look.language), look):
            said[path] = found
    assert said == {}


def _amiss(visit: Visit, path: str, look: Look) -> list[str]:
    found = []
    visit.page.goto(visit.url + path)
    if not path.startswith(("/f/", "/l/")):  # what visitors see has no scripts that must be ready
        visit.page.locator("html[data-ready]").wait_for(state="attached")
    if visit.page.locator("[data-chart]").count():
        visit.page.locator("[data-chart] canvas").first.wait_for()
    for size in (WIDE, PHONE) if look.phone else (PHONE, WIDE):
        visit.page.set_viewport_size(size)  # type: ignore[arg-type]
        if (much := visit.sideways()) > 0:
            found.append(f"is {much} px wider than {size['width']}")
    if AXE.exists():
        found += faults(visit.page)
    found += visit.problems
    visit.problems.clear()
    return found


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
