"""The supervisor hands out a person's data, sees what an erasure would do, erases, and keeps the protocol."""

import io
import json
import zipfile
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
    def __init__(self, client: FlaskClient) -> None:
        self.client = sign_in(client, "supervisor", "ru")
        self.token = token_of(self.get("/erasures"))

    def get(self, address: str) -> str:
        return self.client.get(address).text

    def post(self, address: str, **form: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **form})

    def contact(self, name: str, **values: str) -> str:
        return self.post("/contacts/new", name=name, **values).location


@pytest.fixture
def desk(client: FlaskClient) -> Desk:
    return Desk(client)


def work(site: Site) -> None:
    while jobs.run_batch(site.database, PORTS, system_clock, "test"):
        pass


def test_the_file_is_for_reading_and_for_programs(desk: Desk) -> None:
    address = desk.contact("Зоя Выгрузкина", emails="zoya@export.example", description="Любит <b>чай</b>")
    archive = zipfile.ZipFile(io.BytesIO(desk.client.get(f"{address}/personal-data/download").data))
    assert json.loads(archive.read("data.json"))["contacts"][0]["emails"] == ["zoya@export.example"]
    readable = archive.read("data.html").decode()
    assert "Зоя Выгрузкина" in readable and "&lt;b&gt;чай" in readable


def test_nothing_is_erased_without_the_name_typed_and_a_reason(desk: Desk) -> None:
    address = desk.contact("Яна Осторожная")
    refused = desk.post(f"{address}/personal-data", confirm="Яна", reason="")
    assert refused.status_code == 422
    assert "Введите имя точно так" in refused.text and "Укажите основание" in refused.text
    assert "Яна Осторожная" in desk.get(address)


def test_an_erasure_leaves_a_protocol_without_the_data(desk: Desk, site: Site) -> None:
    address = desk.contact("Яна Стираемая", emails="yana@erased.example")
    protocol = desk.post(f"{address}/personal-data", confirm="Яна Стираемая", reason="Обращение № 7").location
    assert "<progress" in desk.get(protocol)
    work(site)
    for page in (desk.get(protocol), desk.get(f"{protocol}/download"), desk.get("/erasures")):
        assert "Обращение № 7" in page and "Стираемая" not in page
    assert "Обезличенная запись" in desk.get(address)
    assert f'href="{address}"' not in desk.get("/contacts?q=Стираемая")


def test_managers_see_nothing_of_it(client: FlaskClient) -> None:
    sign_in(client, "manager")
    assert client.get("/erasures").status_code == 403
    assert client.get("/contacts/1/personal-data").status_code == 403
    assert "personal-data" not in client.get("/contacts/1").text


@pytest.mark.browser
def test_a_person_is_erased_in_a_browser(visits: Visits, desk: Desk) -> None:
    address = desk.contact("Инна Браузерная", phones="+7 921 300-30-30")
    visit = visits.start("supervisor", phone=True)
    page = visit.open(address)
    page.get_by_label("Другие действия").click()
    page.get_by_role("link", name="Персональные данные").click()
    assert visit.sideways() <= 0
    page.fill("#reason", "Обращение № 8")
    page.fill("#confirm", "Инна Браузерная")
    page.get_by_role("button", name="Стереть навсегда").click()
    expect(page.get_by_role("heading", name="Протокол №")).to_be_visible()
    assert visit.problems == []
