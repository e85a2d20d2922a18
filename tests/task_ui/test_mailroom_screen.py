"""The administrator sets the mailbox up; marketing sees what came and what became of it, a manager the client's letter."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from crm_model.inbound_letters import InboundLetter
from kernel.context import SYSTEM, Context
from processes.mailroom import sorting
from processes.mailroom.understanding import Attachment, Received
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in, token_of

NUMBERS = count(1)
MAILBOX = {
    "host": "imap.sklad.example", "port": "993", "security": "tls", "folder": "INBOX", "username": "sales", "poll_minutes": "5",
    "active": "1",
}  # fmt: skip


def arrive(site: Site, **changes: Any) -> InboundLetter:
    number = next(NUMBERS)
    values = {
        "message_key": f"<{number}>", "kind": "letter", "from_name": "Пётр Ильин", "from_address": f"petr{number}@vector.example",
        "subject": "Стеллажи на склад", "text": "Нужен расчёт\nна 3000 м²", "fresh": "Нужен расчёт", "phone": None,
        "sent_at": datetime.now(UTC), "attachments": (Attachment("План склада.pdf", "application/pdf", b"%PDF"),), **changes,
    }  # fmt: skip
    with site.database.transaction() as session:
        return sorting.take(Context(session, SYSTEM), Received(**values))


def test_the_administrator_sets_the_mailbox_up_and_the_password_is_never_shown(client: FlaskClient) -> None:
    sign_in(client, "admin")
    token = token_of(client.get("/settings/mailbox").text)
    refused = client.post("/settings/mailbox", data={"csrf_token": token, **MAILBOX, "port": "99999", "password": "x"})
    assert refused.status_code == 422
    saved = client.post("/settings/mailbox", data={"csrf_token": token, **MAILBOX, "password": "very-secret"})
    assert saved.location == "/settings/mailbox"
    shown = client.get("/settings/mailbox").text
    assert "imap.sklad.example" in shown and "very-secret" not in shown
    again = client.post("/settings/mailbox", data={"csrf_token": token, **MAILBOX, "poll_minutes": "7", "password": ""})
    assert again.status_code == 303
    assert client.post("/settings/mailbox/check", data={"csrf_token": token}).status_code == 303


def test_only_the_administrator_sets_the_mailbox_up(client: FlaskClient) -> None:
    sign_in(client, "marketing")
    assert client.get("/settings/mailbox").status_code == 403
    assert client.get("/inbox").status_code == 200


def test_the_log_tells_what_became_of_each_letter(client: FlaskClient, site: Site) -> None:
    lead = arrive(site, subject="Новая заявка")
    arrive(site, kind="auto_reply", subject="Автоответ: отпуск")
    sign_in(client, "marketing")
    log = client.get("/inbox").text
    assert "Новая заявка" in log and "Автоответ: отпуск" in log and "Новый лид" in log
    assert "Новая заявка" not in client.get("/inbox?outcome=set_aside").text
    card = client.get(f"/inbox/{lead.id}").text
    assert f'href="/leads/{lead.lead_id}"' in card and "Нужен расчёт<br>на 3000 м²" in card


def test_a_clients_letter_is_their_managers_to_read_with_its_files(client: FlaskClient, site: Site) -> None:
    letter = arrive(site, from_address="contact0@example.com")
    sign_in(client, "manager")
    activity = client.get(f"/activities/{letter.activity_id}").text
    assert f'href="/inbox/{letter.id}"' in activity and "1 файл" in activity
    assert "План склада.pdf" in client.get(f"/inbox/{letter.id}").text
    with site.database.read_only() as session:
        file_id = session.get_one(InboundLetter, letter.id).attachments[0].id
    file = client.get(f"/inbox/{letter.id}/files/{file_id}")
    assert (file.data, file.mimetype) == (b"%PDF", "application/octet-stream")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/inbox/{letter.id + 1000}/files/{file_id}").status_code == 404


def test_the_letters_of_others_are_not_there(client: FlaskClient, site: Site) -> None:
    letter = arrive(site, from_address="contact1@example.com")
    sign_in(client, "manager2")
    assert client.get(f"/inbox/{letter.id}").status_code == 404
    assert client.get("/inbox").status_code == 403
