"""The shipped sale, played from the first call to the signed contract with nothing but the pages' own forms."""

import re
from typing import Any

import pytest
from lxml import html as markup

from processes import catalogue
from tests.task_ui.conftest import Site
from tests.task_ui.test_actions import Desk

MEETING = "2031-02-03T11:00"
ANSWERS = {
    "call_interest": {"result": "interested"},
    "meeting_date": {"v.meeting_at": MEETING},
    "new_deal": {"v.title": "Стеллажи для склада", "v.amount": "1 250 000"},
    "call_needs": {"result": "completed"},
    "calculation_needed": {"result": "no"},
    "prepare_proposal": {"result": "completed"},
    "prepare_materials": {"result": "completed"},
    "present_proposal": {"result": "completed"},
    "client_reaction": {"result": "agrees"},
    "prepare_contract": {"result": "completed"},
    "sign_contract": {"result": "completed"},
}


class Player(Desk):
    """A manager who opens his next task and presses its main button."""

    def card(self, path: str) -> tuple[int, dict[str, Any], str]:
        """The number of the task on the page, what its form holds, and its main result."""
        page: Any = markup.document_fromstring(self.client.get(path).text)
        form = next(found for found in page.forms if str(found.get("action")).endswith("/complete"))
        number = int(form.get("action").split("/")[2])
        held = {name: value for name, value in form.form_values() if name != "csrf_token"}
        return number, held, form.xpath(".//button[contains(@class, 'primary')]/@value")[0]

    def complete(self, path: str) -> tuple[str, str]:
        """Completes the task of the page; the element it stood for and where it leads."""
        number, held, main = self.card(path)
        answer = self.client.get(f"/api/v1/tasks/{number}")
        element = answer.get_json()["element_id"]
        form = {"csrf_token": self.token, **held, "result": main, **ANSWERS.get(element, {})}
        done = self.client.post(f"/tasks/{number}/complete", data=form)
        assert done.status_code == 303, (element, re.findall(r'class="error"[^>]*>([^<]+)', done.text))
        return element, str(done.location)


@pytest.fixture
def player(site: Site) -> Player:
    """A manager where the shipped processes are deployed."""
    with site.database.transaction() as session:
        catalogue.deploy_shipped(site.office.acting(session, "admin"))
    return Player(site.app.test_client())


def test_from_the_first_call_to_the_signed_contract(player: Player) -> None:
    started = player.client.post("/sales/new", data={"csrf_token": player.token, "type": "account", "id": "3"})
    path, played = str(started.location), []
    while "/tasks/" in path:
        element, path = player.complete(path)
        played.append(element)
    assert played == [
        "call_interest",
        "meeting_date",
        "new_deal",
        "collect_information",
        "call_needs",
        "prepare_presentation",
    ]

    deal = re.findall(r'href="(/deals/\d+)">Стеллажи для склада', player.client.get("/deals").text)[0]
    planned = re.findall(r'href="/activities/(\d+)"[^>]*>Провести презентацию', player.client.get(deal).text)[0]
    assert player.post(f"/activities/{planned}/complete", result="completed", note="Понравилось")[0] == 303

    following = re.findall(r'href="(/tasks/\d+)">', player.client.get(deal).text)
    played, path = [], following[0]
    while "/tasks/" in path:
        element, path = player.complete(path)
        played.append(element)
    assert played[0] == "presentation_results"
    assert played[-2:] == ["sign_contract", "review_won"]
    assert "Выиграна" in player.client.get(deal).text


def test_a_deal_is_moved_by_hand_with_what_that_cancels_shown_before(player: Player) -> None:
    started = player.client.post("/sales/new", data={"csrf_token": player.token, "type": "deal", "id": "5"})
    assert started.status_code == 303
    html = player.client.get("/deals/5/stage?stage=negotiation").text
    assert "Будет отменено" in html
    assert "Нужен ли расчёт?" in html
    assert "Появится" in html
    status, html = player.post("/deals/5/stage", stage="negotiation", reason="Клиент торопится")
    assert status == 303
    assert "На стадии «Переговоры»" in html
    assert "(Клиент торопится)" in html
