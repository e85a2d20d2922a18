"""Mail server, mailbox and telephony over the API: administrators set and try them, and no password ever comes out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select

from crm_model.mail_settings import MailSettings
from crm_model.mailboxes import Mailbox
from kernel import vault
from tests.api.contract.office import Office
from tests.support import imap, mailbox

PASSWORD = "s3cret of the firm"


@pytest.fixture(autouse=True)
def nothing_is_left(office: Office) -> Iterator[None]:
    yield
    with office.database.transaction() as session:
        for model in (MailSettings, Mailbox):
            session.execute(delete(model))


def test_a_password_goes_in_and_never_comes_out(office: Office) -> None:
    admin = office.as_("admin")
    sent = {"host": "smtp.firm.example", "port": 587, "from_address": "sales@firm.example", "password": PASSWORD}
    saved = admin.call("PUT", "/mail-server", json=sent)
    read = admin.get("/mail-server")
    assert (saved.status, read.status, read.json["has_password"]) == (200, 200, True)
    assert PASSWORD not in str(saved.json) + str(read.json)
    with office.database.read_only() as session:
        kept = session.scalars(select(MailSettings.sealed_password)).one()
    assert kept is not None and PASSWORD not in kept
    assert vault.reveal(kept) == PASSWORD


def test_a_password_that_is_left_out_stays_as_it_is(office: Office) -> None:
    admin = office.as_("admin")
    sent = {"host": "imap.firm.example", "port": 993, "username": "sales", "password": PASSWORD}
    assert admin.call("PUT", "/mailbox", json=sent).status == 200
    del sent["password"]
    assert admin.call("PUT", "/mailbox", json={**sent, "folder": "Clients"}).json["folder"] == "Clients"
    with office.database.read_only() as session:
        assert vault.reveal(session.scalars(select(Mailbox.sealed_password)).one()) == PASSWORD


def test_wrong_settings_are_told_at_their_fields(office: Office) -> None:
    sent = {"host": "smtp.firm.example", "port": 99999, "from_address": "nobody"}
    refused = office.as_("admin").call("PUT", "/mail-server", json=sent)
    assert refused.status == 422
    assert set(refused.json["details"]["fields"]) == {"port", "from_address"}


def test_a_mail_server_is_tried_without_a_letter(office: Office) -> None:
    admin = office.as_("admin")
    with mailbox.open_mailbox(mailbox.Mailbox()) as server:
        there = {"host": "127.0.0.1", "port": server.port, "security": "plain", "from_address": "sales@firm.example"}
        admin.call("PUT", "/mail-server", json=there)
        assert admin.post("/mail-server/test").json == {"works": True, "trouble": None}
        assert server.taken == []
    gone = admin.post("/mail-server/test").json
    assert not gone["works"] and gone["trouble"]


def test_a_mailbox_is_tried_without_reading_it(office: Office) -> None:
    admin = office.as_("admin")
    with imap.running() as server:
        there = {"host": "127.0.0.1", "port": server.port, "security": "plain", "username": imap.USER}
        admin.call("PUT", "/mailbox", json={**there, "password": imap.PASSWORD})
        assert admin.post("/mailbox/test").json == {"works": True, "trouble": None}
        admin.call("PUT", "/mailbox", json={**there, "password": "wrong"})
        refused = admin.post("/mailbox/test").json
        assert not refused["works"] and refused["trouble"]


def test_a_password_sealed_with_another_key_is_told_in_words(office: Office) -> None:
    admin = office.as_("admin")
    sent = {"host": "127.0.0.1", "port": 1, "security": "plain", "username": "sales", "password": PASSWORD}
    admin.call("PUT", "/mailbox", json=sent)
    with office.database.transaction() as session:
        session.scalars(select(Mailbox)).one().sealed_password = "fernet:of-another-installation"
    assert admin.get("/mailbox").status == 200
    told = admin.post("/mailbox/test").json
    assert not told["works"] and "PROCESSION_SECRET_KEY" in told["trouble"]


def test_the_secret_of_telephony_is_told_once_and_calls_can_be_tried(office: Office) -> None:
    admin = office.as_("admin")
    secret = admin.post("/telephony/secret")
    assert (secret.status, len(secret.json["secret"]) > 30) == (201, True)
    quiet = admin.patch("/telephony", {"missed_makes_lead": False}).json
    assert quiet == admin.get("/telephony").json == {"active": True, "missed_makes_lead": False}
    admin.patch("/telephony", {"missed_makes_lead": True})
    call = {"event": "incoming", "call_id": "a trial", "number": "+7 916 222-33-44"}
    assert admin.post("/telephony/test", call).json["call_id"] == "a trial"
