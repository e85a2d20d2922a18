"""The database is full, slow, gone or elsewhere: the answer is clear, nothing is half done, and all goes on afterwards."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from crm_model import auth, users
from engine import jobs, sweep
from engine.tables import IncidentRow, JobRow
from kernel.context import ADMINISTRATOR, SYSTEM, Context, system_clock
from kernel.db import Database
from processes import designs
from processes.engine_room import PORTS
from server.app import create_app
from server.embedded import Embedded
from server.settings import Settings, with_driver
from tests.conftest import TEMPLATE, _administer
from tests.proofs.cables import Cable
from tests.server.test_serving import eventually
from tests.support.diagrams import diagram, node, timer

numbers = count()
PATIENCE = 60
Answer = tuple[int, Any, str | None]
"""Status, body and Retry-After."""


class Shop:
    """A small process, and a client of the application with somebody's token."""

    def __init__(self, server: Embedded, name: str) -> None:
        self.server, self.name = server, name
        self.database = Database(server.url(name))
        self.token = ""
        self._settle()
        self.app = create_app(Settings(), self.database)

    def _settle(self) -> None:
        nodes = node("start", "s") + node("user", "a") + node("catch", "t", timer("duration", "PT0S"))
        xml = diagram(nodes + node("user", "b"), "s -> a; a -> t; t -> b", id="faulty")
        with self.database.transaction() as session:
            context = Context(session, SYSTEM)
            boss = users.add_user(session, username="boss", name="Boss", roles=[ADMINISTRATOR], password="a long one")
            session.flush()
            self.token, _ = auth.issue_token(Context(session, users.actor_of(boss)), name="tests")
            designs.upload(context, [("faulty.bpmn", xml)], publish=True)

    def client(self, query: str = "", url: str = "") -> FlaskClient:
        """Of the usual application, or of one whose address of the database is another."""
        if not query and not url:
            return self.app.test_client()
        return create_app(Settings(), Database(url or self.server.url(self.name) + query)).test_client()

    def ask(self, client: FlaskClient, method: str, path: str, key: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        if key:
            headers["Idempotency-Key"] = key
        body = {"definition_key": "faulty"} if path == "/process-instances" else {}
        given: dict[str, Any] = {} if method == "GET" else {"json": body}
        answer = client.open(f"/api/v1{path}", method=method, headers=headers, **given)
        return answer.status_code, answer.json, answer.headers.get("Retry-After")

    def start(self) -> tuple[int, int]:
        """A new instance and its open task."""
        client = self.client()
        instance = self.ask(client, "POST", "/process-instances")[1]["id"]
        return instance, self.ask(client, "GET", f"/tasks?instance_id={instance}")[1]["items"][0]["id"]

    def work(self) -> int:
        """What a worker does that finds all due timers; jobs done."""
        return jobs.run_batch(self.database, PORTS, lambda: system_clock() + timedelta(hours=2), f"w{next(numbers)}")

    def rows(self) -> dict[str, int]:
        with self.database.read_only() as session:
            names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            return {name: session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}

    def open(self, instance: int) -> list[str]:
        items = self.ask(self.client(), "GET", f"/tasks?instance_id={instance}")[1]["items"]
        return [item["element_id"] for item in items]

    def is_whole(self) -> bool:
        with self.database.read_only(snapshot=True) as session:
            incidents = session.scalar(select(func.count()).select_from(IncidentRow)) or 0
            return not list(sweep.stuck(session)) and not incidents

    def run(self, statement: str) -> None:
        with self.database.transaction() as session:
            session.execute(text(statement))


@pytest.fixture(scope="module")
def shop(postgres: Embedded) -> Iterator[Shop]:
    name = f"faults_{os.getpid()}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    made = Shop(postgres, name)
    yield made
    made.database.close()
    _administer(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def refusing(shop: Shop, code: str, *, late: bool = False) -> Iterator[None]:
    """Every new row of history is refused with this SQLSTATE: at once, or only when it is committed."""
    shop.run(
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$"
    )
    kind = "CONSTRAINT TRIGGER" if late else "TRIGGER"
    when = "DEFERRABLE INITIALLY DEFERRED" if late else ""
    shop.run(f"CREATE {kind} refusing AFTER INSERT ON history_entry {when} FOR EACH ROW EXECUTE FUNCTION refuse()")
    try:
        yield
    finally:
        shop.run("DROP TRIGGER refusing ON history_entry")


@contextmanager
def small_disk(shop: Shop) -> Iterator[Path]:
    """History on a disk of a few megabytes, where the machine lets us mount one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        size = "size=4m,mode=0700" + (f",uid={account.pw_uid}" if (account := shop.server._account) else "")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], capture_output=True)
        if mounted.returncode != 0:
            pytest.skip("this machine lets us mount no small disk")
        stack.callback(subprocess.run, ["umount", str(folder)], check=True)
        _administer(shop.server, f"CREATE TABLESPACE small_{os.getpid()} LOCATION '{folder}'")
        stack.callback(_administer, shop.server, f"DROP TABLESPACE small_{os.getpid()}")
        shop.run(f"ALTER TABLE history_entry SET TABLESPACE small_{os.getpid()}")
        stack.callback(shop.run, "ALTER TABLE history_entry SET TABLESPACE pg_default")
        yield folder


def fill(shop: Shop, disk: Path) -> Path:
    """Leaves no room on the disk and none in the pages of the table."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    with suppress(OperationalError):
        for number in range(10_000):
            shop.run(f"INSERT INTO history_entry VALUES (-1, {number}, 'x', now(), now(), 'completed')")
    return ballast


def test_a_disk_that_is_full_keeps_what_was_answered_and_takes_the_rest_once_there_is_room(shop: Shop) -> None:
    started = [shop.start() for _ in range(8)]
    client = shop.client()

    def complete_all() -> list[Answer]:
        return [shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"disk{task}") for _, task in started]

    with small_disk(shop) as disk:
        ballast = fill(shop, disk)
        refused = [answer for answer in complete_all() if answer[0] != 200]
        assert refused
        assert {(status, body["code"], again) for status, body, again in refused} == {(503, "database_full", "3")}
        ballast.unlink()
        shop.run("DELETE FROM history_entry WHERE instance_id < 0")
        assert {status for status, _, _ in complete_all()} == {200}
        assert shop.work() == len(started)
        assert [shop.open(instance) for instance, _ in started] == [["b"]] * len(started)
        assert shop.is_whole()


@pytest.mark.parametrize("late", [False, True])
def test_a_full_database_is_told_and_the_same_request_is_done_once_there_is_room(shop: Shop, late: bool) -> None:
    instance, task = shop.start()
    client, before = shop.client(), shop.rows()
    with refusing(shop, "53100", late=late):
        for _ in range(3):
            status, body, again = shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"full{instance}")
            assert (status, body["code"], again) == (503, "database_full", "3")
            assert body["message"].startswith("The database has no room left. Nothing was changed")
        assert shop.rows() == before
    assert shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"full{instance}")[0] == 200
    assert shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"full{instance}")[0] == 200
    assert shop.work() == 1
    assert shop.open(instance) == ["b"]
    assert shop.is_whole()


def test_a_worker_that_finds_the_database_full_tries_again_later(shop: Shop) -> None:
    instance, task = shop.start()
    assert shop.ask(shop.client(), "POST", f"/tasks/{task}/complete")[0] == 200
    with refusing(shop, "53100"):
        assert shop.work() == 1
        assert shop.open(instance) == []
    with shop.database.read_only() as session:
        job = session.scalars(select(JobRow).where(JobRow.instance_id == instance)).one()
        assert (job.state, job.retries, job.locked_by) == ("ready", 2, None)
    shop.run("UPDATE job SET due = now()")
    assert shop.work() == 1
    assert shop.open(instance) == ["b"]
    assert shop.is_whole()


@pytest.mark.parametrize("code", ["08006", "57P01"])
def test_where_the_database_goes_away_in_the_commit_nothing_is_promised(shop: Shop, code: str) -> None:
    instance, task = shop.start()
    client = shop.client()
    with refusing(shop, code, late=True):
        status, body, _ = shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"unsure{task}")
        assert (status, body["code"]) == (503, "outcome_unknown")
    assert shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"unsure{task}")[0] == 200
    assert shop.work() == 1
    assert shop.open(instance) == ["b"]


@pytest.mark.parametrize(
    "limit", ["options=-c%20lock_timeout%3D200ms", "options=-c%20statement_timeout%3D200ms"], ids=["lock", "statement"]
)
def test_who_waits_too_long_for_others_is_told_and_may_try_again(shop: Shop, limit: str) -> None:
    instance, task = shop.start()
    client = shop.client(f"&{limit}")
    with shop.database.transaction() as session:
        session.execute(text("SELECT 1 FROM process_instance WHERE id = :id FOR UPDATE"), {"id": instance})
        status, body, again = shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"slow{task}")
        assert (status, body["code"], again) == (503, "database_busy", "3")
        assert "try again" in body["message"]
    assert shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"slow{task}")[0] == 200
    assert shop.work() == 1
    assert shop.open(instance) == ["b"]


def test_the_page_of_a_person_says_it_too(shop: Shop) -> None:
    client = shop.client("&options=-c%20lock_timeout%3D200ms")
    with shop.database.transaction() as session:
        session.execute(text("LOCK TABLE user_sessions"))
        client.set_cookie("session", "anything")
        page = client.get("/", headers={"Accept-Language": "en"})
        assert (page.status_code, page.headers["Retry-After"]) == (503, "3")
        assert "Nothing was changed; try again" in page.text


def test_when_one_address_fails_the_next_is_used(shop: Shop) -> None:
    one, two = Cable(shop.server), Cable(shop.server)
    two.cut()
    both = one.url(shop.name).replace(f":{one.port}/", f":{one.port},127.0.0.1:{two.port}/")
    client = shop.client(url=with_driver(both) or "")
    assert shop.ask(client, "GET", "/tasks")[0] == 200
    for gone, other in ((one, two), (two, one)):
        instance, task = shop.start()
        gone.cut()
        other.mend()

        def is_done(task: int = task) -> bool:
            status, body, _ = shop.ask(client, "POST", f"/tasks/{task}/complete", key=f"over{task}")
            assert status == 200 or body["code"] in ("database_away", "outcome_unknown")
            return status == 200

        assert eventually(is_done, PATIENCE)
        assert shop.work() == 1
        assert shop.open(instance) == ["b"]
    one.cut()


def test_a_worker_that_stands_still_loses_its_job_to_another_and_sees_it(shop: Shop) -> None:
    """As SIGSTOP past its lease: its transaction is ended, its work undone, and no incident comes of it."""
    instance, task = shop.start()
    assert shop.ask(shop.client(), "POST", f"/tasks/{task}/complete")[0] == 200
    slow = Database(shop.server.url(shop.name), limits={"idle_in_transaction_session_timeout": "300ms"})
    begun, go_on = Event(), Event()

    commits = count(1)

    def stand_still(connection: Any) -> None:
        if next(commits) == 3:  # the first two claim timers and other jobs
            begun.set()
            assert go_on.wait(PATIENCE)

    event.listen(slow.engine, "commit", stand_still)
    late = Thread(target=jobs.run_batch, args=(slow, PORTS, system_clock, "late"))
    late.start()
    assert begun.wait(PATIENCE)
    assert eventually(lambda: shop.work() == 1, PATIENCE)
    go_on.set()
    late.join(PATIENCE)
    slow.close()
    assert shop.open(instance) == ["b"]
    assert shop.is_whole()
