"""The servers of outgoing and incoming mail are tried from their settings; what failed is told in plain words."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from crm_model.mail_settings import MailSettings
from crm_model.mailboxes import Mailbox
from tests.support import imap, mailbox
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in, token_of

OUT = {"security": "plain", "per_minute": "30", "from_address": "crm@firm.example", "host": "127.0.0.1"}
IN = {"security": "plain", "poll_minutes": "5", "username": imap.USER, "host": "127.0.0.1", "folder": "INBOX"}


@pytest.fixture
def admin(client: FlaskClient, site: Site) -> Iterator[FlaskClient]:
    yield sign_in(client, "admin")
    with site.database.transaction() as session:
        for model in (MailSettings, Mailbox):
            session.execute(delete(model))


def send(client: FlaskClient, url: str, **values: str) -> str:
    page = client.post(url, data={"csrf_token": token_of(client.get("/settings/profile").text), **values})
    return (client.get(page.location) if page.status_code == 303 else page).text


def test_a_test_letter_leaves_at_once_in_the_language_of_who_sends_it(admin: FlaskClient) -> None:
    assert "Отправить пробное письмо" not in admin.get("/settings/mail").text
    with mailbox.open_mailbox(mailbox.Mailbox()) as server:
        send(admin, "/settings/mail", **OUT, port=str(server.port))
        assert "Сервер отвечает и принимает" in send(admin, "/settings/mail/try", do="connection")
        assert server.taken == []
        assert "Пробное письмо ушло на boss@firm.example." in send(
            admin, "/settings/mail/try", do="letter", to="boss@firm.example"
        )
        (letter,) = server.taken
        assert (letter["To"], letter["Subject"]) == ("boss@firm.example", "Пробное письмо из Procession")
        refused = send(admin, "/settings/mail/try", do="letter", to="nobody")
        assert len(server.taken) == 1 and 'value="nobody"' in refused


def test_what_failed_with_outgoing_mail_and_what_to_do_is_told(admin: FlaskClient) -> None:
    with mailbox.open_mailbox(mailbox.Mailbox()) as server:
        server.answers["shut@firm.example"] = "550 5.7.1 not from here"
        send(admin, "/settings/mail", **OUT, port=str(server.port))
        told = send(admin, "/settings/mail/try", do="letter", to="shut@firm.example")
        assert "это письмо не принимает" in told and "550 5.7.1 not from here" in told
        send(admin, "/settings/mail", **{**OUT, "security": "tls", "version": "1"}, port=str(server.port))
        assert "Шифрование и порт не подходят друг к другу." in send(admin, "/settings/mail/try", do="connection")
    send(admin, "/settings/mail", **{**OUT, "version": "2"}, port=str(server.port))
    told = send(admin, "/settings/mail/try", do="connection")
    assert "На этом порту сервера никто не отвечает." in told and "587 или 465" in told


def test_what_failed_with_the_mailbox_and_what_to_do_is_told(admin: FlaskClient) -> None:
    assert "Проверить соединение" not in admin.get("/settings/mailbox").text
    with imap.running() as server:
        settings = {**IN, "port": str(server.port), "password": imap.PASSWORD}
        send(admin, "/settings/mailbox", **settings)
        assert "Ящик отвечает" in send(admin, "/settings/mailbox/try")
        send(admin, "/settings/mailbox", **{**settings, "folder": "Nowhere"})
        assert "Такой папки в ящике нет." in send(admin, "/settings/mailbox/try")
        send(admin, "/settings/mailbox", **{**settings, "password": "wrong"})
        told = send(admin, "/settings/mailbox/try")
        assert "не принимает имя пользователя или пароль" in told and "пароль приложения" in told


def test_only_administrators_try_them(client: FlaskClient) -> None:
    sign_in(client, "marketing")
    token = token_of(client.get("/settings/profile").text)
    for url in ("/settings/mail/try", "/settings/mailbox/try"):
        assert client.post(url, data={"csrf_token": token, "do": "connection"}).status_code == 403
