"""Duplicates are found, compared side by side, made one with a click, and two again."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from engine import jobs
from kernel.context import system_clock
from processes.engine_room import PORTS
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_screens import sign_in, token_of


class Desk:
    def __init__(self, client: FlaskClient, site: Site) -> None:
        self.site = site
        self.client = sign_in(client, "supervisor", "ru")
        self.token = token_of(self.get("/duplicates"))

    def get(self, address: str) -> str:
        return self.client.get(address).text

    def post(self, address: str, **form: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **form})

    def contact(self, name: str, **values: str) -> str:
        """The address of a new contact."""
        return self.post("/contacts/new", name=name, **values).location

    def search(self) -> str:
        self.post("/duplicates/search")
        while jobs.run_batch(self.site.database, PORTS, system_clock, "test"):
            pass
        return self.get("/duplicates?type=contact")


@pytest.fixture
def desk(client: FlaskClient, site: Site) -> Desk:
    return Desk(client, site)


def test_a_pair_is_found_compared_merged_and_taken_apart(desk: Desk) -> None:
    first = desk.contact("Ольга Дублёва", emails="olga@dup.example", phones="+7 921 100-10-10")
    second = desk.contact("Дублёва Ольга Ивановна", emails="olga@dup.example", job_title="Директор")
    shown = desk.search()
    assert "Дублёва Ольга Ивановна" in shown and "та же почта" in shown
    numbers = [address.rsplit("/", 1)[1] for address in (first, second)]
    compared = desk.get(f"/merge/contact/{numbers[0]}/{numbers[1]}")
    assert "Останется" in compared and 'name="f.name" value="loser"' in compared
    done = desk.post(f"/merge/contact/{numbers[0]}/{numbers[1]}", **{"f.name": "loser"})
    assert done.location == first
    card = desk.get(first)
    assert "Дублёва Ольга Ивановна" in card and "Директор" in card and "Объединено с карточкой" in card
    assert "Дублёва Ольга Ивановна" in desk.get(second)
    merges = desk.get("/merges")
    number = merges.split('action="/merges/')[1].split("/")[0]
    assert desk.post(f"/merges/{number}/undo").location == second
    assert "Ольга Дублёва" in desk.get(first)


def test_not_the_same_is_remembered(desk: Desk) -> None:
    for _ in range(2):
        desk.contact("Пётр Тёзкин")
    number = desk.search().split("Тёзкин")[-1].split('action="/duplicates/')[1].split("/")[0]
    desk.post(f"/duplicates/{number}/different", type="contact", different="1")
    assert "Тёзкин" not in desk.search()
    assert "Тёзкин" in desk.get("/duplicates?type=contact&different=1")


def test_what_cannot_be_merged_says_why(desk: Desk) -> None:
    address = desk.contact("Один Одинов").rsplit("/", 1)[1]
    refused = desk.post(f"/merge/contact/{address}/{address}")
    assert (refused.status_code, "Выберите две разные карточки" in refused.text) == (422, True)
    assert desk.post(f"/merge/contact/{address}/99999").status_code == 404


@pytest.mark.browser
def test_two_contacts_become_one_in_a_browser(visits: Visits, desk: Desk) -> None:
    first = desk.contact("Вера Браузерова", phones="+7 921 100-20-20")
    second = desk.contact("Браузерова Вера", phones="+7 921 100-20-21")
    numbers = [address.rsplit("/", 1)[1] for address in (first, second)]
    visit = visits.start("supervisor", phone=True)
    page = visit.open(f"/merge/contact/{numbers[0]}/{numbers[1]}")
    assert visit.sideways() <= 0
    page.get_by_label("Браузерова Вера", exact=True).check()
    page.get_by_role("button", name="Объединить").click()
    expect(page.get_by_role("heading", name="Браузерова Вера")).to_be_visible()
    assert "100-20-21" in page.content()
    assert visit.problems == []
