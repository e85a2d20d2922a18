"""What stands before every request: who asks, from where, how often, and the same thing twice."""

import threading
import uuid
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from kernel.db import Database
from server.app import create_app
from server.settings import Settings
from tests.api.contract.office import Answer, Caller, Office


@pytest.fixture
def me(office: Office) -> Caller:
    return office.as_("manager")


def test_an_address_says_which_methods_it_takes(me: Caller) -> None:
    answer = me.call("PUT", "/accounts")
    assert (answer.status, answer.json["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("number", ["0", "-1", "01", "abc", "9" * 18, "9" * 19, "9" * 30, "1.5", "%00", "1%27"])
def test_a_number_that_no_record_has_is_404(me: Caller, number: str) -> None:
    for path in ("/accounts", "/deals", "/tasks", "/process-instances", "/process-definitions"):
        assert me.get(f"{path}/{number}").status == 404, path


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "Bearer \xff", "Bearer a b"])
def test_a_token_that_is_none_opens_nothing(office: Office, header: str) -> None:
    answer = office.as_(None).get("/me", headers={"Authorization": header})
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_revoked_token_opens_nothing(office: Office, me: Caller) -> None:
    made = me.post("/tokens", {"name": "script", "days": 1}).json
    script = Caller(office.app.test_client(), made["token"])
    assert script.get("/me").json["username"] == "manager"
    assert script.patch("/me", {}).status == 200
    newest = me.get("/tokens").json["items"][0]
    assert newest["last_used_at"] is not None
    assert newest["name"] == "script"
    assert "token" not in newest
    me.delete(f"/tokens/{newest['id']}")
    assert script.get("/me").status == 401


def test_a_token_ends_when_it_says(me: Caller) -> None:
    made = me.post("/tokens", {"name": "for a day", "days": 1}).json
    left = datetime.fromisoformat(made["expires_at"]) - datetime.now().astimezone()
    assert timedelta(hours=23) < left <= timedelta(days=1)


def test_a_person_who_left_is_signed_out_at_once(office: Office) -> None:
    admin = office.as_("admin")
    made = admin.post(
        "/users", {"username": "leaves", "name": "Leaves", "password": "long enough", "roles": ["manager"]}
    )
    token = office.as_(None).post("/auth/token", {"username": "leaves", "password": "long enough"}).json["token"]
    leaver = Caller(office.app.test_client(), token)
    assert leaver.get("/me").status == 200
    admin.delete(f"/users/{made.json['id']}")
    assert leaver.get("/me").status == 401


def browser(office: Office, username: str) -> FlaskClient:
    """A signed-in browser, with the cookie that only a server reads."""
    client = office.app.test_client()
    token = _token(client.get("/login").text)
    done = client.post("/login", data={"username": username, "password": "long enough", "csrf_token": token})
    assert done.status_code == 303
    cookie = done.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    return client


def _token(page: str) -> str:
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def test_another_site_cannot_act_in_the_name_of_a_browser(office: Office) -> None:
    office.as_("admin").post(
        "/users", {"username": "surfs", "name": "Surfs", "password": "long enough", "roles": ["manager"]}
    )
    client = browser(office, "surfs")
    assert client.get("/api/v1/me").status_code == 200
    for headers in ({}, {"X-CSRFToken": "guess"}, {"X-CSRFToken": ""}):
        refused = client.post("/api/v1/accounts", json={"name": "Forged"}, headers=headers)
        assert (refused.status_code, refused.json and refused.json["code"]) == (403, "csrf_failed")
    headers = {"X-CSRFToken": _token(client.get("/tasks").text)}
    assert client.post("/api/v1/accounts", json={"name": "Meant"}, headers=headers).status_code == 201
    assert client.get("/api/v1/accounts?q=Forged").json == {"items": [], "next": None}


def test_a_hundred_wrong_passwords_shut_an_address_but_not_for_who_is_known_there(office: Office) -> None:
    known = {"username": "known", "name": "Known", "password": "long enough", "roles": ["manager"]}
    office.as_("admin").post("/users", known)
    visitor = office.as_(None)
    there = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    right = {"username": "known", "password": "long enough"}
    assert visitor.post("/auth/token", right, **there).status == 200
    for number in range(100):
        visitor.post("/auth/token", {"username": f"guess{number}", "password": "wrong"}, **there)
    shut = visitor.post("/auth/token", {"username": "admin", "password": "whatever"}, **there)
    assert (shut.status, shut.json["code"]) == (429, "too_many_attempts")
    assert 0 < int(shut.headers["Retry-After"]) <= 600
    assert visitor.post("/auth/token", right, **there).status == 200


def test_of_many_requests_with_one_key_at_once_one_works(office: Office) -> None:
    name, key = uuid.uuid4().hex, uuid.uuid4().hex
    answers: list[Answer] = []

    def ask() -> None:
        answers.append(office.as_("manager").post("/accounts", {"name": name}, headers={"Idempotency-Key": key}))

    together(ask, 6)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(office.as_("manager").get(f"/accounts?q={name}").json["items"]) == 1


def test_of_many_who_complete_a_task_at_once_one_does(office: Office, me: Caller) -> None:
    deal = me.post("/deals", {"title": "Contested"}).json["id"]
    sale = me.post("/process-instances", {"definition_key": "corporate_sale", "subject": {"type": "deal", "id": deal}})
    task = me.get(f"/tasks?instance_id={sale.json['id']}").json["items"][0]["id"]
    answers: list[Answer] = []
    together(lambda: answers.append(office.as_("manager").post(f"/tasks/{task}/complete", {"result": "completed"})), 5)
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    assert refused.json["code"] == "user_task_not_open"
    assert refused.json["details"]["task"]["completed_by"]["username"] == "manager"


def test_nobody_moves_a_deal_by_a_message_who_does_not_see_it(office: Office, me: Caller) -> None:
    deal = me.post("/deals", {"title": "Coveted"}).json["id"]
    me.post("/process-instances", {"definition_key": "corporate_sale", "subject": {"type": "deal", "id": deal}})
    message = {"name": "deal.change_stage", "business_key": f"deal:{deal}", "variables": {"stage": "proposal"}}
    refused = office.as_("stranger").post("/messages", message)
    assert (refused.status, refused.json["code"]) == (404, "message_nobody_waiting")
    assert me.get(f"/deals/{deal}").json["stage"] == "needs"
    assert me.post("/messages", message).status == 200


def together(ask: object, times: int) -> None:
    threads = [threading.Thread(target=ask) for _ in range(times)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_keys_are_everyones_own(office: Office, me: Caller) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    mine = me.post("/accounts", {"name": "Same key"}, headers=key).json
    other = office.as_("stranger").post("/accounts", {"name": "Same key"}, headers=key).json
    assert mine["id"] != other["id"]


def test_an_upload_with_a_key_is_kept_once(me: Caller) -> None:
    key, title = {"Idempotency-Key": uuid.uuid4().hex}, uuid.uuid4().hex
    sent = [
        me.client.post("/api/v1/documents", headers={**key, **_bearer(me)}, data=_form(title, b"text")) for _ in "12"
    ]
    assert sent[0].json == sent[1].json
    assert len(me.get(f"/documents?q={title}").json["items"]) == 1
    other = me.client.post("/api/v1/documents", headers={**key, **_bearer(me)}, data=_form(title, b"else"))
    assert other.status_code == 422


def _bearer(caller: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.token}"}


def _form(title: str, content: bytes) -> dict[str, object]:
    from io import BytesIO

    return {"file": (BytesIO(content), "a.txt"), "title": title}


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 256, "ключ"])
def test_a_key_that_is_none_is_refused(me: Caller, key: str) -> None:
    answer = me.post("/accounts", {"name": "Key"}, headers={"Idempotency-Key": key})
    assert (answer.status, list(answer.json["details"]["fields"])) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize(
    "body", [b"[]", b'"text"', b"1", b"null", b"\xff", b"{", b'{"name": NaN}', b'{"name": "\\ud800"}']
)
def test_a_body_that_is_no_object_breaks_nothing(me: Caller, body: bytes) -> None:
    answer = me.call("POST", "/accounts", data=body, content_type="application/json")
    assert answer.status in (400, 422)
    assert answer.json["code"] in ("bad_request", "validation_failed")


def test_a_deep_body_breaks_nothing(me: Caller) -> None:
    body = b'{"profile": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert me.call("POST", "/accounts", data=body, content_type="application/json").status in (400, 413, 422)


def test_what_is_no_json_is_told_so(me: Caller) -> None:
    assert me.call("POST", "/accounts", data=b"name=X", content_type="text/plain").status in (415, 422)


def test_metrics_are_open_on_the_machine_itself_only(office: Office) -> None:
    visitor = office.as_(None)
    assert b"procession_instances_active" in visitor.get("/metrics").data
    assert visitor.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status == 401
    assert visitor.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status == 401


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back() -> None:
    nowhere = Database("postgresql+psycopg://nobody:nobody@127.0.0.1:1/nothing")
    client = create_app(Settings(), nowhere).test_client()
    for path in ("/me", "/ready", "/accounts"):
        answer = client.get(f"/api/v1{path}", headers={"Authorization": "Bearer prc_x"})
        assert (answer.status_code, answer.json and answer.json["code"]) == (503, "database_away")
        assert int(answer.headers["Retry-After"]) > 0


def test_every_answer_carries_the_headers_that_keep_browsers_from_guessing(me: Caller) -> None:
    for path in ("/me", "/nothing", "/accounts?limit=0", "/health"):
        headers = me.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
