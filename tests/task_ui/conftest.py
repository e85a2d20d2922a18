"""The interface served for real: an office of its own database, a server in a thread, and a browser."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import make_server

from kernel.db import Database
from server.app import create_app
from server.embedded import Embedded
from server.settings import Settings
from tests.conftest import kept_database, making_database
from tests.task_ui.office import PASSWORD, Office, furnish

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first one there is; a page costs the first, which has no windows to draw, a fifth of what it costs the others."""
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), None)
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
OFFICE = "procession_office"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 800}


@dataclass
class Site:
    """The office and where it is served."""

    app: Flask
    database: Database
    office: Office
    url: str = ""


@pytest.fixture(scope="session")
def application(postgres: Embedded) -> Flask:
    """The worker's one application, which each module has look at a database of its own."""
    return create_app(Settings(demo=True), Database(postgres.url("postgres")))


@pytest.fixture(scope="module")
def site(postgres: Embedded, application: Flask, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A fresh office for each module, so that tests which change it do not meet."""
    office = kept_database(postgres, OFFICE, furnish)
    with making_database(postgres, request.module.__name__.rpartition(".")[2], template=OFFICE) as database:
        application.extensions["database"] = database
        yield Site(application, database, office)


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.app.test_client()


@pytest.fixture(scope="module")
def served(site: Site) -> Iterator[Site]:
    beside = SharedDataMiddleware(site.app, {"/axe-core": str(AXE.parent)})
    server = make_server("127.0.0.1", 0, beside, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    thread.join(5)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Visit:
    """One person at one screen. `problems` are what the browser complained about: scripts, the content policy."""

    page: Page
    url: str
    problems: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        self.page.locator("html[data-ready]").wait_for(state="attached")
        return self.page

    def sideways(self) -> int:
        """By how many pixels the page stays wider than the screen, once scripts have fitted what they draw."""
        with suppress(PlaywrightTimeout):
            self.page.wait_for_function(f"{WIDER} <= 0", timeout=2000)
        return int(self.page.evaluate(WIDER))


class Visits:
    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []

    def start(self, username: str | None = "manager", *, phone: bool = False, language: str = "ru") -> Visit:
        context = self.browser.new_context(viewport=PHONE if phone else WIDE, has_touch=phone, locale=language)  # type: ignore[arg-type]
        context.add_cookies([{"name": "language", "value": language, "url": self.site.url}])
        self.contexts.append(context)
        visit = Visit(context.new_page(), self.site.url, [])
        visit.page.on("console", lambda said: visit.problems.append(said.text) if said.type == "error" else None)
        visit.page.on("pageerror", lambda error: visit.problems.append(str(error)))
        if username is not None:
            visit.open("/login")
            visit.page.fill("#username", username)
            visit.page.fill("#password", PASSWORD)
            visit.page.press("#password", "Enter")
            visit.page.wait_for_url(lambda url: "/login" not in url)
        return visit


@pytest.fixture
def visits(browser: Browser, served: Site) -> Iterator[Visits]:
    made = Visits(browser, served)
    yield made
    for context in made.contexts:
        context.close()
