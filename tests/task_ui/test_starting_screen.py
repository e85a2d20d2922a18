"""A process is started by hand from the record it is about, with the answers its start asks for."""

import json
import re

import pytest
from flask.testing import FlaskClient

from kernel.paging import Page
from processes import catalogue, designs
from tests.support.diagrams import diagram, message, node
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in, token_of

FORM = {
    "id": "visit",
    "components": [
        {"key": "place", "type": "textfield", "label": "Where", "validate": {"required": True}},
        {"key": "guests", "type": "number", "label": "How many"},
    ],
}


@pytest.fixture(scope="module", autouse=True)
def processes(site: Site) -> None:
    start = node("start", "s", '<extensionElements><procession:task form="visit"/></extensionElements>')
    task = node("user", "book", '<extensionElements><procession:task assignee="initiator_id"/></extensionElements>')
    visit = diagram(start + task + node("end", "e"), "s -> book; book -> e", id="visit")
    called = diagram(node("start", "s", message("m")) + node("user", "a"), "s -> a", id="by_message")
    with site.database.transaction() as session:
        files = [("visit.bpmn", visit), ("visit.form", json.dumps(FORM).encode()), ("called.bpmn", called)]
        designs.upload(site.office.acting(session, "admin"), files, publish=True)


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    return sign_in(client, "manager", "en")


def test_a_record_offers_the_processes_that_begin_by_hand(manager: FlaskClient, site: Site) -> None:
    deal = site.office.deals[0]
    assert f"/start?type=deal&amp;id={deal}" in manager.get(f"/deals/{deal}").text
    page = manager.get(f"/start?type=deal&id={deal}").text
    assert "/start/visit?" in page and "2 fields to fill in first" in page
    assert "by_message" not in page
    for kind, number in (("account", site.office.accounts[0]), ("contact", site.office.contacts[0])):
        assert f"/start?type={kind}&amp;id={number}" in manager.get(f"/{kind}s/{number}").text


def test_the_page_of_a_process_asks_first_too(client: FlaskClient, site: Site) -> None:
    admin = sign_in(client, "admin", "en")
    with site.database.transaction() as session:
        published = designs.list_definitions(site.office.acting(session, "admin"), Page(10), key="visit").items[0]
        called = designs.list_definitions(site.office.acting(session, "admin"), Page(10), key="by_message").items[0]
    assert 'data-dialog-from="/start/visit"' in admin.get(f"/processes/{published.id}").text
    assert f'action="/processes/{called.id}/start"' in admin.get(f"/processes/{called.id}").text


def test_what_the_start_asks_is_checked_and_kept_and_leads_to_the_first_task(manager: FlaskClient, site: Site) -> None:
    deal = site.office.deals[0]
    page = manager.get(f"/start/visit?event=s&type=deal&id={deal}").text
    assert "Where" in page and "How many" in page
    given = {"csrf_token": token_of(page), "event": "s", "type": "deal", "id": str(deal), "v.guests": "3"}
    refused = manager.post("/start/visit", data=given)
    assert refused.status_code == 422 and 'value="3"' in refused.text
    answer = manager.post("/start/visit", data={**given, "v.place": "Tver"})
    assert answer.status_code == 303, answer.text
    assert re.fullmatch(r"/tasks/\d+", answer.location)
    assert "is started." in manager.get(answer.location).text


def test_a_process_about_nothing_is_started_too(manager: FlaskClient) -> None:
    page = manager.get("/start").text
    assert "/start/visit?" in page
    token = token_of(manager.get("/start/visit?event=s").text)
    answer = manager.post("/start/visit", data={"csrf_token": token, "event": "s", "v.place": "Tver"})
    assert answer.status_code == 303


def test_a_record_that_one_may_not_see_and_an_unknown_process_are_not_there(manager: FlaskClient) -> None:
    assert manager.get("/start?type=deal&id=999999").status_code == 404
    assert manager.get("/start?type=user&id=1").status_code == 404
    assert manager.get("/start/by_message").status_code == 404
    assert manager.get("/start/nothing").status_code == 404


def test_the_shipped_approval_asks_who_approves(manager: FlaskClient, site: Site) -> None:
    with site.database.transaction() as session:
        files = catalogue.files_of("document_approval")
        designs.upload(site.office.acting(session, "admin"), files, publish=True)
    deal, head = site.office.deals[0], site.office.people["head"]
    page = manager.get(f"/start/document_approval?event=start&type=deal&id={deal}").text
    assert "Who approves" in page and "One after another" in page
    given = {"csrf_token": token_of(page), "event": "start", "type": "deal", "id": str(deal), "v.mode": "sequence"}
    assert manager.post("/start/document_approval", data=given).status_code == 422
    answer = manager.post("/start/document_approval", data={**given, "v.approver_ids": str(head)})
    assert answer.status_code == 303, answer.text
    assert "Next: Approve the document" in manager.get(answer.location).text
