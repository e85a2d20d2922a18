"""Text that PostgreSQL cannot keep, numbers that no column holds: refused or told not to exist, never a failure."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.contract.office import Office
from tests.api.contract.rehearsal import rehearsing

AWKWARD: list[Any] = ["a\0b", "\ud800", "\x1f", "\u202e", "é" * 100_000, 10**400, -(10**19), 1e308]
BODIES = [
    ("PATCH", "/process-instances/{instance}/variables", "{value: X}"),
    ("POST", "/process-instances", "definition_key business_key start_event_id"),
    ("POST", "/process-instances/{instance}/cancel", "reason"),
    ("POST", "/process-instances/{instance}/suspend", "reason"),
    ("POST", "/process-instances/{instance}/release", "element_id"),
    ("POST", "/tasks/{task}/complete", "result choose variables"),
    ("POST", "/tasks/{task}/comments", "text"),
    ("POST", "/tasks/{task}/assign", "user_id"),
    ("POST", "/messages", "name business_key correlation_keys keep_for instance_id variables"),
    ("POST", "/signals", "name variables"),
    ("POST", "/deals/{deal}/stage", "stage reason close_reason reroute_to winner_competitor_id"),
    ("POST", "/accounts", "name inn website profile bank_details phones emails employees potential birthday"),
    ("POST", "/contacts", "name messengers account_id"),
    ("POST", "/leads", "name phone email campaign_id"),
    ("POST", "/letter-templates", "name code subject html text language"),
    ("POST", "/suppressions", "address note reason"),
    ("POST", "/deals", "title need amount currency probability product_ids expected_close_date"),
    ("POST", "/deals/{deal}/line-items", "name quantity price discount vat"),
    ("POST", "/activities", "subject kind start due"),
    ("POST", "/activities/{activity}/complete", "result note"),
    ("POST", "/notes", "text"),
    ("POST", "/articles", "title tags body"),
    ("POST", "/users", "username name email password roles"),
    ("POST", "/tokens", "name days"),
    ("PATCH", "/me", "name settings time_zone"),
    ("POST", "/auth/token", "username password"),
    ("POST", "/notifications/read", "ids"),
]
REST: dict[str, dict[str, Any]] = {
    "/process-instances": {"definition_key": "corporate_sale"}, "/messages": {"name": "nobody.waits"},
    "/signals": {"name": "nobody.listens"}, "/accounts": {"name": "X"}, "/contacts": {"name": "X"}, "/leads": {"name": "X"},
    "/letter-templates": {"name": "X", "subject": "X", "text": "X"}, "/suppressions": {"address": "x@example.com"},
    "/deals": {"title": "X"}, "/notes": {}, "/users": {"username": "x", "name": "X"}, "/tokens": {"name": "x"},
    "/activities": {"subject": "X", "kind": "call"}, "/articles": {"title": "X", "kind": "case"},
    "/deals/{deal}/line-items": {"name": "X", "price": 1, "quantity": 1}, "/deals/{deal}/stage": {"stage": "lost"},
    "/auth/token": {"username": "x", "password": "x"}, "/activities/{activity}/complete": {"result": "completed"},
    "/tasks/{task}/complete": {"result": "completed"},
}  # fmt: skip
"""What the body needs besides."""


@pytest.fixture(scope="module")
def rehearsed(office: Office) -> Iterator[Office]:
    with rehearsing(office) as made:
        yield made


@pytest.mark.parametrize(("method", "path", "keys"), BODIES)
def test_awkward_values_in_bodies_are_refused_by_field(rehearsed: Office, method: str, path: str, keys: str) -> None:
    admin = rehearsed.as_("admin")
    address = path.format(**rehearsed.ids)
    for key in ["value"] if keys.startswith("{") else keys.split():
        for awkward in AWKWARD:
            for value in (awkward, [awkward], {"key": awkward}, {str(awkward)[:300]: 1}):
                body = json.dumps({**REST.get(path, {}), key: value})
                answer = admin.call(method, address, data=body, content_type="application/json")
                assert answer.status < 500, (key, repr(value)[:60], answer.data)


@pytest.mark.parametrize(
    "query",
    [
        "/accounts?q=", "/contacts?q=", "/deals?q=", "/leads?q=", "/activities?q=", "/notes?q=", "/documents?q=",
        "/articles?q=", "/products?q=", "/users?q=", "/user-records?q=", "/teams?q=", "/business-lines?q=", "/search?q=",
        "/tasks?q=", "/tasks?subject=deal:", "/tasks?subject=", "/tasks?element_id=", "/tasks?sort=", "/tasks?assignee=",
        "/tasks?instance_id=", "/tasks?due_before=", "/process-instances?q=", "/process-instances?business_key=",
        "/process-instances?element_id=", "/process-instances?definition_id=", "/process-definitions?key=", "/audit?id=1&entity=",
        "/audit?entity=deal&id=", "/deals?owner_id=", "/deals?stage=", "/deals?sort=", "/articles?tag=", "/activities?starts_from=",
        "/accounts?after=", "/documents/1/content?version=", "/incidents?instance_id=", "/jobs?instance_id=",
    ],
)  # fmt: skip
def test_awkward_values_in_addresses_break_nothing(rehearsed: Office, query: str) -> None:
    admin = rehearsed.as_("admin")
    for value in (
        "%00",
        "a%00b",
        "%ED%A0%80",
        "%FF",
        "9" * 30,
        "-1",
        "1e5",
        "%D9%A3",
        "0001-01-01T00:00:00%2B23:59",
        "'",
        "%25",
    ):
        answer = admin.get(query + value)
        assert answer.status < 500, (value, answer.data)
