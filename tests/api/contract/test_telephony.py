"""The webhook of the telephone exchange: signed, told once or ten times, and what becomes of each call."""

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_model import telephony
from crm_model.leads import Lead
from crm_model.notifications import Notification
from crm_model.telephony import Call
from tests.api.contract.office import Answer, Office

NUMBERS = iter(range(1000, 9999))


@pytest.fixture(scope="module")
def secret(office: Office) -> str:
    with office.database.transaction() as session:
        return telephony.make_secret(office.acting(session, "admin"))


@pytest.fixture
def number() -> str:
    return f"+7 916 700-{next(NUMBERS)}"


class Exchange:
    def __init__(self, office: Office, secret: str) -> None:
        self.office, self.secret = office, secret

    def tell(self, event: str, number: str, call_id: str | None = None, **more: Any) -> Answer:
        said = {"event": event, "number": number, "call_id": call_id or uuid.uuid4().hex, **more}
        return self.send(json.dumps(said).encode())

    def send(self, body: bytes, signature: str | None = None) -> Answer:
        signed = telephony.signature_of(self.secret, body) if signature is None else signature
        headers = {"X-Signature": signed, "Content-Type": "application/json"}
        return self.office.as_(None).call("POST", "/telephony/calls", headers=headers, data=body)


@pytest.fixture
def exchange(office: Office, secret: str) -> Exchange:
    return Exchange(office, secret)


def told(office: Office, who: str) -> list[Notification]:
    with office.database.read_only() as session:
        mine = Notification.user_id == office.people[who], Notification.kind == "call"
        return list(session.scalars(select(Notification).where(*mine).order_by(Notification.id.desc())))


def client(office: Office, number: str) -> tuple[int, int]:
    me = office.as_("manager")
    contact = me.post("/contacts", {"name": "Vera Caller", "phones": [number]}).json["id"]
    return contact, me.post("/deals", {"title": "Rung about", "contact_id": contact}).json["id"]


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=00", "ключ"])
def test_what_is_not_signed_with_the_secret_is_not_even_read(exchange: Exchange, signature: str) -> None:
    for body in (b'{"event": "incoming"}', b"nonsense"):
        try:
            refused = exchange.send(body, signature)
        except UnicodeEncodeError:
            continue
        assert (refused.status, refused.json["code"]) == (401, "bad_signature")


def test_a_changed_body_does_not_fit_its_signature(exchange: Exchange) -> None:
    signed = telephony.signature_of(exchange.secret, b'{"event": "incoming", "number": "1234567"}')
    assert exchange.send(b'{"event": "incoming", "number": "1234568"}', signed).status == 401


def test_a_call_that_rings_offers_the_card_to_the_clients_manager(
    office: Office, exchange: Exchange, number: str
) -> None:
    contact, deal = client(office, number)
    answer = exchange.tell("incoming", number.replace("+7", "8"), user="manager2")
    assert (answer.status, answer.json["contact_id"], answer.json["deal_id"]) == (200, contact, deal)
    assert answer.json["owner_id"] == office.people["manager"]
    rung = told(office, "manager")[0]
    assert (rung.text_in("en"), rung.link) == (f"Vera Caller is calling: {rung.params['number']}", f"/deals/{deal}")


def test_a_call_that_is_over_is_written_down_once(office: Office, exchange: Exchange, number: str) -> None:
    _, deal = client(office, number)
    over = {"answered": True, "seconds": 184, "recording_url": "https://ats.example/481.mp3", "direction": "out"}
    ids = [exchange.tell("ended", number, "same-call", **over).json["activity_id"] for _ in "123"]
    assert len(set(ids)) == 1
    calls = office.as_("manager").get(f"/activities?deal_id={deal}").json["items"]
    (activity,) = [one for one in calls if one["kind"] == "call"]
    assert {key: activity[key] for key in over} == over
    assert (activity["status"], activity["owner_id"]) == ("completed", office.people["manager"])


def test_events_in_the_wrong_order_do_no_harm(office: Office, exchange: Exchange, number: str) -> None:
    client(office, number)
    exchange.tell("ended", number, f"late {number}", answered=True, seconds=5)
    before = len(told(office, "manager"))
    assert exchange.tell("incoming", number, f"late {number}").status == 200
    assert len(told(office, "manager")) == before


def test_a_missed_call_of_a_client_is_told_and_counts_as_no_contact(
    office: Office, exchange: Exchange, number: str
) -> None:
    contact, _ = client(office, number)
    exchange.tell("ended", number, answered=False)
    assert told(office, "manager")[0].text_in("en").startswith("Missed call from Vera Caller")
    assert office.as_("manager").get(f"/contacts/{contact}").json["last_contact_at"] is None


def test_a_missed_call_from_a_stranger_becomes_a_lead(office: Office, exchange: Exchange, number: str) -> None:
    answer = exchange.tell("ended", number, answered=False, user="manager").json
    lead = office.as_("admin").get(f"/leads/{answer['lead_id']}").json
    assert (lead["source"], lead["phone"]) == ("phone", number)
    runs = office.as_("admin").get(f"/process-instances?business_key=lead:{lead['id']}").json["items"]
    assert len(runs) == 1


def test_a_stranger_who_was_answered_becomes_a_lead_only_by_hand(
    office: Office, exchange: Exchange, number: str
) -> None:
    answer = exchange.tell("incoming", number, f"hand {number}", user="manager").json
    assert answer["lead_id"] is None
    assert told(office, "manager")[0].link == f"/calls/{answer['id']}"
    assert exchange.tell("ended", number, f"hand {number}", answered=True, seconds=3).json["lead_id"] is None


def test_missed_calls_make_no_leads_where_that_is_switched_off(office: Office, exchange: Exchange, number: str) -> None:
    def switch(on: bool) -> None:
        with office.database.transaction() as session:
            telephony.save_settings(office.acting(session, "admin"), {"missed_makes_lead": on})

    switch(False)
    assert exchange.tell("ended", number, answered=False).json["lead_id"] is None
    switch(True)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"event": "sings"}, "event"), ({"number": "no"}, "number"), ({"seconds": -1}, "seconds"), ({"colour": 1}, "colour"),
        ({"recording_url": "javascript:x"}, "recording_url"), ({"call_id": ""}, "call_id"), ({"direction": "up"}, "direction"),
    ],
)  # fmt: skip
def test_what_the_exchange_says_wrongly_is_told_by_field(
    office: Office, exchange: Exchange, changed: dict[str, Any], wrong: str
) -> None:
    said = {"event": "ended", "number": "+7 916 111-22-01", "call_id": "wrong", **changed}
    answer = exchange.send(json.dumps(said).encode())
    assert (answer.status, list(answer.json["details"]["fields"])) == (422, [wrong])
    with office.database.read_only() as session:
        assert session.scalar(select(func.count()).where(Call.call_id == "wrong")) == 0


def test_a_new_secret_ends_the_old_one(office: Office, exchange: Exchange, number: str) -> None:
    with office.database.transaction() as session:
        fresh = telephony.make_secret(office.acting(session, "admin"))
    assert exchange.tell("incoming", number).status == 401
    exchange.secret = fresh
    assert exchange.tell("incoming", number).status == 200
    with office.database.read_only() as session:
        assert session.scalar(select(func.count()).select_from(Lead).where(Lead.phone == number)) == 0
