"""Whoever walks where the screens lead is never refused: each link opens, and no button is answered with a refusal. A
page whose address somebody types is refused at once, rather than after its form is filled in."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from server.app import create_app
from server.settings import Settings
from tests.conftest import THOROUGH
from tests.support.rehearsal import Rehearsal
from tests.task_ui.conftest import Site
from tests.task_ui.screens import SCREENS, VISITOR, fill
from tests.task_ui.test_screens import sign_in

CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
LINKS = ("href", "hx-get", "data-dialog-from")
TELLING = ("tab", "type")
"""Parts of an address after the question mark whose value makes another page of it."""
ALIKE = 2 if THOROUGH else 1
"""So many pages of one kind are looked at: a deal, say, with every tab."""
PEOPLE = (
    "manager2",
    "callcentre",
    "marketing",
    "supervisor",
    "designer",
    *(("manager", "head", "admin") if THOROUGH else ()),
)
"""`manager2` has hardly any clients, so that lists are empty; of the others each has a role of its own."""


class Offers(HTMLParser):
    """Links of a page, and what its buttons send, as address and hidden values."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.buttons: list[tuple[str, dict[str, str]]] = []
        self._form: tuple[str, dict[str, str]] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in LINKS if given.get(name, "").startswith("/") and "download" not in given]
        if tag == "form":
            is_offered = given.get("method") == "post" and "hidden" not in given
            self._form = (given.get("action", ""), {}) if is_offered else None
        elif tag == "input" and given.get("type") == "hidden" and self._form:
            self._form[1][given.get("name", "")] = given.get("value", "")
        elif tag == "button" and given.get("type", "submit") == "submit" and self._form:
            action, values = self._form
            self.buttons.append((given.get("formaction", action), values))


class Walk:
    """Somebody who follows every link and presses every button, before a database that keeps nothing."""

    def __init__(self, app: Flask, caller: FlaskClient) -> None:
        self.app, self.caller = app, caller
        self.looked: Counter[tuple[str, ...]] = Counter()
        self.refused: dict[str, str] = {}
        """What was refused, by the page that offered it."""

    def through(self, *starts: str) -> dict[str, str]:
        """Follows what is offered from each of `starts`; a start itself may be refused."""
        for start in starts:
            if self._is_new("GET", start):
                self._follow(start)
        return self.refused

    def _follow(self, start: str) -> None:
        ahead = [(start, "")]
        for address, offered_by in ahead:
            answer = self.caller.get(address, follow_redirects=True)
            if self._is_refused(address, offered_by, answer) or answer.mimetype != "text/html":
                continue
            offers = Offers(answer.text)
            ahead += [(link, address) for link in offers.links if self._is_new("GET", link)]
            token = CSRF.search(answer.text)
            for action, values in offers.buttons if token else ():
                target = action or address
                if self._is_new("POST", target):
                    pressed = self.caller.post(target, data={**values, "csrf_token": token[1] if token else ""})
                    self._is_refused(f"POST {target}", address, pressed, statuses=(403,))

    def _is_refused(
        self, what: str, offered_by: str, answer: TestResponse, statuses: tuple[int, ...] = (403, 404)
    ) -> bool:
        if answer.status_code in statuses and offered_by:
            self.refused[what] = f"{answer.status_code}, offered by {offered_by}"
        return answer.status_code in statuses

    def _is_new(self, method: str, address: str) -> bool:
        parts = urlsplit(address)
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(parts.path, method=method)
        except HTTPException:
            endpoint = parts.path
        if endpoint == "assets.file":
            return False
        kind = (method, endpoint, *sorted(value for name, value in parse_qsl(parts.query) if name in TELLING))
        self.looked[kind] += 1
        return self.looked[kind] <= ALIKE


@pytest.fixture(scope="module")
def addresses(site: Site) -> list[str]:
    """Of every screen, whoever it is for."""
    made = fill(site)
    ours = (paths for who, paths in SCREENS.items() if who != VISITOR)
    return [path.format(**made) for path in dict.fromkeys(path for paths in ours for path in paths)]


@pytest.fixture(scope="module")
def forgetful(site: Site, addresses: list[str]) -> Iterator[Flask]:
    database = Rehearsal(site.database.url)
    yield create_app(Settings(demo=True), database)
    database.close()


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_is_led_to_what_they_may_not_do(site: Site, forgetful: Flask, addresses: list[str], who: str) -> None:
    walk = Walk(forgetful, as_signed_in(site.app, forgetful, who))
    assert walk.through("/") == {}
    assert walk.through(*addresses) == {}


def as_signed_in(app: Flask, forgetful: Flask, who: str) -> FlaskClient:
    """Signing in must be kept, so it is done where things are kept; signing out must be forgotten too."""
    cookie = sign_in(app.test_client(), who).get_cookie("session")
    assert cookie is not None
    caller = forgetful.test_client(use_cookies=False)
    caller.environ_base["HTTP_COOKIE"] = f"session={cookie.value}; language=ru"
    return caller
