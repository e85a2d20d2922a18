"""Marketing writes templates and looks after letters; sellers read theirs; readers of letters refuse them in one click."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from crm_model import letters
from crm_model.leads import Lead
from crm_model.letter_clicks import LetterClick
from crm_model.letters import Letter
from crm_model.mail_settings import MailSettings
from crm_model.users import User
from kernel import vault
from kernel.context import SYSTEM, Context, system_clock
from processes.catalogue import deploy_shipped
from tests.task_ui.conftest import Site, Visits
from tests.task_ui.test_screens import sign_in, token_of

READER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
HTML = '<p>Здравствуйте, <b>{{ person.polite_name }}</b>! <a href="https://firm.example/a">Цены</a></p>'


@pytest.fixture(scope="module", autouse=True)
def shipped(site: Site) -> None:
    with site.database.transaction() as session:
        deploy_shipped(Context(session, SYSTEM))


def write(site: Site, key: str, **values: Any) -> Letter:
    """A letter to a lead of the manager's, that left an hour ago unless the values say otherwise."""
    with site.database.transaction() as session:
        address = f"{key}@example.com"
        lead = Lead(name=f"Ирина {key}", email=address, consent=True, owner_id=site.office.people["manager"])
        session.add(lead)
        session.flush()
        letter = letters.queue(
            Context(session, SYSTEM),
            to=address,
            subject=f"Письмо {key}",
            html='<p>Привет <a href="https://firm.example/a">сюда</a></p>',
            purpose="marketing",
            key=key,
            lead_id=lead.id,
        )
        given = {"status": letters.SENT, "sent_at": system_clock() - timedelta(hours=1), **values}
        for name, value in given.items():
            setattr(letter, name, value)
        return letter


def now(site: Site, letter: Letter) -> Letter:
    with site.database.read_only() as session:
        return session.get_one(Letter, letter.id)


def test_the_log_shows_each_letter_as_it_looked(client: FlaskClient, site: Site) -> None:
    letter = write(site, "log")
    sign_in(client, "marketing")
    assert "Письмо log" in client.get("/letters?status=sent").text
    assert "Письмо log" not in client.get("/letters?status=failed").text
    card = client.get(f"/letters/{letter.id}").text
    assert f'src="/letters/{letter.id}/shown" sandbox' in card
    shown = client.get(f"/letters/{letter.id}/shown")
    assert "Привет" in shown.text and "/l/" not in shown.text
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]


def test_a_seller_sees_letters_of_his_own_people_and_in_their_timeline(client: FlaskClient, site: Site) -> None:
    letter = write(site, "own")
    sign_in(client, "manager")
    assert client.get(f"/letters/{letter.id}").status_code == 200
    assert "Письмо own" in client.get(f"/leads/{letter.lead_id}?kind=letter").text
    other = sign_in(site.app.test_client(), "manager2")
    assert other.get(f"/letters/{letter.id}").status_code == 404
    assert "Письмо own" not in other.get("/letters").text
    assert sign_in(site.app.test_client(), "designer").get("/letters").status_code == 403


def test_what_may_have_left_is_sent_again_only_by_hand(client: FlaskClient, site: Site) -> None:
    letter = write(site, "doubt", status=letters.UNKNOWN)
    sign_in(client, "marketing")
    assert "неизвестно" in client.get("/letters").text
    token = token_of(client.get(f"/letters/{letter.id}").text)
    answer = client.post(f"/letters/{letter.id}/resend", data={"csrf_token": token})
    assert (answer.status_code, now(site, letter).status) == (303, letters.QUEUED)
    client.post(f"/letters/{letter.id}/resend", data={"csrf_token": token})
    assert "Ещё раз отправляют только" in client.get(f"/letters/{letter.id}").text


def test_trouble_with_the_mail_server_is_told_where_letters_are(client: FlaskClient, site: Site) -> None:
    letter = write(site, "held", status=letters.QUEUED, error="535 Wrong password", tried_at=system_clock())
    sign_in(client, "admin")
    for page in ("/letters", "/settings/mail"):
        assert "535 Wrong password" in client.get(page).text
    with site.database.transaction() as session:
        session.get_one(Letter, letter.id).status = letters.SENT


def test_a_template_is_written_looked_at_and_tried(client: FlaskClient, site: Site) -> None:
    sign_in(client, "marketing")
    token = token_of(client.get("/letters/templates/new").text)
    form = {"csrf_token": token, "name": "Цены", "language": "ru", "active": "on", "subject": "Цены", "html": HTML}
    wrong = client.post("/letters/templates/new", data={**form, "html": "<p>\n{{ person.nme }}</p>"})
    assert wrong.status_code == 422
    assert "Строка 2: поля person.nme нет." in wrong.text and "&lt;p&gt;" in wrong.text
    preview = client.post("/letters/templates/preview", data={**form, "html": "{{ person.nme }}"})
    assert "поля person.nme нет" in preview.text
    lead = write(site, "preview").lead_id
    shown = client.post("/letters/templates/preview", data={**form, "for": f"lead:{lead}"}).text
    assert "<b>Ирина</b>" in shown and "Отписаться" in shown
    made = client.post("/letters/templates/new", data=form)
    assert made.status_code == 303
    assert "Цены" in client.get("/letters/templates").text
    with site.database.transaction() as session:
        session.get_one(User, site.office.people["marketing"]).email = None
    assert "нет адреса почты" in client.post("/letters/templates/try", data=form).text
    with site.database.transaction() as session:
        session.get_one(User, site.office.people["marketing"]).email = "olga@firm.example"
    assert "olga@firm.example" in client.post("/letters/templates/try", data=form).text
    with site.database.read_only() as session:
        mine = session.scalars(select(Letter).where(Letter.to_address == "olga@firm.example")).one()
    assert (mine.subject, mine.purpose, mine.status) == ("Цены", "service", "queued")
    again = client.post(made.location, data={**form, "version": "1", "name": "Цены осени"})
    assert again.status_code == 303
    assert client.post(made.location, data={**form, "version": "1"}).status_code == 409
    assert sign_in(site.app.test_client(), "manager").get("/letters/templates/new").status_code == 403


def test_addresses_are_put_on_the_list_and_taken_off(client: FlaskClient) -> None:
    sign_in(client, "marketing")
    token = token_of(client.get("/letters/suppressions").text)
    form = {"csrf_token": token, "address": "not an address", "reason": "by_hand"}
    assert client.post("/letters/suppressions/new", data=form).status_code == 422
    client.post("/letters/suppressions/new", data={**form, "address": "rude@example.com"})
    page = client.get("/letters/suppressions").text
    assert "rude@example.com" in page
    number = re.findall(r"/letters/suppressions/(\d+)/delete", page)[0]
    client.post(f"/letters/suppressions/{number}/delete", data={"csrf_token": token})
    assert "rude@example.com" not in client.get("/letters/suppressions?q=rude").text


def test_the_mail_server_is_set_by_administrators_and_its_password_is_never_shown(
    client: FlaskClient, site: Site
) -> None:
    sign_in(client, "admin")
    token = token_of(client.get("/settings/mail").text)
    form = {
        "csrf_token": token, "host": "smtp.firm.example", "port": "465", "security": "tls", "per_minute": "30",
        "username": "crm", "password": "s3cret", "from_address": "crm@firm.example",
    }  # fmt: skip
    assert client.post("/settings/mail", data={**form, "port": "0", "from_address": "x"}).status_code == 422
    assert client.post("/settings/mail", data=form).status_code == 303
    page = client.get("/settings/mail").text
    assert "smtp.firm.example" in page and "s3cret" not in page
    client.post("/settings/mail", data={**form, "password": "", "per_minute": "40", "version": "1"})
    with site.database.transaction() as session:
        (kept,) = session.scalars(select(MailSettings))
        assert (vault.reveal(kept.sealed_password), kept.per_minute) == ("s3cret", 40)
        session.delete(kept)
    assert sign_in(site.app.test_client(), "marketing").get("/settings/mail").status_code == 403


def test_looking_and_following_count_for_people_and_head_counts_nothing(site: Site) -> None:
    letter, visitor = write(site, "links"), site.app.test_client()
    for path in (f"/l/o/{letter.token}", f"/l/c/{letter.token}/0"):
        assert visitor.head(path, headers=READER).status_code == 200
    assert now(site, letter).opened_at is None
    picture = visitor.get(f"/l/o/{letter.token}", headers=READER)
    assert (picture.status_code, picture.mimetype) == (200, "image/gif")
    assert now(site, letter).opened_at is not None
    answer = visitor.get(f"/l/c/{letter.token}/0", headers=READER)
    assert (answer.status_code, answer.location) == (302, "https://firm.example/a")
    with site.database.read_only() as session:
        assert session.scalars(select(LetterClick.number).where(LetterClick.letter_id == letter.id)).all() == [0]
    assert visitor.get(f"/l/c/{letter.token}/9", headers=READER).status_code == 404
    assert visitor.get("/l/c/nonsense/0", headers=READER).status_code == 404
    assert visitor.get("/l/o/nonsense", headers=READER).status_code == 200


def test_the_link_asks_and_one_click_does(site: Site, client: FlaskClient) -> None:
    asked, at_once = write(site, "asked"), write(site, "at-once")
    visitor = site.app.test_client()
    page = visitor.get(f"/l/u/{asked.token}", headers={"Accept-Language": "ru"}).text
    assert "asked@example.com" in page and "<form" in page

    def opted_out(letter: Letter) -> bool:
        with site.database.read_only() as session:
            return session.get_one(Lead, letter.lead_id).opted_out

    assert not opted_out(asked)
    assert visitor.post(f"/l/u/{asked.token}").status_code == 200
    answer = visitor.post(f"/l/u/{at_once.token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert opted_out(asked) and opted_out(at_once)
    assert visitor.post("/l/u/nonsense").status_code == 404
    card = sign_in(client, "marketing").get(f"/leads/{asked.lead_id}").text
    assert "По ссылке в письме:" in card and "Письмо asked" in card


def test_the_task_shows_the_letter_prepared_and_sends_what_was_made_of_it(client: FlaskClient, site: Site) -> None:
    with site.database.transaction() as session:
        session.get_one(User, site.office.people["manager"]).email = "anna@firm.example"
    sign_in(client, "manager")
    token = token_of(client.get("/leads").text)
    values = {"name": "Иванов Пётр Сергеевич", "email": "petr@example.com", "request": "download", "source": "manual"}
    lead = client.post("/leads/new", data={"csrf_token": token, "consent": "on", **values}).location
    address = re.findall(r'href="(/tasks/\d+)"', client.get(lead).text)[0]
    card = client.get(address).text
    assert "Пётр Сергеевич, давайте познакомимся" in card and "anna@firm.example" in card
    form = {
        "csrf_token": token,
        "result": "sent",
        "v.letter_subject": "Пётр Сергеевич, это Анна",
        "v.letter_text": "Добрый день!",
    }
    assert client.post(f"{address}/complete", data=form).status_code == 303
    with site.database.read_only() as session:
        sent = session.scalars(select(Letter).where(Letter.to_address == "petr@example.com").order_by(Letter.id)).all()
    subjects = [one.subject for one in sent]
    assert subjects[:2] == ["Спасибо, мы получили ваше обращение", "Пётр Сергеевич, это Анна"]
    assert (sent[1].text, sent[1].sender_id) == ("Добрый день!", site.office.people["manager"])


def test_the_task_says_why_no_letter_can_leave(client: FlaskClient) -> None:
    sign_in(client, "manager")
    token = token_of(client.get("/leads").text)
    for name, values, said in (
        ("Лена", {"phone": "+7 921 700-20-01"}, "Адреса почты нет"),
        ("Олег", {"email": "oleg.no@example.com"}, "не соглашался получать письма"),
    ):
        form = {"csrf_token": token, "name": name, "source": "manual", "request": "download", **values}
        lead = client.post("/leads/new", data=form).location
        address = re.findall(r'href="(/tasks/\d+)"', client.get(lead).text)[0]
        assert said in client.get(address).text


@pytest.mark.browser
def test_fields_are_put_where_one_writes_and_the_letter_is_looked_at_beside(visits: Visits) -> None:
    visit = visits.start("marketing")
    page = visit.open("/letters/templates/new")
    page.fill("#f-name", "Осень")
    page.fill("#f-subject", "Для вас, ")
    page.press("#f-subject", "End")
    page.get_by_role("button", name="имя", exact=True).click()
    assert page.input_value("#f-subject") == "Для вас, {{ person.first_name }}"
    page.fill("#f-html", "<p>Здравствуйте, {{ person.polite_name }}!</p>")
    page.get_by_role("button", name="Посмотреть", exact=True).click()
    frame = page.frame_locator("iframe[name=letter-preview]")
    frame.get_by_text("Здравствуйте, Анна Сергеевна!").wait_for()
    page.get_by_role("button", name="Сохранить").click()
    page.wait_for_url(re.compile(r"/letters/templates/\d+$"))
    page.frame_locator("iframe[name=letter-preview]").get_by_text("Здравствуйте, Анна Сергеевна!").wait_for()
    assert visit.problems == []
