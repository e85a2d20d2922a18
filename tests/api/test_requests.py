"""What every request meets: who asks, in which shape, how often, and what it is told."""

import uuid
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import PASSWORD, Caller, Callers


def test_a_visitor_is_told_to_sign_in_before_anything_else_is_looked_at(api_app: Flask) -> None:
    client = api_app.test_client()
    for method, path in (("GET", "/tasks"), ("POST", "/accounts"), ("GET", "/nothing/like/this"), ("PUT", "/deals")):
        answer = client.open(f"/api/v1{path}", method=method, data="not json", content_type="application/json")
        assert answer.status_code == 401, path
        assert answer.json is not None
        assert answer.json["code"] == "not_signed_in"


def test_what_is_public_is_public(api_app: Flask) -> None:
    client = api_app.test_client()
    assert client.get("/api/v1/health").status_code == 200
    assert client.get("/api/v1/openapi.json").json["openapi"].startswith("3.1")  # type: ignore[index]
    assert client.get("/api/docs").status_code == 200


def test_an_unknown_address_and_a_wrong_method_are_json_too(manager: Caller) -> None:
    assert manager.call("GET", "/nothing")[0] == 404
    status, answer = manager.call("PUT", "/accounts", {})
    assert (status, answer["code"]) == (405, "method_not_allowed")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(api_app: Flask) -> None:
    client = api_app.test_client()
    wrong = client.post("/api/v1/auth/token", json={"username": "designer", "password": "wrong"})
    unknown = client.post("/api/v1/auth/token", json={"username": "nobody", "password": "wrong"})
    assert (wrong.status_code, wrong.json) == (unknown.status_code, unknown.json)
    assert wrong.status_code == 401


def test_ten_wrong_passwords_shut_the_name_for_a_while(api_app: Flask) -> None:
    client = api_app.test_client()
    for _ in range(10):
        client.post("/api/v1/auth/token", json={"username": "marketing", "password": "wrong"})
    answer = client.post("/api/v1/auth/token", json={"username": "marketing", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_every_wrong_field_is_named_at_its_place(manager: Caller) -> None:
    status, answer = manager.call("POST", "/accounts", {"name": 5, "inn": "1", "colour": "red"})
    assert status == 422
    assert set(answer["details"]["fields"]) >= {"name"}
    status, answer = manager.call("POST", "/accounts", {"name": "ООО", "inn": "1", "colour": "red", "created_at": "x"})
    assert (status, set(answer["details"]["fields"])) == (422, {"inn", "colour", "created_at"})


@pytest.mark.parametrize("limit", ["0", "201", "many"])
def test_a_limit_outside_its_bounds_is_refused(manager: Caller, limit: str) -> None:
    status, answer = manager.call("GET", f"/accounts?limit={limit}")
    assert (status, list(answer["details"]["fields"])) == (422, ["limit"])


def test_a_list_goes_on_where_it_stopped(manager: Caller) -> None:
    mark = uuid.uuid4().hex[:8]
    for number in range(5):
        manager.post("/accounts", {"name": f"{mark} {number}"})
    seen: list[str] = []
    after = ""
    while True:
        page = manager.get(f"/accounts?q={mark}&limit=2{after}")
        seen += [row["name"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [f"{mark} {number}" for number in range(5)]


def test_a_cursor_of_another_list_is_refused(manager: Caller) -> None:
    assert manager.call("GET", "/accounts?after=rubbish")[0] == 422


def test_a_body_that_is_no_json_is_400_and_one_too_large_413(manager: Caller) -> None:
    json = {"Content-Type": "application/json"}
    assert manager.call("POST", "/accounts", headers=json, data="{")[0] == 400
    assert manager.call("POST", "/accounts", headers=json, data='{"name": "' + "a" * 1_100_000 + '"}')[0] == 413


def test_the_same_key_gives_the_first_answer_again(manager: Caller) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    name = f"Once {uuid.uuid4().hex[:8]}"
    first = manager.post("/accounts", {"name": name}, 201, headers=key)
    again = manager.post("/accounts", {"name": name}, 201, headers=key)
    assert first == again
    assert len(manager.get(f"/accounts?q={name}")["items"]) == 1
    other = manager.call("POST", "/accounts", {"name": "Other"}, headers=key)
    assert (other[0], other[1]["code"]) == (422, "idempotency_key_reused")


def test_a_refusal_is_repeated_as_well(manager: Caller) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = manager.call("POST", "/accounts", {"name": ""}, headers=key)
    assert first[0] == 422
    assert manager.call("POST", "/accounts", {"name": ""}, headers=key) == first


def test_a_browser_needs_its_token_for_changes_and_none_for_reading(api_app: Flask) -> None:
    client = api_app.test_client()
    form = client.get("/login").text
    token = form.split('name="csrf-token" content="')[1].split('"')[0]
    client.post("/login", data={"username": "manager", "password": PASSWORD, "csrf_token": token})
    assert client.get("/api/v1/me").json["username"] == "manager"  # type: ignore[index]
    refused = client.post("/api/v1/accounts", json={"name": "X"})
    assert (refused.status_code, refused.json["code"]) == (403, "csrf_failed")  # type: ignore[index]
    page = client.get("/tasks").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    done = client.post("/api/v1/accounts", json={"name": "X"}, headers={"X-CSRFToken": token})
    assert done.status_code == 201


def test_answers_are_not_kept_and_not_guessed_at(api_app: Flask) -> None:
    headers = api_app.test_client().get("/api/v1/health").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_what_is_read_only_says_so(manager: Caller) -> None:
    deal: Any = manager.post("/deals", {"title": "Deal"}, 201)
    assert deal["stage"] == "needs"
    refused = manager.patch(f"/deals/{deal['id']}", {"stage": "won", "status": "won"}, 422)
    assert set(refused["details"]["fields"]) == {"stage", "status"}


def test_an_older_version_of_a_record_does_not_win(manager: Caller) -> None:
    account = manager.post("/accounts", {"name": "Account"}, 201)
    address = f"/accounts/{account['id']}"
    manager.patch(address, {"name": "Newer", "version": account["version"]})
    manager.patch(address, {"name": "Older", "version": account["version"]}, 409)
    assert manager.get(address)["name"] == "Newer"


def test_what_belongs_to_somebody_else_does_not_exist(signed_in: Callers, manager: Caller, head: Caller) -> None:
    account = manager.post("/accounts", {"name": "Secret"}, 201)
    stranger = signed_in("stranger")
    assert stranger.call("GET", f"/accounts/{account['id']}")[0] == 404
    assert head.get(f"/accounts/{account['id']}")["name"] == "Secret"
    assert stranger.get("/search?q=Secret")["items"] == []


def test_a_document_comes_back_as_it_was_uploaded(manager: Caller) -> None:
    from io import BytesIO

    deal = manager.post("/deals", {"title": "Deal"}, 201)
    form = {"file": (BytesIO(b"%PDF content"), "offer.pdf"), "kind": "proposal", "deal_id": str(deal["id"])}
    status, made = manager.call("POST", "/documents", data=form)
    assert status == 201, made
    assert manager.call("GET", f"/documents/{made['id']}/content")[1] == b"%PDF content"
