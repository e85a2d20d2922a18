"""A supervisor finds a process, sees where it stands and puts it right."""

import html
import json
import re

import pytest
from flask.testing import FlaskClient

from engine import background
from processes import background_tasks, instances
from task_ui import words
from tests.support.decisions import dmn, table, titled
from tests.support.diagrams import diagram, node, timer
from tests.task_ui import troubled
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in, token_of


@pytest.fixture(scope="module", autouse=True)
def discounts(site: Site) -> None:
    troubled.deploy(site, ("discount.bpmn", troubled.discount()))


@pytest.fixture
def supervisor(client: FlaskClient) -> FlaskClient:
    return sign_in(client, "supervisor", "en")


def send(client: FlaskClient, path: str, **values: object) -> str:
    """Sends a form and follows to the page it leads to."""
    values["csrf_token"] = token_of(client.get("/settings/profile").text)
    answer = client.post(path, data=values, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def drawn(html: str, what: str) -> list[object]:
    found = re.search(rf'data-{what}="([^"]*)"', html)
    assert found
    return list(json.loads(found[1].replace("&#34;", '"')))


def test_the_list_shows_where_each_process_stands_with_its_money(supervisor: FlaskClient) -> None:
    html = supervisor.get("/instances").text
    assert "Облачная АТС на 40 рабочих мест" in html
    assert "Call the client and confirm the interest" in html
    assert "1,200,000" in html.replace("\u00a0", " ")


def test_the_list_is_filtered_by_process_state_text_and_incident(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.in_trouble(site)
    link = f'href="/instances/{instance}"'
    assert link in supervisor.get("/instances?process=discount").text
    assert link in supervisor.get("/instances?incident=1").text
    assert link not in supervisor.get("/instances?process=corporate_sale").text
    assert link not in supervisor.get("/instances?state=completed").text
    assert "Nothing fits these filters" in supervisor.get("/instances?q=нет такой сделки").text


def test_an_instance_is_drawn_with_what_is_done_what_runs_and_what_failed(site: Site, supervisor: FlaskClient) -> None:
    html = supervisor.get(f"/instances/{troubled.in_trouble(site)}").text
    assert drawn(html, "active") == [{"id": "pause", "count": 1}]
    assert drawn(html, "failed") == ["calculate"]
    assert {"begin", "gather", "begin_gather"} <= set(map(str, drawn(html, "done")))
    assert "divides by zero" in html


def test_an_incident_is_retried_after_its_data_are_put_right(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.in_trouble(site)
    send(supervisor, f"/instances/{instance}/data", name="parts", value="4")
    page = supervisor.get(f"/instances/{instance}").text
    incident = re.search(r'action="(/incidents/\d+/retry)"', page)
    assert incident
    send(supervisor, incident[1], back=f"/instances/{instance}")
    troubled.work_off(site)
    page = supervisor.get(f"/instances/{instance}").text
    assert drawn(page, "failed") == []
    assert drawn(page, "active") == [{"id": "check", "count": 1}]
    assert "25" in supervisor.get(f"/instances/{instance}?tab=variables").text


def test_the_data_are_readable_and_empty_ones_stand_apart(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site)
    for name, value in (("note", "Ждём ответа"), ("rivals", '[{"name": "Ромашка"}]'), ("nothing", "null")):
        send(supervisor, f"/instances/{instance}/data", name=name, value=value)
    page = supervisor.get(f"/instances/{instance}?tab=variables").text
    assert "Ждём ответа" in page
    assert "{&#34;name&#34;: &#34;Ромашка&#34;}" in page
    assert re.search(r"Still empty.*nothing", page)


def test_cancelling_wants_a_reason_and_keeps_it_in_the_journal(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site)
    token = token_of(supervisor.get("/instances").text)
    refused = supervisor.post(f"/instances/{instance}/cancel", data={"reason": " ", "csrf_token": token})
    assert refused.status_code == 422
    assert "Say why." in refused.text
    send(supervisor, f"/instances/{instance}/cancel", reason="The client has gone")
    page = supervisor.get(f"/instances/{instance}?tab=actions").text
    assert "The client has gone" in page
    assert ">Cancelled<" in page


def test_a_process_is_suspended_and_let_go_on(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site)
    page = send(supervisor, f"/instances/{instance}/suspend", reason="Holidays")
    assert "Let it go on" in page
    page = send(supervisor, f"/instances/{instance}/resume")
    assert "Let it go on" not in page


def test_a_waiting_time_is_released_by_hand(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site, parts=2)
    assert f"/instances/{instance}/release" in supervisor.get(f"/instances/{instance}").text
    page = send(supervisor, f"/instances/{instance}/release", element_id="pause")
    assert drawn(page, "active") == [{"id": "check", "count": 1}]


def test_a_task_is_handed_over(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site, parts=2)
    send(supervisor, f"/instances/{instance}/release", element_id="pause")
    page = supervisor.get(f"/instances/{instance}?tab=tasks").text
    found = re.search(rf"/instances/{instance}/tasks/\d+/assign", page)
    assert found
    page = send(supervisor, found[0], user_id=site.office.people["manager2"])
    assert "Илья Соколов" in page


def test_a_move_is_looked_at_before_it_is_made(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site, parts=2)
    path = f"/instances/{instance}/move"
    look = send(supervisor, path, cancel="pause", start_before="check", look="1")
    assert "Will end" in look and "Will begin" in look
    assert re.search(r'name="start_before" value="check" checked', look)
    assert drawn(supervisor.get(f"/instances/{instance}").text, "active") == [{"id": "pause", "count": 1}]
    page = send(supervisor, path, cancel="pause", start_before="check", reason="Already calculated")
    assert drawn(page, "active") == [{"id": "check", "count": 1}]
    assert "Already calculated" in supervisor.get(f"/instances/{instance}?tab=actions").text


def test_a_process_is_put_back_from_its_history_after_a_look(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site, parts=2)
    link = re.search(rf'formaction="(/instances/{instance}/rewind/\d+)"', supervisor.get(f"/instances/{instance}").text)
    assert link
    assert "Have a look" in supervisor.get(link[1]).text
    look = send(supervisor, link[1], look="1")
    assert "Will end" in look and "Will begin" in look
    silent = supervisor.post(link[1], data={"reason": " ", "csrf_token": token_of(look)})
    assert silent.status_code == 422
    page = send(supervisor, link[1], reason="Gathered for the wrong client")
    assert drawn(page, "active") == [{"id": "gather", "count": 1}]
    assert "Gathered for the wrong client" in supervisor.get(f"/instances/{instance}?tab=actions").text


def test_a_move_without_a_choice_or_a_reason_keeps_what_was_typed(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site)
    token = token_of(supervisor.get("/instances").text)
    path = f"/instances/{instance}/move"
    nothing = supervisor.post(path, data={"reason": "Because", "csrf_token": token})
    assert (nothing.status_code, "Because" in nothing.text) == (422, True)
    silent = supervisor.post(path, data={"start_before": "check", "csrf_token": token})
    assert silent.status_code == 422
    assert re.search(r'name="start_before" value="check" checked', silent.text)


def test_what_cannot_be_done_is_told_on_the_page_itself(site: Site, supervisor: FlaskClient) -> None:
    instance = troubled.start(site)
    page = send(supervisor, f"/instances/{instance}/release", element_id="pause")
    assert "divides by zero" in page
    assert drawn(page, "active") == [{"id": "pause", "count": 1}]


def test_several_incidents_are_tried_again_at_once(site: Site, supervisor: FlaskClient) -> None:
    instances = [troubled.in_trouble(site), troubled.in_trouble(site)]
    html = supervisor.get("/incidents").text
    assert all(f"/instances/{instance}#calculate" in html for instance in instances)
    chosen = re.findall(r'name="incident" value="(\d+)"', html)
    said = send(supervisor, "/incidents/retry", incident=chosen)
    assert "gone on" in said
    troubled.work_off(site)
    assert "divides by zero" in supervisor.get("/jobs?state=failed").text
    russian = sign_in(site.app.test_client(), "supervisor", "ru").get("/jobs?state=failed").text
    assert "Процесс не смог" in russian and "could not go on" not in russian


def test_why_a_decision_failed_is_told_whole_in_either_language(site: Site) -> None:
    rules = titled(dmn(table("amount:number", "fee:number", "> 0 -> 1", name="fee_of")))
    named = 'name="Size of the fee" procession:titleRu="Размер сбора" procession:titleEn="Size of the fee"'
    asked = node("businessRuleTask", "decide", procession_decision="fee_of", procession_resultVariable="fee")
    drawn = diagram(node("start", "begin") + asked + node("end", "done"), "begin -> decide; decide -> done", id="fees")
    rules = rules.replace(b'name="fee_of"', named.encode(), 1)
    troubled.deploy(site, ("fees.bpmn", drawn), ("fees.dmn", rules))
    with site.database.transaction() as session:
        for amount in (-5, "many"):
            instances.start_instance(
                site.office.acting(session, "admin"), definition_key="fees", variables={"amount": amount}
            )
    told = {
        language: html.unescape(sign_in(site.app.test_client(), "supervisor", language).get("/incidents").text)
        for language in ("ru", "en")
    }
    assert "Ни одно правило решения «Размер сбора» не подошло" in told["ru"] and "Сумма = -5" in told["ru"]
    assert "Вход «Сумма» решения «Размер сбора» — “many”, а нужен тип «число»." in told["ru"]
    assert "No rule of “Size of the fee” matches" in told["en"] and "Amount = -5" in told["en"]
    assert "The input “Amount” of “Size of the fee” is “many”, which is not of the type number." in told["en"]


def test_background_work_is_told_in_plain_words_with_the_way_to_its_process(site: Site) -> None:
    drawn = diagram(
        node("start", "begin")
        + node("user", "call")
        + node("boundary", "late", timer("duration", "PT1H"), attachedToRef="call")
        + node("end", "done"),
        "begin -> call; call -> done; late -> done",
        id="plain_words",
    ).decode()
    titles = 'name="Call" procession:titleRu="Позвонить клиенту" procession:titleEn="Call the client"'
    drawn = drawn.replace('name="call"', titles, 1).replace('name="late"', "", 1)
    drawn = drawn.replace('name="plain_words"', "", 1).replace('id="plain_words"', 'id="plain_words" name="Звонки"', 1)
    troubled.deploy(site, ("plain_words.bpmn", drawn.encode()))
    with site.database.transaction() as session:
        admin = site.office.acting(session, "admin")
        deal = {"type": "deal", "id": site.office.deals[0]}
        made = instances.start_instance(admin, definition_key="plain_words", subject=deal)
    for language, title, kind, about in (
        ("ru", "Позвонить клиенту", "Таймер", "Сделка"), ("en", "Call the client", "Timer", "Deal"),
    ):  # fmt: skip
        page = sign_in(site.app.test_client(), "supervisor", language).get("/jobs").text
        (row,) = (part for part in page.split("<li ") if f"/instances/{made.id}?" in part)
        assert f">{title}</a>" in row
        assert kind in row and "Звонки" in row
        assert f'{about}: <a href="/deals/{site.office.deals[0]}">' in row
        assert ">late<" not in row


def test_all_long_work_has_a_name() -> None:
    assert len(background_tasks.__all__) <= len(background.names())
    assert background.names() <= words.LABELS["background"].keys()


def test_the_map_counts_what_stands_at_each_element(site: Site, supervisor: FlaskClient) -> None:
    html = supervisor.get("/instances/map?process=corporate_sale").text
    counts = {entry["id"]: entry["count"] for entry in drawn(html, "active") if isinstance(entry, dict)}
    assert counts["call_interest"] == 6
    version = re.search(r'data-element-url="(/instances/map/\d+/)', html)
    assert version
    assert "Облачная АТС на 40 рабочих мест" in supervisor.get(f"{version[1]}call_interest").text
    assert "Nothing stands here" in supervisor.get(f"{version[1]}prepare_proposal").text


def test_a_manager_sees_no_tools_of_a_supervisor(site: Site, client: FlaskClient) -> None:
    sign_in(client, "manager", "en")
    html = client.get("/instances/1").text
    assert "/instances/1/suspend" not in html
    assert client.get("/incidents").status_code == 403
    token = token_of(client.get("/tasks").text)
    answer = client.post("/instances/1/cancel", data={"reason": "Mine", "csrf_token": token})
    assert answer.status_code == 403
