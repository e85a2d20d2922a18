"""Marketing types a lead in one line; its card, the board and the way back show what its process made of it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm_model.lead_line import read_line
from kernel.context import SYSTEM, Context
from processes.catalogue import deploy_shipped
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_screens import sign_in, token_of


class Desk:
    """Somebody of marketing before a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = sign_in(client, "marketing", "ru")
        self.token = token_of(self.get("/leads"))

    def get(self, address: str) -> str:
        return self.client.get(address).text

    def post(self, address: str, **form: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **form})

    def add(self, line: str) -> str:
        """The address of the new lead, from what the list then says."""
        self.post("/leads/quick", line=line)
        return self.get("/leads").split('class="main" href="')[1].split('"')[0]


@pytest.fixture
def desk(client: FlaskClient, site: Site) -> Desk:
    with site.database.transaction() as session:
        deploy_shipped(Context(session, SYSTEM))
    return Desk(client)


def test_one_line_is_read_in_any_order() -> None:
    assert read_line("Anna Sedova, Romashka, +7 921 111-22-33 anna@romashka.ru; two lathes, soon") == {
        "name": "Anna Sedova", "company": "Romashka", "phone": "+7 921 111-22-33", "email": "anna@romashka.ru",
        "need": "two lathes, soon",
    }  # fmt: skip
    assert read_line("8 (921) 111 22 33, Anna") == {"name": "Anna", "phone": "8 (921) 111 22 33"}
    assert read_line("  ") == {}


def test_a_line_becomes_a_lead_whose_process_has_begun(desk: Desk) -> None:
    address = desk.add("Пётр Лунин, ООО Вымпел, +7 921 700-10-01, petr@vympel.example")
    card = desk.get(address)
    assert "Пётр Лунин" in card and "MQL" in card and "Написать личное письмо" in card
    assert 'data-diagram="' in desk.get(f"{address}?tab=process")
    assert "Пётр Лунин" in desk.get("/leads/board")
    assert "Лидов" not in desk.get("/leads?q=petr@vympel")


def test_a_likeness_is_shown_with_its_reasons(desk: Desk) -> None:
    desk.add("Ольга Сидорова, ООО Берег, olga@bereg.example")
    card = desk.get(desk.add("Сидорова Ольга, Берег, +7 921 700-10-02"))
    assert "похожее имя, похожая компания" in card


def test_a_lead_is_disqualified_with_a_reason_and_comes_back(desk: Desk) -> None:
    address = desk.add("Иван Спамов, +7 921 700-10-03")
    assert desk.post(f"{address}/disqualify").status_code == 422
    assert (
        "Спам"
        in desk.client.post(
            f"{address}/disqualify", data={"csrf_token": desk.token, "reason": "spam"}, follow_redirects=True
        ).text
    )
    desk.post(f"{address}/requalify")
    assert "Написать личное письмо" in desk.get(address)


def test_a_refusal_ends_the_letter(desk: Desk) -> None:
    address = desk.add("Мария Тихая, maria@quiet.example")
    desk.post(f"{address}/opt-out")
    card = desk.get(address)
    assert "Отписан" in card
    assert "Отменено" in card.split("Написать личное письмо")[1]


def test_a_consent_is_written_down_with_its_reason_and_taken_back(desk: Desk) -> None:
    address = desk.add("Вера Согласная, vera@agrees.example")
    given = {"purpose": "marketing", "channel": "email", "basis": "consent"}
    assert "Заполните это поле" in desk.post(f"{address}/consents/new", **given).text
    desk.post(f"{address}/consents/new", **given, reason="Подписала анкету на выставке")
    card = desk.get(address)
    assert "Подписала анкету на выставке" in card and "Действует" in card
    desk.post(f"{address}/consents/withdraw", purpose="marketing", channel="email", reason="Позвонила и отказалась")
    card = desk.get(address)
    assert "Позвонила и отказалась" in card and "Действует" not in card and "Отписан" in card


def test_a_line_without_a_name_says_so(desk: Desk) -> None:
    desk.post("/leads/quick", line="+7 921 700-10-04")
    assert "Напишите хотя бы имя" in desk.get("/leads")


@pytest.mark.browser
def test_what_a_lead_needs_never_makes_a_column_of_the_board_wider(desk: Desk, visits: Visits) -> None:
    need = "Строят новый центр, нужен проект расстановки и поставка к сдаче корпуса в начале следующего года, срочно"
    desk.post("/leads/new", name="Многословный", email="many@words.example", need=need)
    wide = visits.start("marketing").open("/leads/board")
    wide.get_by_text(need).wait_for()
    assert wide.locator(".board").evaluate("board => board.scrollWidth - board.clientWidth") <= 0
    narrow = visits.start("marketing", phone=True).open("/leads/board")
    widths = narrow.locator(".column").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert max(widths) <= 340


def test_the_page_that_asks_what_a_lead_is_the_same_as_says_which_lead(desk: Desk) -> None:
    address = desk.add("Пётр Двойников, +7 916 555-44-33")
    assert f'<a href="{address}">Пётр Двойников</a>' in desk.get(f"/merge/lead/{address.rpartition('/')[2]}")
