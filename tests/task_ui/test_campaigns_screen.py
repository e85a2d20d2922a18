"""Marketing makes an event, registers people in a line, marks who came, and sees what came of it."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kernel.context import SYSTEM, Context
from processes.catalogue import deploy_shipped
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_screens import sign_in, token_of


class Desk:
    """Somebody of marketing before a browser."""

    def __init__(self, client: FlaskClient, who: str = "marketing") -> None:
        self.client = sign_in(client, who, "ru")
        self.token = token_of(self.get("/campaigns"))

    def get(self, address: str) -> str:
        return self.client.get(address).text

    def post(self, address: str, **form: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **form})

    def event(self, name: str = "Форум складов") -> str:
        form = {"name": name, "kind": "exhibition", "status": "active", "starts_on": "2026-12-01", "cost": "120 000"}
        return str(self.post("/campaigns/new", **form).headers["Location"])


@pytest.fixture
def desk(client: FlaskClient, site: Site) -> Desk:
    with site.database.transaction() as session:
        deploy_shipped(Context(session, SYSTEM))
    return Desk(client)


def test_an_event_is_made_people_register_and_come(desk: Desk) -> None:
    address = desk.event()
    desk.post(f"{address}/register", line="Пётр Лунин, Вымпел, petr@forum.example")
    desk.post(f"{address}/register", line="Ольга Ким, Берег, olga@forum.example")
    card = desk.get(address)
    assert "Пётр Лунин" in card and "Вымпел" in card and card.count("Зарегистрирован</span>") == 2
    members = re.findall(r'name="member" value="(\d+)"', card)
    desk.post(f"{address}/members/state", member=members, state="attended")
    card = desk.get(address)
    assert "2 участника: пришёл." in card and "Пришёл</span>" in card
    assert "Ольга Ким" not in desk.get(f"{address}?state=invited")
    desk.post(f"{address}/members/{members[0]}/remove")
    assert "Ольга Ким" not in desk.get(address)
    assert "Пришёл" in desk.get(f"{address}?format=csv")


def test_what_cannot_be_done_is_told_and_nothing_is_lost(desk: Desk) -> None:
    address = desk.event("Вторая выставка")
    assert (
        "Напишите хотя бы имя"
        in desk.client.post(
            f"{address}/register", data={"csrf_token": desk.token, "line": "+7 921 1112233"}, follow_redirects=True
        ).text
    )
    refused = desk.post("/campaigns/new", name="Без вида", starts_on="2026-12-02", ends_on="2026-12-01")
    assert refused.status_code == 422 and 'value="Без вида"' in refused.text
    assert desk.post(f"{address}/members/new", state="invited").status_code == 422
    desk.post(f"{address}/register", line="Иван Один, ivan@forum.example")
    kept = desk.client.post(f"{address}/delete", data={"csrf_token": desk.token}, follow_redirects=True).text
    assert "В кампании есть участники" in kept


def test_a_seller_reads_and_changes_nothing(desk: Desk, site: Site) -> None:
    address = desk.event("Чужая выставка")
    seller = Desk(site.app.test_client(), "manager")
    card = seller.get(address)
    assert "Чужая выставка" in card and "Зарегистрировать" not in card and f"{address}/edit" not in card
    assert seller.post(f"{address}/register", line="Никто").status_code == 403


def test_a_lead_names_its_campaign(desk: Desk) -> None:
    address = desk.event("Осенний форум")
    number = address.rsplit("/", 1)[-1]
    lead = desk.post("/leads/new", name="Анна Осенняя", campaign_id=number, source="campaign").headers["Location"]
    card = desk.get(lead)
    assert "Осенний форум" in card and f'href="{address}"' in card
    imported = desk.get(f"/imports/new?campaign_id={number}")
    assert "Все, кто есть в файле, станут участниками кампании «Осенний форум»." in imported


@pytest.mark.browser
def test_registering_and_marking_work_in_a_browser(visits: Visits, desk: Desk) -> None:
    address = desk.event("Браузерная выставка")
    page = visits.start("marketing").open(address)
    page.fill("#lead-line", "Вера Браузер, ООО Окно, vera@forum.example")
    page.press("#lead-line", "Enter")
    page.get_by_text("Зарегистрирован участник: Вера Браузер.").wait_for()
    page.check("input[name=member]")
    page.select_option("#bulk-state", "attended")
    page.get_by_role("button", name="Установить состояние").click()
    page.get_by_text("1 участник: пришёл.").wait_for()
