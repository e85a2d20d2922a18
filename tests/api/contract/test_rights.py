"""Every route for every role: a new route without a row fails, and so does an answer that the row does not have."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.api.contract.office import FORM, Answer, Office
from tests.api.contract.rehearsal import rehearsing
from tests.api.contract.rights import BODIES, COLUMNS, FILES, QUERIES, ROWS


@pytest.fixture(scope="module")
def rehearsed(office: Office) -> Iterator[Office]:
    with rehearsing(office) as made:
        yield made


def addresses(app: Flask) -> list[str]:
    """`GET /accounts/{record_id}` of every route of the interface."""
    return [
        f"{method} {_path(rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _path(rule: str) -> str:
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.removeprefix("/api/v1"))


def test_every_route_has_a_row_and_every_row_a_route(office: Office) -> None:
    assert sorted(addresses(office.app)) == sorted(ROWS)


def ask(office: Office, who: str, address: str) -> Answer:
    method, path = address.split(" ")
    ids = {**office.ids, "record": office.ids[_kind_of(path)] if "{record_id}" in path else 0}
    target = re.sub(r"\{(\w+)_id\}", lambda match: str(ids[match[1]]), path).replace("{key}", FORM)
    target += QUERIES.get(address, "")
    caller = office.as_(None if who == "visitor" else who)
    if address in FILES:
        return caller.send(target, FILES[address])
    body: Any = BODIES.get(address, {})
    body = body(ids) if callable(body) else body
    return caller.call(method, target, **({} if method in ("GET", "DELETE") else {"json": body}))


def _kind_of(path: str) -> str:
    """`line_item` of `/deals/{deal_id}/line-items/{record_id}`."""
    name = path.removesuffix("/{record_id}").rsplit("/", 1)[-1].replace("-", "_")
    return {"activities": "activity"}.get(name, name.removesuffix("s"))


@pytest.mark.parametrize("address", ROWS)
def test_everyone_gets_what_the_table_says(rehearsed: Office, address: str) -> None:
    got = {who: ask(rehearsed, who, address).status for who in COLUMNS}
    assert got == dict(zip(COLUMNS, ROWS[address], strict=True))
