"""Signing in and out, what may be seen, and screens as parts."""

import re
from datetime import UTC, datetime

from flask.testing import FlaskClient

from tests.task_ui.conftest import Site
from tests.task_ui.office import PASSWORD


def sign_in(client: FlaskClient, username: str = "manager", language: str = "ru") -> FlaskClient:
    client.set_cookie("language", language)
    token = token_of(client.get("/login").text)
    answer = client.post("/login", data={"username": username, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 303
    return client


def token_of(html: str) -> str:
    found = re.search(r'<meta name="csrf-token" content="([^"]+)">', html)
    assert found
    return found[1]


def test_a_part_of_a_screen_comes_without_what_stands_around(client: FlaskClient) -> None:
    sign_in(client)
    whole, part = client.get("/deals/new"), client.get("/deals/new", headers={"HX-Request": "true"})
    assert 'class="rail"' in whole.text
    assert 'class="rail"' not in part.text
    assert 'name="title"' in part.text


def test_a_visitor_is_led_to_the_sign_in_page_and_back(client: FlaskClient) -> None:
    answer = client.get("/deals/1?tab=data")
    assert (answer.status_code, answer.location) == (303, "/login?back=/deals/1%3Ftab%3Ddata")
    token = token_of(client.get("/login").text)
    form = {"username": "manager", "password": PASSWORD, "csrf_token": token, "back": "/deals/1?tab=data"}
    assert client.post("/login", data=form).location == "/deals/1?tab=data"


def test_the_way_back_never_leaves_the_site(site: Site) -> None:
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
        client = site.app.test_client()
        token = token_of(client.get("/login").text)
        form = {"username": "manager", "password": PASSWORD, "csrf_token": token, "back": elsewhere}
        assert client.post("/login", data=form).location == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(client: FlaskClient) -> None:
    token = token_of(client.get("/login").text)
    answer = client.post("/login", data={"username": "head", "password": "wrong", "csrf_token": token})
    assert answer.status_code == 401
    assert 'value="head"' in answer.text
    assert 'role="alert"' in answer.text


def test_a_form_without_the_token_is_refused_and_changes_nothing(client: FlaskClient) -> None:
    sign_in(client)
    answer = client.post("/notes", data={"text": "Чужая форма", "deal_id": "1"})
    assert answer.status_code == 400
    assert "Чужая форма" not in client.get("/deals/1").text


def test_signing_out_ends_the_session(client: FlaskClient) -> None:
    sign_in(client)
    token = token_of(client.get("/tasks").text)
    client.post("/logout", data={"csrf_token": token})
    assert client.get("/tasks").status_code == 303


def test_an_unknown_page_says_what_to_do(client: FlaskClient) -> None:
    sign_in(client)
    for path in ("/nowhere", "/deals/999999", "/tasks/999999"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Проверьте адрес" in answer.text


def test_a_manager_does_not_see_the_records_of_another(client: FlaskClient, site: Site) -> None:
    sign_in(client, "manager2")
    assert client.get(f"/deals/{site.office.deals[0]}").status_code == 404
    assert "Северная торговая" not in client.get("/accounts").text


def test_the_language_stays_as_chosen(client: FlaskClient) -> None:
    sign_in(client)
    token = token_of(client.get("/tasks").text)
    answer = client.post("/settings/language", data={"csrf_token": token, "language": "en", "back": "/tasks"})
    assert answer.location == "/tasks"
    assert "<title>My tasks" in client.get("/tasks").text


def test_whoever_stands_in_reads_it_above_their_tasks(client: FlaskClient, site: Site) -> None:
    sign_in(client)
    today = datetime.now(UTC).date()
    form = {"substitute_id": str(site.office.people["head"]), "begins": today.isoformat(), "ends": today.isoformat()}
    said = {"csrf_token": token_of(client.get("/tasks").text)}
    assert client.post("/settings/substitutions", data={**said, **form}).status_code == 303
    substitute = sign_in(site.app.test_client(), "head")
    assert "Вы замещаете сотрудника Анна Ковалёва по" in substitute.get("/tasks").text
    assert "его дела среди ваших задач" in substitute.get("/notifications").text
