"""One company for each worker, in a database of its own; tests make what they change."""

import os
from collections.abc import Callable, Iterator

import pytest
from alembic import command

from kernel.db import Database
from server import migrating
from server.app import create_app
from server.embedded import Embedded
from server.settings import Settings
from tests.api.contract.office import Caller, Office, furnish
from tests.conftest import TEMPLATE, _administer


@pytest.fixture(scope="session")
def office(postgres: Embedded) -> Iterator[Office]:
    name = f"contract_{os.getpid()}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    database = Database(postgres.url(name))
    command.stamp(migrating.config(database.url), "head")
    try:
        yield furnish(create_app(Settings(), database), database)
    finally:
        database.close()
        _administer(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def as_(office: Office) -> Callable[[str | None], Caller]:
    """`as_("manager")` calls with the manager's token, `as_(None)` without any."""
    return office.as_
