"""Everybody changes what is his own; an administrator keeps people, teams, lines and products."""

import re

from flask.testing import FlaskClient

from tests.task_ui.conftest import Site
from tests.task_ui.office import PASSWORD
from tests.task_ui.test_instances_screen import send
from tests.task_ui.test_screens import sign_in, token_of

LISTS = ("users", "teams", "business-lines", "products", "stages")


def test_the_profile_changes_name_and_language(client: FlaskClient) -> None:
    sign_in(client, "marketing", "en")
    values = {"name": "Ольга Синицына-Белова", "language": "ru", "time_zone": "Europe/Moscow", "email": "", "phone": ""}
    page = send(client, "/settings/profile", **values)
    assert '<html lang="ru"' in page
    assert "Ольга Синицына-Белова" in page


def test_a_wrong_password_is_told_at_its_field(client: FlaskClient) -> None:
    sign_in(client, "head", "en")
    token = token_of(client.get("/settings/profile").text)
    form = {"current": "not it", "new": "a better password", "csrf_token": token}
    answer = client.post("/settings/password", data=form)
    assert answer.status_code == 422
    assert 'id="f-current-error"' in answer.text


def test_a_new_password_works_from_the_next_sign_in(site: Site, client: FlaskClient) -> None:
    sign_in(client, "supervisor", "en")
    send(client, "/settings/password", current=PASSWORD, new="a better password")
    other = site.app.test_client()
    token = token_of(other.get("/login").text)
    form = {"username": "supervisor", "password": "a better password", "csrf_token": token}
    assert other.post("/login", data=form).status_code == 303


def test_a_token_is_shown_once_and_revoked(client: FlaskClient) -> None:
    sign_in(client, "manager", "en")
    page = send(client, "/settings/tokens", name="Spreadsheet", days="30")
    assert re.search(r'<code class="token">[^<]{20,}</code>', page)
    page = client.get("/settings/profile").text
    assert "Spreadsheet" in page
    assert '<code class="token">' not in page
    revoke = re.search(r'action="(/settings/tokens/\d+/revoke)"', page)
    assert revoke
    assert "Spreadsheet" not in send(client, revoke[1])


def test_an_administrator_adds_people_teams_lines_and_products(client: FlaskClient) -> None:
    sign_in(client, "admin", "en")
    person = {
        "name": "Нина Павлова",
        "username": "nina",
        "password": "long enough",
        "roles": ["manager"],
        "active": "1",
    }
    assert "Нина Павлова" in send(client, "/settings/users/new", **person)
    assert "Партнёрские продажи" in send(client, "/settings/teams/new", name="Партнёрские продажи")
    assert "Оборудование" in send(client, "/settings/business-lines/new", name="Оборудование")
    assert "Шлюз" in send(client, "/settings/products/new", name="Шлюз", price="12 500,50", active="1")


def test_a_name_that_is_taken_is_told_and_what_was_typed_stays(client: FlaskClient) -> None:
    sign_in(client, "admin", "en")
    token = token_of(client.get("/settings/users").text)
    form = {
        "name": "Ещё один",
        "username": "manager",
        "password": "long enough",
        "roles": ["head"],
        "csrf_token": token,
    }
    answer = client.post("/settings/users/new", data=form)
    assert answer.status_code in (409, 422)
    assert 'value="Ещё один"' in answer.text


def test_lists_of_settings_are_for_administrators(site: Site, client: FlaskClient) -> None:
    sign_in(client, "admin", "ru")
    for name in LISTS:
        assert client.get(f"/settings/{name}").status_code == 200, name
    seller = sign_in(site.app.test_client(), "manager")
    assert seller.get("/settings/users").status_code == 403
