"""Marketing builds a segment from chips, writes to it, tries the letter, sends it, and watches it go."""

import re

import pytest
from flask.testing import FlaskClient

from crm_model import letter_templates, users
from engine import jobs
from kernel.context import system_clock
from processes.engine_room import PORTS
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_campaigns_screen import Desk


@pytest.fixture
def desk(client: FlaskClient, site: Site) -> Desk:
    with site.database.transaction() as session:
        marketing = site.office.acting(session, "marketing")
        if not letter_templates.list_templates(marketing, page_of_one(), q="Приглашение").items:
            letter_templates.create_template(
                marketing, {"name": "Приглашение", "subject": "Приглашаем на форум", "text": "Добрый день!"}
            )
            users.update_profile(marketing, {"email": "marketing@office.example"})
    return Desk(client)


def page_of_one():  # type: ignore[no-untyped-def]
    from kernel.paging import Page

    return Page(1)


def leads(desk: Desk, *emails: str) -> None:
    for email in emails:
        form = {"name": email.split("@")[0].title(), "email": email, "source": "phone", "consent": "1"}
        desk.post("/leads/new", **form)


def segment(desk: Desk, name: str = "Звонившие") -> str:
    form = {"subject": "leads", "c.0.field": "source", "c.0.operator": "is", "c.0.value": "phone", "name": name}
    return str(desk.post("/segments/new", **form).headers["Location"])


def test_a_question_is_built_counted_kept_and_frozen(desk: Desk) -> None:
    leads(desk, "a@seg.example")
    begun = desk.get("/segments/new?subject=leads&add=source")
    assert 'name="c.0.field" value="source"' in begun and "Добавить условие" in begun
    counted = desk.get("/segments/new?subject=leads&c.0.field=source&c.0.operator=is&c.0.value=phone")
    assert "1 лид<" in counted and "a@seg.example" in counted
    wrong = desk.get("/segments/new?subject=leads&c.0.field=score&c.0.operator=at_least&c.0.value=много")
    assert "Посчитать пока нельзя" in wrong and "целое число" in wrong.lower()
    address = segment(desk)
    assert "Пришёл из — Звонок" in desk.get(address) or "Звонок" in desk.get(address)
    frozen = desk.post(f"{address}/freeze", name="Список звонивших").headers["Location"]
    assert "список вручную" in desk.get(frozen) and "a@seg.example" in desk.get(frozen)
    refused = desk.post("/segments/new", subject="leads", name="")
    assert refused.status_code == 422


def test_a_letter_goes_from_the_plan_to_the_post(desk: Desk, site: Site) -> None:
    leads(desk, "b@seg.example", "c@seg.example")
    chosen = segment(desk, "Для письма").rsplit("/", 1)[-1]
    address = desk.post("/campaigns/new", name="Осенняя рассылка", kind="mailing", status="planned").headers["Location"]
    form = desk.get(address)
    template = re.search(r'<option value="(\d+)"[^>]*>Приглашение', form)
    assert template and "Готовится" in form
    desk.post(
        f"{address}/mailing", segment_id=chosen, template_id=template[1], sender_id=str(site.office.people["marketing"])
    )
    planned = desk.get(address)
    assert "Приглашаем на форум" in planned and "Получат письмо" in planned
    tested = desk.client.post(f"{address}/mailing/test", data={"csrf_token": desk.token}, follow_redirects=True).text
    assert "marketing@office.example" in tested
    started = desk.client.post(f"{address}/mailing/start", data={"csrf_token": desk.token}, follow_redirects=True).text
    assert "Отправляется" in started and "<progress" in started
    while jobs.run_batch(site.database, PORTS, system_clock, "test"):
        pass
    done = desk.get(address)
    assert ("Все письма отправлены" in done and "Ждёт отправки" in done) or "Ждут" in done
    assert "b@seg.example" in desk.get(f"{address}?tab=members")


def test_a_plan_that_cannot_be_kept_is_shown_again_as_typed(desk: Desk) -> None:
    address = desk.post("/campaigns/new", name="С ошибкой", kind="mailing", status="planned").headers["Location"]
    refused = desk.post(f"{address}/mailing", segment_id="999999", starts_at="2031-05-17T10:30", working_hours="1")
    assert refused.status_code == 422
    assert 'value="2031-05-17T10:30"' in refused.text and 'aria-invalid="true"' in refused.text
    assert re.search(r'name="working_hours"[^>]*checked', refused.text)


def test_a_segment_is_invited_to_an_event(desk: Desk) -> None:
    leads(desk, "d@seg.example")
    chosen = segment(desk, "На форум").rsplit("/", 1)[-1]
    event = desk.event("Форум по приглашениям")
    desk.post(f"{event}/invite", segment_id=chosen)
    assert "d@seg.example" in desk.get(event)


@pytest.mark.browser
def test_the_count_follows_the_chips_in_a_browser(visits: Visits, desk: Desk) -> None:
    leads(desk, "live@seg.example")
    visit = visits.start("marketing")
    page = visit.open("/segments/new?subject=leads&c.0.field=source&c.0.operator=is&c.0.value=email")
    page.get_by_text("Этим условиям никто не соответствует.").wait_for()
    page.locator("label.chip", has_text="Звонок").locator("input").check()
    page.get_by_text("live@seg.example").wait_for()
    page.locator("summary", has_text="Добавить условие").click()
    page.get_by_role("button", name="Баллы").click()
    page.wait_for_url(lambda url: "add=score" in url)
    page.fill("input[name='c.1.value']", "1000")
    page.press("input[name='c.1.value']", "Tab")
    page.get_by_text("Этим условиям никто не соответствует.").wait_for()
    assert visit.problems == []
