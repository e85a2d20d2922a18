"""The application with a small company in a database of its own, and callers with everybody's tokens."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm_model import auth, business_lines, teams, users
from kernel.context import ADMINISTRATOR, DESIGNER, HEAD, MANAGER, MARKETING, SUPERVISOR, SYSTEM, Context
from kernel.db import Database
from processes import catalogue
from server.app import create_app
from server.embedded import Embedded
from server.settings import Settings
from tests.conftest import TEMPLATE, _administer

PASSWORD = "correct horse"
PEOPLE = {
    "admin": ADMINISTRATOR, "designer": DESIGNER, "supervisor": SUPERVISOR, "head": HEAD,
    "manager": MANAGER, "manager2": MANAGER, "stranger": MANAGER, "marketing": MARKETING,
}  # fmt: skip


class Caller:
    """Somebody with a token; `get`, `post`, `patch` and `delete` check the status and give the body."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, data: Any = None
    ) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        given = {"data": data} if data is not None else {"json": body} if body is not None else {}
        answer = self.client.open(f"/api/v1{path}", method=method, headers=sent, **given)
        return answer.status_code, answer.json if answer.is_json else answer.data

    def get(self, path: str, status: int = 200) -> Any:
        return self._body("GET", path, None, status, None)

    def post(
        self, path: str, body: Any = None, status: int | None = None, headers: dict[str, str] | None = None
    ) -> Any:
        return self._body("POST", path, body if body is not None else {}, status, headers)

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        return self._body("PATCH", path, body, status, None)

    def delete(self, path: str, status: int = 204) -> Any:
        return self._body("DELETE", path, None, status, None)

    def _body(self, method: str, path: str, body: Any, status: int | None, headers: dict[str, str] | None) -> Any:
        got, answer = self.call(method, path, body, headers)
        assert got == status if status is not None else got < 400, (got, answer)
        return answer


Callers = Callable[[str], Caller]


@pytest.fixture(scope="session")
def api_database(postgres: Embedded) -> Iterator[Database]:
    name = f"api_{os.getpid()}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    database = Database(postgres.url(name))
    yield database
    database.close()
    _administer(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def api_tokens(api_database: Database) -> dict[str, str]:
    """By user name; `manager` and `manager2` are led by `head`, `stranger` is not."""
    tokens: dict[str, str] = {}
    with api_database.transaction() as session:
        system = Context(session, SYSTEM)
        for name, role in PEOPLE.items():
            user = users.add_user(session, username=name, name=name.title(), password=PASSWORD, roles=[role])
            user.language = "en"
            session.flush()
            tokens[name], _ = auth.issue_token(Context(session, users.actor_of(user)), name="tests")
        team = teams.create_team(system, {"name": "Sales", "head_id": users.id_of(session, "head")})
        for name in ("manager", "manager2"):
            users.update_user(system, users.id_of(session, name) or 0, {"team_id": team.id})
        business_lines.create_business_line(system, {"name": "Machines", "head_id": users.id_of(session, "head")})
        business_lines.create_business_line(system, {"name": "Spare parts"})
        catalogue.deploy_shipped(system)
    return tokens


@pytest.fixture(scope="session")
def api_app(api_database: Database, api_tokens: dict[str, str]) -> Flask:
    return create_app(Settings(), api_database)


@pytest.fixture
def signed_in(api_app: Flask, api_tokens: dict[str, str]) -> Callers:
    return lambda name: Caller(api_app.test_client(), api_tokens[name])


@pytest.fixture
def manager(signed_in: Callers) -> Caller:
    return signed_in("manager")


@pytest.fixture
def head(signed_in: Callers) -> Caller:
    return signed_in("head")


@pytest.fixture
def supervisor(signed_in: Callers) -> Caller:
    return signed_in("supervisor")
