"""Marketing draws a form and puts it into a page; visitors fill it there without signing in."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from crm_model import web_form_entries, web_forms
from crm_model.leads import Lead
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_screens import sign_in, token_of

NUMBERS = count(1)
ANNA = {"name": "Анна Белова", "phone": "+7 916 111-22-01"}
FIELDS = ["name", "phone", "email", "request", "consent"]


@pytest.fixture
def form(site: Site) -> str:
    key = f"racks-{next(NUMBERS)}"
    title = {"ru": "Рассчитаем склад", "en": "Let us plan"}
    with site.database.transaction() as session:
        marketing = site.office.acting(session, "marketing")
        web_forms.create_web_form(marketing, {"key": key, "name": "Склад", "title": title, "fields": FIELDS})
    return key


def leads_of(site: Site, key: str) -> list[Lead]:
    with site.database.read_only() as session:
        return list(session.scalars(select(Lead).where(Lead.form == key)))


def post(client: FlaskClient, form: str, **values: str) -> TestResponse:
    return client.post(f"/f/{form}", data=values, headers={"Origin": "https://sklad.example"})


def test_a_visitor_fills_the_page_and_is_thanked(client: FlaskClient, site: Site, form: str) -> None:
    shown = client.get(f"/f/{form}?utm_source=ya", headers={"Referer": "https://sklad.example/racks"})
    assert '<html lang="ru">' in shown.text and "Рассчитаем склад" in shown.text
    assert 'name="page" value="https://sklad.example/racks"' in shown.text and 'value="ya"' in shown.text
    sent = post(client, form, **ANNA, request="meeting", consent="1", website="")
    assert (sent.status_code, sent.location) == (303, f"/f/{form}/thanks?language=ru")
    assert "Спасибо!" in client.get(sent.location).text
    (lead,) = leads_of(site, form)
    assert (lead.name, lead.source, lead.request, lead.consent) == ("Анна Белова", "web_form", "meeting", True)


def test_what_is_wrong_is_told_at_the_field_and_what_was_typed_stays(
    client: FlaskClient, site: Site, form: str
) -> None:
    sent = post(client, form, name="Анна", language="en", utm_source="ya")
    assert sent.status_code == 422 and '<html lang="en">' in sent.text and "Let us plan" in sent.text
    assert sent.text.count("Give a phone or an e-mail address") == 2
    assert 'value="Анна"' in sent.text and 'name="utm_source" value="ya"' in sent.text
    assert leads_of(site, form) == []


def test_robots_are_thanked_too(client: FlaskClient, site: Site, form: str) -> None:
    assert post(client, form, **ANNA, website="https://pills.example").status_code == 303
    assert leads_of(site, form) == []


def test_a_form_leads_on_to_the_page_of_its_choice(client: FlaskClient, site: Site, form: str) -> None:
    with site.database.transaction() as session:
        target = {"redirect_url": "https://sklad.example/thanks"}
        web_forms.update_web_form(site.office.acting(session, "marketing"), form, target)
    assert "form-action 'self' https://sklad.example;" in client.get(f"/f/{form}").headers["Content-Security-Policy"]
    assert post(client, form, **ANNA).location == "https://sklad.example/thanks"


def test_after_thirty_posts_a_minute_the_form_says_to_wait(client: FlaskClient, form: str) -> None:
    there: Any = {"environ_base": {"REMOTE_ADDR": "198.51.100.30"}}
    for _ in range(30):
        client.post(f"/f/{form}", data={}, **there)
    shut = client.post(f"/f/{form}", data=ANNA, **there)
    assert shut.status_code == 429 and int(shut.headers["Retry-After"]) > 0
    assert "Подождите минуту" in shut.text and 'value="Анна Белова"' in shut.text


def test_the_link_of_a_letter_asks_before_it_confirms(client: FlaskClient, site: Site, form: str) -> None:
    with site.database.transaction() as session:
        web_forms.update_web_form(site.office.acting(session, "marketing"), form, {"double_opt_in": True})
    post(client, form, name="Анна", email="anna@vector.example", consent="1")
    (lead,) = leads_of(site, form)
    with site.database.read_only() as session:
        (entry,) = web_form_entries.entries_of_lead(site.office.acting(session, "marketing"), lead.id)
    link = f"/f/{form}/confirm/{entry.confirm_key}"
    assert "Можно вам писать?" in client.get(link).text and not leads_of(site, form)[0].consent
    assert "Спасибо, подтверждено" in client.post(link).text and leads_of(site, form)[0].consent
    assert client.get(f"/f/{form}/confirm/guessed").status_code == 404


def test_only_the_forms_own_pages_may_be_framed(client: FlaskClient, form: str) -> None:
    assert "frame-ancestors *" in client.get(f"/f/{form}").headers["Content-Security-Policy"]
    assert "frame-ancestors *" in client.get(f"/f/{form}/thanks").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get("/login").headers["Content-Security-Policy"]


def test_a_form_that_is_off_is_not_found(client: FlaskClient, site: Site, form: str) -> None:
    sign_in(client, "marketing")
    token = token_of(client.get("/forms").text)
    off = client.post(f"/forms/{form}/active", data={"csrf_token": token, "active": "0"})
    assert off.location == "/forms"
    assert [client.get(f"/f/{form}{rest}").status_code for rest in ("", ".js", "/thanks")] == [404, 404, 404]


def test_forms_are_marketings(client: FlaskClient, form: str) -> None:
    sign_in(client, "manager")
    assert [client.get(path).status_code for path in ("/forms", "/forms/new", f"/forms/{form}")] == [403, 403, 403]
    assert 'href="/forms"' not in client.get("/tasks").text


class Desk:
    """Somebody of marketing before the editor."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = sign_in(client, "marketing")
        self.token = token_of(client.get("/forms").text)

    def send(self, path: str, **changes: Any) -> TestResponse:
        values = {
            "csrf_token": self.token, "name": "Каталог", "key": f"catalogue-{next(NUMBERS)}", "language": "ru", "active": "1",
            "field": ["name", "phone", "email"], "shown.email": "1", "required.email": "1", "title_ru": "Каталог стеллажей",
        }  # fmt: skip
        return self.client.post(path, data={**values, **changes})


@pytest.fixture
def desk(client: FlaskClient) -> Desk:
    return Desk(client)


def test_marketing_makes_a_form_and_gets_its_code(desk: Desk) -> None:
    made = desk.send("/forms/new")
    page = desk.client.get(made.location).text
    assert f"src=&#34;http://localhost{made.location.replace('/forms/', '/f/')}.js&#34;" in page
    shown = desk.client.get(made.location.replace("/forms/", "/f/")).text
    assert "Каталог стеллажей" in shown and 'name="email" aria-required="true"' in shown and 'name="phone"' not in shown


def test_a_field_moves_without_anything_being_saved(desk: Desk) -> None:
    moved = desk.send("/forms/new", move="up:email").text
    assert re.findall(r'name="field" value="(\w+)"', moved) == ["name", "email", "phone"]
    assert 'value="Каталог"' in moved and "catalogue-" not in desk.client.get("/forms?q=Каталог стеллажей").text


def test_the_picture_shows_what_is_not_saved_yet(desk: Desk) -> None:
    picture = desk.send("/forms/preview", title_ru="Ещё не сохранено", key="")
    assert "Ещё не сохранено" in picture.text and '<button type="button">' in picture.text
    assert "frame-ancestors 'self'" in picture.headers["Content-Security-Policy"]
    wrong = desk.send("/forms/preview", field=["name"])
    assert "телефон или почту" in wrong.text


def test_a_mistake_in_the_editor_keeps_what_was_typed(desk: Desk) -> None:
    refused = desk.send("/forms/new", key="Большой", title_ru="Мой заголовок")
    assert refused.status_code == 422 and "Строчные латинские буквы" in refused.text
    assert 'value="Мой заголовок"' in refused.text


def test_a_lead_shows_what_was_filled_in(desk: Desk, site: Site, form: str) -> None:
    post(site.app.test_client(), form, **ANNA, consent="1", page="https://sklad.example/racks", utm_campaign="осень")
    (lead,) = leads_of(site, form)
    card = desk.client.get(f"/leads/{lead.id}").text
    assert "https://sklad.example/racks" in card and "осень" in card and "Согласен получать письма компании" in card


@pytest.mark.browser
def test_a_page_of_another_site_shows_the_form_and_sends_it(visits: Visits, site: Site, form: str) -> None:
    visit = visits.start(username=None)
    landing = f'<!doctype html><p>Стеллажи</p><script src="{visit.url}/f/{form}.js"></script>'
    with serving(Response(landing, mimetype="text/html")) as elsewhere:
        visit.page.goto(f"{elsewhere}/racks?utm_source=ya")
        frame = visit.page.frame_locator("iframe")
        frame.get_by_label("Ваше имя").fill("Борис Ли")
        frame.get_by_role("button", name="Отправить").click()
        frame.get_by_text("Укажите телефон или почту").first.wait_for()
        frame.get_by_label("Телефон").fill("+7 916 111-22-02")
        frame.get_by_role("button", name="Отправить").click()
        frame.get_by_text("Спасибо!").wait_for()
    (lead,) = leads_of(site, form)
    with site.database.read_only() as session:
        (entry,) = web_form_entries.entries_of_lead(site.office.acting(session, "marketing"), lead.id)
    assert (lead.name, entry.page, entry.utm) == ("Борис Ли", f"{elsewhere}/racks?utm_source=ya", {"utm_source": "ya"})
    assert [said for said in visit.problems if "422" not in said and "favicon" not in said] == []


@contextmanager
def serving(page: Response) -> Iterator[str]:
    """Another site, with one page at every address."""
    server = make_server("127.0.0.1", 0, page, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)


@pytest.mark.browser
def test_the_picture_follows_the_editor(visits: Visits, form: str) -> None:
    visit = visits.start("marketing")
    page = visit.open(f"/forms/{form}")
    page.locator('input[name="title_ru"]').fill("Заголовок на ходу")
    page.frame_locator("iframe").get_by_role("heading", name="Заголовок на ходу").wait_for()
    assert visit.problems == []
