"""What the manager's forms do: tasks, deals, stages, records; nothing typed is lost when something stands in the way."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html as markup

from processes import tasks
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in, token_of


class Desk:
    """A signed-in person's requests, each with the token of a page."""

    def __init__(self, client: FlaskClient, username: str = "manager", language: str = "ru") -> None:
        self.client = sign_in(client, username, language)
        self.token = token_of(client.get("/tasks").text)

    def post(self, path: str, **form: object) -> tuple[int, str]:
        """Status, and the page that follows a redirect."""
        answer = self.client.post(path, data={"csrf_token": self.token, **form}, follow_redirects=True)
        first = answer.history[0] if answer.history else answer
        return first.status_code, answer.text

    def form(self, path: str) -> dict[str, str]:
        """What the browser would send back of the form that posts to the page itself."""
        page: Any = markup.document_fromstring(self.client.get(path).text)
        form = next(found for found in page.forms if found.get("action") == path)
        return {name: value for name, value in form.form_values() if name != "csrf_token"}

    def start_sale(self) -> int:
        """A new sale on a client that has none; the number of its first task."""
        answer = self.client.post("/sales/new", data={"csrf_token": self.token, "type": "contact", "id": "3"})
        assert answer.location is not None, answer.text
        return int(answer.location.rsplit("/", 1)[1])


@pytest.fixture
def desk(client: FlaskClient) -> Desk:
    return Desk(client)


def test_a_finished_task_says_who_was_faster_and_keeps_what_was_typed(desk: Desk) -> None:
    desk.post("/tasks/1/complete", result="interested")
    status, html = desk.post("/tasks/1/complete", **{"result": "interested", "v.said": "Почти дописал"})
    assert status == 409
    assert 'role="alert"' in html
    assert "Почти дописал" in html
    assert "Введённое вами сохранено ниже" in html


def test_a_missing_field_is_named_and_the_rest_stays(desk: Desk) -> None:
    status, html = desk.post("/tasks/2/complete", **{"result": "call_back", "v.said": "Просил позже"})
    assert status == 422
    assert "Просил позже" in html
    assert re.search(r'id="f-v.call_at"[^>]*aria-invalid="true"', html)


def test_a_time_is_read_in_the_persons_own_zone(desk: Desk, site: Site) -> None:
    status, html = desk.post("/tasks/2/complete", **{"result": "call_back", "v.call_at": "2031-05-06T10:00"})
    assert status == 303
    with site.database.read_only() as session:
        again = tasks.get_task(site.office.acting(session), 2)
        assert again.state == "completed"
    assert "6 мая 2031" in html


def test_completing_tells_what_happened_once(desk: Desk) -> None:
    _status, html = desk.post("/tasks/3/complete", result="no_answer", view="list")
    assert "Выполнено: Позвоните клиенту и подтвердите интерес — не дозвонился." in html
    assert "step-done" not in desk.client.get("/tasks").text


def test_the_list_stays_filtered_after_a_task(desk: Desk) -> None:
    answer = desk.client.post(
        "/tasks/5/complete",
        data={"csrf_token": desk.token, "result": "interested", "view": "list", "list": "group=today&q=Волжское"},
    )
    assert answer.location is not None
    assert answer.location.startswith("/tasks?group=today&q=")


def test_a_colleague_is_asked_and_the_task_comes_back(desk: Desk, site: Site) -> None:
    task = desk.start_sale()
    _status, html = desk.post(f"/tasks/{task}/assign", how="delegate", user_id=site.office.people["manager2"])
    assert "Задача передана: Илья Соколов." in html
    colleague = Desk(site.app.test_client(), "manager2")
    assert "Анна Ковалёва" in colleague.client.get(f"/tasks/{task}").text
    _status, html = colleague.post(f"/tasks/{task}/complete", result="interested")
    assert "Задача вернулась к тому, кто вас попросил" in html
    assert desk.post(f"/tasks/{task}/complete", result="interested")[0] == 303


def test_a_note_stands_on_top_of_the_timeline(desk: Desk) -> None:
    _status, html = desk.post("/notes", text="Ждут скидку <b>5 %</b>", deal_id="1", back="/deals/1")
    assert "Ждут скидку &lt;b&gt;5 %&lt;/b&gt;" in html


def test_an_old_form_does_not_overwrite_what_another_saved(desk: Desk) -> None:
    form = desk.form("/accounts/3/edit")
    assert desk.post("/accounts/3/edit", **form | {"region": "Липецк"})[0] == 303
    status, html = desk.post("/accounts/3/edit", **form | {"region": "Тамбов"})
    assert status == 409
    assert 'value="Тамбов"' in html
    assert "Липецк" in desk.client.get("/accounts/3").text


def test_a_lost_deal_needs_its_reason(desk: Desk) -> None:
    status, html = desk.post("/deals/5/stage", stage="lost")
    assert status == 422
    assert "f-close_reason-error" in html
    status, html = desk.post("/deals/5/stage", stage="lost", close_reason="price")
    assert status == 303
    assert "Проиграна" in html


def test_looking_at_a_change_of_stage_changes_nothing(desk: Desk) -> None:
    assert "Перевести сделку" in desk.client.get("/deals/4/stage?stage=proposal").text
    assert '<span class="step" aria-current="step"><span>Анализ потребностей' in desk.client.get("/deals/4").text


def test_a_sale_starts_with_its_first_task(desk: Desk) -> None:
    status, html = desk.post("/sales/new", type="account", id="3")
    assert status == 303
    assert "Продажа началась" in html
    assert "Позвоните клиенту и подтвердите интерес" in html


def test_a_sale_needs_a_client(desk: Desk) -> None:
    status, html = desk.post("/sales/new")
    assert status == 422
    assert "Выберите, кому будете продавать" in html


def test_nothing_of_a_form_is_markup(desk: Desk) -> None:
    name = '"><img src=x onerror=alert(1)>'
    _status, html = desk.post("/accounts/new", name=name)
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_reading_notifications_takes_the_number_away(desk: Desk) -> None:
    assert 'class="unread"' in desk.client.get("/tasks").text
    desk.post("/notifications/read")
    assert 'class="unread"' not in desk.client.get("/tasks").text


def test_a_part_of_a_page_never_leads_to_the_sign_in_form_with_a_way_back(client: FlaskClient) -> None:
    answer = client.get("/tasks/1?pane=1", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.location) == (303, "/login")


def test_the_next_step_knows_what_was_answered_and_nothing_else(desk: Desk) -> None:
    task = desk.start_sale()
    _status, html = desk.post(f"/tasks/{task}/complete", **{"result": "interested", "v.said": "Бюджет есть"})
    assert "Что уже известно" in html
    assert "Бюджет есть" in html
    assert "Почему нет интереса" not in html


def test_only_what_is_still_empty_is_named_as_needed(desk: Desk) -> None:
    task = desk.start_sale()
    _status, html = desk.post(f"/tasks/{task}/complete", result="interested")
    assert "Нужно заполнить: Название сделки" in html, "the company is that of the contact"
    number = re.search(r'action="/tasks/(\d+)/complete"', html)
    assert number
    status, html = desk.post(
        f"/tasks/{number[1]}/complete", **{"result": "completed", "v.title": "Проба", "v.account_id": ""}
    )
    assert status == 422
    assert "Нужно заполнить: Контрагент<" in html


def test_a_file_goes_to_the_deal_from_the_task_that_prepares_it(desk: Desk, site: Site) -> None:
    answer = desk.client.post(
        "/documents",
        data={
            "csrf_token": desk.token, "deal_id": site.office.deals[1], "kind": "proposal", "back": "/tasks/2",
            "file": (BytesIO(b"offer"), "Предложение для склада.txt"),
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.location == "/tasks/2"
    assert "Предложение для склада" in desk.client.get(f"/deals/{site.office.deals[1]}?tab=documents").text


def test_a_list_is_downloaded_as_it_is_filtered(desk: Desk) -> None:
    answer = desk.client.get("/deals?q=склад&format=csv")
    lines = answer.text.removeprefix("\ufeff").split("\r\n")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="deals.csv"'
    assert lines[0].startswith("Номер;Название;Контрагент;Стадия")
    assert [line.split(";")[1] for line in lines[1:] if line] == ["Замена складской системы"]


def test_a_downloaded_name_is_never_a_formula(desk: Desk) -> None:
    desk.post("/accounts/new", name="=cmd|calc", phones="+7 812 111-22-33")
    text = desk.client.get("/accounts?q=calc&format=csv").text
    assert "'=cmd|calc" in text
