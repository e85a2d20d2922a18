"""Marketing keeps rules in plain words, sees what a change would do, and anybody sees why a lead has its points."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from crm_model.activities import Activity
from crm_model.scoring.entities import ScoreCard
from engine import jobs
from kernel.context import SYSTEM, Context, system_clock
from processes.catalogue import deploy_shipped
from processes.engine_room import PORTS
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_screens import sign_in, token_of


class Desk:
    """Somebody of marketing before a browser."""

    def __init__(self, client: FlaskClient, who: str = "marketing") -> None:
        self.client = sign_in(client, who, "ru")
        self.token = token_of(self.get("/leads"))

    def get(self, address: str) -> str:
        return self.client.get(address).text

    def post(self, address: str, **form: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **form})

    def lead(self, line: str) -> str:
        self.post("/leads/quick", line=line)
        return self.get("/leads").split('class="main" href="')[1].split('"')[0]


@pytest.fixture
def card(site: Site) -> str:
    with site.database.transaction() as session:
        deploy_shipped(Context(session, SYSTEM))
        return f"/scoring/{session.scalars(select(ScoreCard.id).where(ScoreCard.product_id.is_(None))).one()}"


@pytest.fixture
def desk(client: FlaskClient, card: str) -> Desk:
    return Desk(client)


def work(site: Site) -> None:
    while jobs.run_batch(site.database, PORTS, system_clock, "test"):
        pass


def test_a_rule_is_made_looked_at_changed_switched_off_and_brought_back(desk: Desk, site: Site, card: str) -> None:
    lead = desk.lead("Анна Седова, Ромашка, +7 921 111-22-33, anna@romashka.example")
    rule = {"kind": "source", "c_sources": ["manual"], "points": "90", "valid_days": "30"}
    looked = desk.post(f"{card}/rules", look="1", **rule)
    assert looked.status_code == 200 and "SQL станет 1" in looked.text
    assert "внесён вручную" not in desk.get(f"{lead}?tab=score").split("Что сделает")[0]

    assert desk.post(f"{card}/rules", **rule).status_code == 303
    listed = desk.get(card)
    assert "+90" in listed and "если внесён вручную" in listed and "действует 30 дней" in listed
    assert "<progress" in listed
    work(site)
    assert "<progress" not in desk.get(card)
    why = desk.get(f"{lead}?tab=score")
    assert "110 баллов" in why and "внесён вручную" in why and "достаточно для SQL" in why

    number = re.findall(r"\?rule=(\d+)#rule-form\" aria-label=\"Изменить: внесён вручную", listed)[0]
    desk.post(f"{card}/rules/{number}", c_sources=["manual"], points="10", valid_days="")
    desk.post(f"{card}/rules/{number}/switch", active="0")
    assert "выключено" in desk.get(card)
    history = desk.get(f"{card}?tab=history")
    assert "+90" in history and "(выключено)" in history
    first = re.findall(r'action="([^"]+/restore)"', history)[-1]
    assert desk.post(first).status_code == 303
    work(site)
    assert "внесён вручную" not in desk.get(card)
    assert "20 баллов" in desk.get(f"{lead}?tab=score")


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(desk: Desk, card: str) -> None:
    answer = desk.post(f"{card}/rules", kind="touch", points="many", valid_days="7")
    assert answer.status_code == 422
    assert (
        answer.text.count('aria-invalid="true"') >= 1 and 'value="many"' in answer.text and 'value="7"' in answer.text
    )
    answer = desk.post(card, name="Все продукты", sql_from="50", high_mql_from="60", cold_up_to="10")
    assert answer.status_code == 422 and "Пороги должны расти" in answer.text


def test_the_lead_tells_what_would_make_it_an_sql_and_how_it_would_be_for_another_product(
    desk: Desk, site: Site
) -> None:
    lead = desk.lead("Борис Лунин, +7 921 111-22-44")
    why = desk.get(f"{lead}?tab=score")
    assert "до SQL не хватает 100 баллов" in why and "просит о встрече или приглашает в тендер" in why
    assert "одного этого достаточно" in why
    desk.post("/scoring/new", product_id="1", name="АТС", sql_from="100", high_mql_from="60", cold_up_to="10")
    work(site)
    both = desk.get(f"{lead}?tab=score")
    other = re.findall(r'href="([^"]+card=\d+)">АТС', both)[0]
    assert "если бы лида интересовал этот продукт" in desk.get(other.replace("&amp;", "&"))


def test_calls_are_planned_for_leads_that_have_gone_cold(desk: Desk, site: Site) -> None:
    lead = desk.lead("Вера Холодная, +7 921 111-22-55")
    assert "Вера Холодная" in desk.get("/scoring/reactivation")
    nobody = desk.post("/scoring/reactivation", subject="Вернуть интерес")
    assert nobody.status_code == 422 and "Выберите хотя бы один лид." in nobody.text
    number = lead.rsplit("/", 1)[1]
    answer = desk.post("/scoring/reactivation", lead_ids=[number], subject="Вернуть интерес", due="2030-01-10T12:00")
    assert answer.status_code == 303
    assert "Вера Холодная" not in desk.get("/scoring/reactivation")
    with site.database.read_only() as session:
        call = session.scalars(select(Activity).where(Activity.lead_id == int(number), Activity.kind == "call")).one()
        assert (call.subject, call.is_open) == ("Вернуть интерес", True)


def test_lists_are_filtered_and_sorted_by_stars(desk: Desk) -> None:
    ripe, young = desk.lead("Глеб Зрелый, +7 921 111-22-66"), desk.lead("Дина Юная, +7 921 111-22-77")
    desk.post(f"{ripe}/edit", name="Глеб Зрелый", request="meeting", source="manual", phone="+7 921 111-22-66")
    assert "Глеб" in desk.get("/leads?stars_from=5") and "Дина" not in desk.get("/leads?stars_from=5")
    ordered = desk.get("/leads?sort=-score")
    assert ordered.index("Глеб Зрелый") < ordered.index("Дина Юная")
    assert young in desk.get("/leads?sort=score")
    assert desk.client.get("/accounts?stars_from=3&sort=-stars").status_code == 200


def test_sellers_see_the_cards_and_cannot_change_them(client: FlaskClient, card: str) -> None:
    seller = Desk(client, "manager")
    page = seller.get(card)
    assert "Пороги" in page and "Добавить правило" not in page and 'name="sql_from"' not in page
    assert seller.post(f"{card}/rules", kind="silence", c_days="5", points="-5").status_code == 403


@pytest.mark.browser
def test_a_rule_is_made_in_the_browser(visits: Visits, card: str) -> None:
    visit = visits.start(username="marketing")
    page = visit.open(card)
    page.get_by_text("Добавить правило").click()
    page.get_by_role("link", name="Отклики и касания").click()
    page.get_by_role("checkbox", name="был на мероприятии").check()
    page.get_by_role("textbox", name="Баллы").fill("15")
    page.get_by_role("button", name="Что изменится").click()
    page.get_by_text("Условие выполня").wait_for()
    assert page.get_by_role("checkbox", name="был на мероприятии").is_checked()
    page.get_by_role("button", name="Сохранить").first.click()
    page.get_by_text("если был на мероприятии").wait_for()
    assert visit.problems == []
