"""Kills of web, worker and PostgreSQL at random moments while clients work, and the reckoning afterwards."""

import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg

from engine import sweep
from kernel.context import SYSTEM, Context
from kernel.db import Database
from processes import catalogue, stage_drift
from server.embedded import Embedded, EmbeddedError
from tests.server.test_serving import PATIENCE, Premises, Product, eventually, premises, status
from tests.support.diagrams import diagram, message, node, timer

WORK = diagram(
    node("start", "begin")
    + node("user", "first", procession_stage="needs")
    + node("catch", "pause", timer("duration", "PT0.3S"))
    + node("and", "fork")
    + node("user", "left", procession_stage="proposal")
    + node("catch", "told", message("go"))
    + node("script", "counted", "<script>count = (count or 0) + 1</script>")
    + node("and", "join")
    + node("user", "last", procession_stage="negotiation")
    + node("end", "done"),
    "begin -> first; first -> pause; pause -> fork; fork -> left; fork -> told; left -> join; told -> counted;"
    " counted -> join; join -> last; last -> done",
    id="worked",
)
ONCE = ("begin", "first", "pause", "left", "told", "counted", "last", "done")
"""Elements that every finished instance has been at, once each."""
SAFE = {"fsync": "off", "full_page_writes": "off"}
"""No commit is lost when processes are killed; only the fall of the whole machine would need more."""
WHOM = ("web", "worker", "database")
AGAIN = frozenset({"idempotency_in_progress", "database_away", "too_many_requests"})


class Refused(AssertionError):
    """An answer that no kill excuses."""


@dataclass
class Site:
    """A database server, and processes of the product on it that are started again when they are killed."""

    place: Premises
    server: Embedded
    url: str
    settings: dict[str, str] = field(default_factory=dict)
    token: str = ""
    web: Product | None = None
    workers: list[Product] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start_web(self) -> None:
        self.web = self.place.start("web", "--port", str(self.place.port), DATABASE_URL=self.url, **self.settings)

    def tend(self) -> None:
        """Starts again whatever has ended."""
        if self.web is None or self.web.process.poll() is not None:
            self.start_web()
        self.workers = [worker for worker in self.workers if worker.process.poll() is None]
        while len(self.workers) < 2:
            self.workers.append(self.place.start("worker", DATABASE_URL=self.url, **self.settings))

    def address(self) -> str:
        """Where a client asks."""
        return f"http://127.0.0.1:{self.place.port}"

    def is_ready(self) -> bool:
        self.tend()
        return status(self.place.port, "/api/v1/ready") == 200

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.address()}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            told = error.read()
            try:
                return error.code, json.loads(told)
            except ValueError:
                return error.code, {"code": told.decode(errors="replace")[:200]}
        except (OSError, ValueError):
            return 0, {}
        except Exception as error:
            if type(error).__module__ == "http.client":
                return 0, {}
            raise

    def surely(self, method: str, path: str, body: Any = None) -> Any:
        """Asks until it is answered, with one idempotency key."""
        key = uuid.uuid4().hex if method == "POST" else ""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            code, answer = self.ask(method, path, body, key)
            if 200 <= code < 300:
                return answer
            if code and code < 500 and answer.get("code") not in AGAIN:
                raise Refused(f"{method} {path}: {code} {answer}")
            time.sleep(0.1)
        raise Refused(f"{method} {path} was not answered in {PATIENCE} s")


Made = TypeVar("Made", bound=Site)


@dataclass
class Client:
    """Plays one instance after another, each on a deal of its own; `acknowledged` are the steps it was told of."""

    site: Site
    number: int
    acknowledged: dict[int, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def run(self) -> None:
        try:
            while not self.site.stopping.is_set():
                self.play()
        except Exception as error:
            self.faults.append(f"client {self.number}: {type(error).__name__}: {error}")

    def play(self) -> None:
        site = self.site
        account = site.surely("POST", "/accounts", {"name": uuid.uuid4().hex})["id"]
        deal = site.surely("POST", "/deals", {"title": "Machines", "account_id": account})["id"]
        body = {"definition_key": "worked", "subject": {"type": "deal", "id": deal}}
        instance = site.surely("POST", "/process-instances", body)["id"]
        done = self.acknowledged.setdefault(instance, {"begin"})
        self.complete(instance, "first", done)
        receiver = {"instance_id": instance} if self.number % 2 else {"business_key": f"deal:{deal}"}
        site.surely("POST", "/messages", {"name": "go", "keep_for": "PT1H", **receiver})
        done.add("told")
        self.complete(instance, "left", done)
        self.complete(instance, "last", done)

    def complete(self, instance: int, element: str, done: set[str]) -> None:
        found: list[Any] = []

        def is_open() -> bool:
            found[:] = self.site.surely("GET", f"/tasks?instance_id={instance}&element_id={element}")["items"]
            return bool(found)

        if not eventually(is_open):
            raise Refused(f"{element} of {instance} never opened")
        self.site.surely("POST", f"/tasks/{found[0]['id']}/complete", {"variables": {f"did_{element}": self.number}})
        done.add(element)


@dataclass
class Reckoning:
    """What the kills have come to."""

    kills: Counter[str]
    instances: int
    steps: int
    faults: list[str]


@contextmanager
def site(make: Callable[[Premises, Embedded, str], Made]) -> Iterator[Made]:
    with premises() as place:
        server = Embedded(place.data / "postgresql", settings=SAFE)
        server.start()
        made = make(place, server, server.url().replace("+psycopg", ""))
        try:
            assert place.run("migrate", DATABASE_URL=made.url).returncode == 0
            _deploy_shipped(server)
            (place.folder / "worked.bpmn").write_bytes(WORK)
            deployed = place.run("deploy", "worked.bpmn", DATABASE_URL=made.url)
            assert deployed.returncode == 0, deployed.stderr
            user = place.run("user", "create", "boss", "--role", "administrator", DATABASE_URL=made.url)
            password = user.stdout.split()[-1]
            assert eventually(made.is_ready)
            made.token = made.surely("POST", "/auth/token", {"username": "boss", "password": password})["token"]
            yield made
        finally:
            for product in place.products:
                if product.process.poll() is None:
                    product.end(signal.SIGKILL)
            eventually(lambda: _is_started(server), 30)
            server.stop()


def _deploy_shipped(server: Embedded) -> None:
    """What `serve` does at its first start, and `check` asks for."""
    database = Database(server.url(), pool_size=1)
    with database.transaction() as session:
        catalogue.deploy_shipped(Context(session, SYSTEM))
    database.close()


def battle(site: Site, kills: int, seed: int, *, clients: int = 3) -> Reckoning:
    """Kills at random moments while clients work, lets them finish, and counts everything."""
    choose = random.Random(seed)

    return trouble(site, kills, choose, lambda number: kill_one(site, number, choose), clients=clients)


def kill_one(site: Site, number: int, choose: random.Random) -> str:
    """Kills something, everything in turn at first, and waits until the product is back; says what it was."""
    whom = choose.choice(WHOM) if number >= len(WHOM) else WHOM[number]
    _kill(site, whom, choose)
    assert eventually(site.is_ready), "it did not come back"
    return whom


def trouble(site: Site, times: int, choose: random.Random, act: Callable[[int], str], *, clients: int = 3) -> Reckoning:
    """Lets something happen at random moments while clients work, lets them finish, and counts everything. `act` is told
    which time it is, and says what it did."""
    people = [Client(site, number) for number in range(clients)]
    threads = [threading.Thread(target=client.run, daemon=True) for client in people]
    for thread in threads:
        thread.start()
    done: Counter[str] = Counter()
    for number in range(times):
        time.sleep(choose.uniform(0.3, 1.5))
        done[act(number)] += 1
    site.stopping.set()
    for thread in threads:
        thread.join(2 * PATIENCE)
    faults = [fault for client in people for fault in client.faults]
    acknowledged = {number: steps for client in people for number, steps in client.acknowledged.items()}
    let_leases_run_out(site)
    faults += [*_reckon(site, acknowledged), *finish(site)]
    return Reckoning(done, len(acknowledged), sum(map(len, acknowledged.values())), faults)


def _kill(site: Site, whom: str, choose: random.Random) -> None:
    if whom == "database":
        pid = int((site.server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: _is_started(site.server)), "the database did not start again"
    elif whom == "worker":
        choose.choice(site.workers).end(signal.SIGKILL)
    else:
        assert site.web is not None
        site.web.end(signal.SIGKILL)
    let_leases_run_out(site)


def _is_started(server: Embedded) -> bool:
    try:
        server.start()
    except (EmbeddedError, psycopg.Error, subprocess.SubprocessError):
        return False
    return True


def let_leases_run_out(site: Site) -> None:
    """As if the minutes had passed after which another worker takes what a dead one had taken."""
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("UPDATE job SET locked_until = now() - interval '1 second' WHERE locked_until > now()")


def _reckon(site: Site, acknowledged: dict[int, set[str]]) -> list[str]:
    faults: list[str] = []
    with psycopg.connect(site.url) as connection:
        entries = connection.execute("SELECT instance_id, element_id, outcome FROM history_entry").fetchall()
        rows = connection.execute("SELECT id, state FROM process_instance WHERE definition_key = 'worked'").fetchall()
        tasks = connection.execute("SELECT instance_id, element_id, count(*) FROM user_task GROUP BY 1, 2").fetchall()
        jobs = connection.execute("SELECT count(*) FROM job").fetchone()
    states: dict[int, str] = dict(rows)
    been = Counter((instance, element) for instance, element, outcome in entries if outcome == "completed")
    for instance, steps in acknowledged.items():
        faults += [f"{step} of {instance} is lost" for step in steps if been[instance, step] == 0]
        if states.get(instance) == "completed":
            faults += [f"{e} of {instance} was done {been[instance, e]} times" for e in ONCE if been[instance, e] != 1]
        else:
            faults.append(f"{instance} is {states.get(instance)}")
    faults += [f"{element} of {instance} was opened {times} times" for instance, element, times in tasks if times > 1]
    faults += [f"{instance} was started and nobody asked for it" for instance in states.keys() - acknowledged.keys()]
    if jobs and jobs[0]:
        faults.append(f"{jobs[0]} jobs are left")
    return faults


def finish(site: Site) -> list[str]:
    """Whatever hangs, stands at another stage than its process, or is found by `check`."""
    faults: list[str] = []
    database = Database(site.server.url())
    with database.read_only(snapshot=True) as session:
        faults += [f"hangs: {found}" for found in sweep.stuck(session)]
        faults += [f"drift: {found}" for found in stage_drift.drifts(session)]
    database.close()
    checked = site.place.run("check", DATABASE_URL=site.url)
    if checked.stdout != "All is well.\n":
        faults.append(f"check: {checked.stdout}{checked.stderr}")
    return faults
