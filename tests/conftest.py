"""One PostgreSQL for the whole run, one database a worker, copied from a template with all tables."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from crm_model import users
from crm_model.users import User, actor_of
from kernel import vault
from kernel.context import Context
from kernel.db import Database
from server.embedded import Embedded, stop_with_this_process
from server.models import all_tables

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
TEMPLATE = "procession_template"
Made = TypeVar("Made")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""


THOROUGH = os.environ.get("PROCESSION_THOROUGH_TESTS", "") not in ("", "0")
"""Every boundary of every field of the API, every screen in every look: some minutes more."""

settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
"""A run tells of a change, not of luck; what is tried at random for long is a proof (`make proofs`)."""
vault.hold(lambda: "c2VjcmV0LWtleS1vZi10aGUtdGVzdHMtMDEyMzQ1Njc=")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
users.hasher = lambda: CHEAP
"""Hashing as in production would be a good part of the run."""


OF_ITS_MODULE = {"site", "own_database"}
"""Fixtures that cost as much as several tests of a module: one worker makes them and does the whole module."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What only one worker should do begins first, so that no worker is left alone with it at the end."""
    for item in items:
        if not item.get_closest_marker("xdist_group") and not OF_ITS_MODULE.isdisjoint(
            getattr(item, "fixturenames", ())
        ):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Grouping that silently does nothing costs ten minutes, so it is refused."""
    if getattr(session.config.option, "loadgroup", False):
        grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
        assert all("@" in item.nodeid for item in grouped), "pytest-xdist groups no tests under this pytest"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The server that all workers of a run share; whoever comes first starts it, the last one gone stops it."""
    all_tables()  # as in the product, which imports every room
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    home = Path(tempfile.gettempdir()) / f"procession-tests-{run[:12]}"
    home.mkdir(exist_ok=True)
    counted = home / "users"
    server = Embedded(home / "pg", settings=FAST)
    with _locked(home):
        first = not counted.exists()
        counted.write_text(str(int(counted.read_text() or 0) + 1 if counted.exists() else 1))
        server.start()
        watcher = stop_with_this_process(server) if first and "PYTEST_XDIST_WORKER" not in os.environ else None
        if first:
            _make_template(server)
    yield server
    with _locked(home):
        left = int(counted.read_text()) - 1
        counted.write_text(str(left))
        if left == 0:
            server.stop()
            shutil.rmtree(home, ignore_errors=True)
    if watcher is not None and watcher.stdin is not None:
        watcher.stdin.close()


class _locked:
    def __init__(self, home: Path, name: str = "users") -> None:
        self.file = (home / f"{name}.lock").open("w")

    def __enter__(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _make_template(server: Embedded) -> None:
    _administer(server, f'CREATE DATABASE "{TEMPLATE}"')
    engine = create_engine(server.url(TEMPLATE))
    all_tables().create_all(engine)
    engine.dispose()


def _administer(server: Embedded, statement: str) -> None:
    with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def kept_database(postgres: Embedded, name: str, make: Callable[[Database], Made], template: str = TEMPLATE) -> Made:
    """Fills a database that is only copied from, once in a run whoever comes first; gives what `make` told of it."""
    home = postgres.home.parent
    told = home / f"{name}.pickle"
    with _locked(home, name):
        if not told.exists():
            _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            database = Database(postgres.url(name))
            made = make(database)
            database.close()
            told.write_bytes(pickle.dumps(made))
    found: Made = pickle.loads(told.read_bytes())
    return found


@contextmanager
def making_database(
    postgres: Embedded, name: str, *, pool_size: int = 8, template: str = TEMPLATE
) -> Iterator[Database]:
    """A database with all tables and nothing in them, which is gone afterwards; every process has its own of a name."""
    name = f"{name}_{os.getpid()}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    made = Database(postgres.url(name), pool_size=pool_size)
    try:
        yield made
    finally:
        made.close()
        _administer(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def own_database(postgres: Embedded, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of the module's own, for tests that commit what others must not meet."""
    with making_database(postgres, request.module.__name__.rpartition(".")[2]) as made:
        yield made


@pytest.fixture(scope="session")
def database(postgres: Embedded) -> Iterator[Database]:
    """The worker's own database; what tests commit into it stays for the run."""
    with making_database(postgres, "test") as made:
        yield made


@pytest.fixture(scope="session")
def database_url(database: Database) -> str:
    return database.url


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session whose work is undone at the end, whatever the test flushed."""
    with Session(database.engine, expire_on_commit=False) as made:
        yield made
        made.rollback()


MakeUser = Callable[..., User]
MakeContext = Callable[..., Context]


@pytest.fixture
def make_user() -> MakeUser:
    """A person: `make_user(session, role="manager", team_id=…)`."""
    counter = iter(range(1_000_000))

    def make(session: Session, role: str = "manager", **values: object) -> User:
        name = f"{role}{os.getpid()}_{id(counter)}_{next(counter)}"
        user = User(username=name, name=name.title(), roles=[role], password_hash="!", **values)
        session.add(user)
        session.flush()
        return user

    return make


@pytest.fixture
def make_context(make_user: MakeUser) -> MakeContext:
    """A context of somebody with a role, or of a given user, at noon of a Monday."""

    def make(session: Session, role: str = "manager", user: User | None = None, language: str = "en") -> Context:
        return Context(session, actor_of(user or make_user(session, role), language), lambda: NOON)

    return make
