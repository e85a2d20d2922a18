"""Databases of one's own: empty ones, and an installation that has been migrated and set up."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from server import migrating
from server.embedded import Embedded
from tests.conftest import _administer, kept_database

MIGRATED = "procession_migrated"
numbers = count(1)


def make_database(postgres: Embedded, template: str = "template1") -> Iterator[str]:
    name = f"own_{os.getpid()}_{next(numbers)}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield postgres.url(name)
    _administer(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def empty_url(postgres: Embedded) -> Iterator[str]:
    """A database without any table."""
    yield from make_database(postgres)


@pytest.fixture
def other_url(postgres: Embedded) -> Iterator[str]:
    """Another one."""
    yield from make_database(postgres)


@pytest.fixture
def migrated_url(postgres: Embedded) -> Iterator[str]:
    """A database as `migrate` leaves it."""
    kept_database(postgres, MIGRATED, lambda database: migrating.migrate(database.url), template="template1")
    yield from make_database(postgres, MIGRATED)
