"""The administrator sets telephony up and tries it; a manager sees who calls and makes a lead of a stranger."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm_model import telephony
from crm_model.telephony import Call
from kernel.context import SYSTEM, Context
from processes import telephony as calling
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_screens import sign_in, token_of


def ring(site: Site, number: str, **more: Any) -> Call:
    said = {"event": "incoming", "call_id": f"{number} {len(more)}", "number": number, "user": "manager", **more}
    with site.database.transaction() as session:
        return calling.receive(Context(session, SYSTEM), said)


def test_the_administrator_makes_a_secret_and_tries_a_call(client: FlaskClient) -> None:
    sign_in(client, "admin")
    token = token_of(client.get("/settings/telephony").text)
    made = client.post("/settings/telephony/secret", data={"csrf_token": token}).text
    secret = re.search(r'<code class="token">([\w-]+)</code>', made)
    assert secret and secret[1] not in client.get("/settings/telephony").text
    tried = {"csrf_token": token, "number": "+7 921 555-01-20", "event": "incoming"}
    card = client.get(client.post("/settings/telephony/try", data=tried).location).text
    assert 'href="/contacts/1"' in card and "Создать лида" not in card
    refused = client.post("/settings/telephony/try", data={"csrf_token": token, "number": "", "event": "incoming"})
    assert refused.status_code == 422


def test_only_the_administrator_sets_telephony_up(client: FlaskClient) -> None:
    sign_in(client, "manager")
    token = token_of(client.get("/tasks").text)
    assert client.get("/settings/telephony").status_code == 403
    assert client.post("/settings/telephony/secret", data={"csrf_token": token}).status_code == 403


def test_a_stranger_becomes_a_lead_by_one_press(client: FlaskClient, site: Site) -> None:
    call = ring(site, "+7 916 222-33-44")
    sign_in(client, "manager")
    assert "+7 916 222-33-44" in client.get(f"/calls/{call.id}").text
    token = token_of(client.get("/tasks").text)
    made = client.post(f"/calls/{call.id}/lead", data={"csrf_token": token})
    lead = client.get(made.location).text
    assert made.location.startswith("/leads/") and "Звонок" in lead and "+7 916 222-33-44" in lead
    again = client.post(f"/calls/{call.id}/lead", data={"csrf_token": token})
    assert again.location == f"/calls/{call.id}"


def test_a_call_is_nobody_elses(client: FlaskClient, site: Site) -> None:
    call = ring(site, "+7 916 222-33-45")
    sign_in(client, "manager2")
    assert client.get(f"/calls/{call.id}").status_code == 404


@pytest.mark.browser
def test_the_card_of_who_calls_is_offered_where_the_manager_is(visits: Visits, site: Site) -> None:
    with site.database.transaction() as session:
        telephony.make_secret(site.office.acting(session, "admin"))
    visit = visits.start("manager")
    page = visit.open("/calendar")
    ring(site, "+7 921 555-01-21", started_at="2026-03-02T10:00:00Z")
    told = page.locator(".toast-line", has_text="Звонит Сергей Баранов")
    told.get_by_role("link", name="Открыть карточку").click()
    page.wait_for_url("**/deals/2")
    assert visit.problems == []
