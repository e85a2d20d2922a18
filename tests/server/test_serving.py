"""The product as real processes: starts, serves, is killed, loses its database, and leaves nothing behind."""

import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

import psycopg
import pytest

from server.embedded import Embedded
from tests.conftest import FAST
from tests.support.diagrams import diagram, node, timer
from tests.support.processes import Started

ROOT = Path(__file__).parents[2]
PROCESSION = [sys.executable, "-m", "server.cli"]
PATIENCE = 120
pytestmark = pytest.mark.xdist_group("serving")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return bool(holds())


def environment(**values: str) -> dict[str, str]:
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("PROCESSION_") and n != "DATABASE_URL"}
    return {**inherited, "PYTHONPATH": str(ROOT), **values}


@dataclass
class Answer:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


def get(port: int, path: str, **headers: str) -> Answer | None:
    """None where nobody listens."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return Answer(answer.status, answer.read().decode(), lower(answer.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode(), lower(error.headers))
    except OSError:
        return None


def lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def status(port: int, path: str) -> int | None:
    answer = get(port, path)
    return answer.status if answer else None


@dataclass
class Product:
    """A command of ours that runs on its own; what it prints is kept."""

    process: Started | subprocess.Popen[bytes]
    output: Path
    errors: Path

    def said(self) -> str:
        return self.output.read_text()

    def logged(self) -> str:
        return self.errors.read_text()

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@dataclass
class Premises:
    """A folder with its own database and port, and everything that was started there."""

    folder: Path
    port: int = field(default_factory=free_port)
    products: list[Product] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self, *arguments: str, through: tuple[str, ...] = (), **values: str) -> Product:
        """`through` is a command that runs another one in surroundings of its own."""
        self.products.append(self._started(arguments, through, environment(**values)))
        return self.products[-1]

    def _started(self, arguments: tuple[str, ...], through: tuple[str, ...], values: dict[str, str]) -> Product:
        number = next(self.numbers)
        output, errors = self.folder / f"{number}.out", self.folder / f"{number}.err"
        output.touch()
        if not through:
            return Product(Started(arguments, self.folder, values, output, errors), output, errors)
        with output.open("wb") as out, errors.open("wb") as err:
            process = subprocess.Popen(
                [*through, *PROCESSION, *arguments], cwd=self.folder, env=values, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
        return Product(process, output, errors)

    def serve(self, through: tuple[str, ...] = ()) -> Product:
        started = self.start("serve", "--port", str(self.port), "--data", str(self.data), through=through)
        assert eventually(lambda: "ready at" in started.said() or started.process.poll() is not None)
        assert started.process.poll() is None, started.logged()
        return started

    def running(self) -> Product:
        """The product at work: as it is, or started again after a test that ended it."""
        return self.products[-1] if self.products and self.products[-1].process.poll() is None else self.serve()

    def rest(self) -> None:
        if self.products and self.products[-1].process.poll() is None:
            self.products[-1].end()

    def run(self, *arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
        ran = self._started(arguments, (), environment(PROCESSION_DATA=str(self.data), **values))
        code = ran.process.wait(PATIENCE)
        return subprocess.CompletedProcess(arguments, code, ran.said(), ran.logged())

    def left(self) -> list[str]:
        """Processes that belong to this place: they were started for it or work in it."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                told += os.fsencode((process / "cwd").readlink())
                if str(self.folder).encode() in told and "\nState:\tZ" not in (process / "status").read_text():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def is_clean(self) -> bool:
        return self.left() == [] and get(self.port, "/login") is None


@contextmanager
def premises() -> Iterator[Premises]:
    folder = Path(tempfile.mkdtemp(prefix="procession-serving-"))
    folder.chmod(0o755)
    made = Premises(folder)
    try:
        yield made
    finally:
        for product in made.products:
            if product.process.poll() is None:
                product.end()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def place() -> Iterator[Premises]:
    """Shared by the tests of `serve`: only the first start makes a database."""
    with premises() as made:
        made.serve(through=("env",))  # a process from its very beginning, as people start it
        yield made


def test_the_first_start_serves_pages_and_names_the_administrator(place: Premises) -> None:
    product = place.products[0]
    place.running()
    assert status(place.port, "/login") == 200
    assert status(place.port, "/api/v1/ready") == 200
    password = re.search(r"Sign in as admin with the password (\S+)\. ", product.said())
    assert password is not None
    body = json.dumps({"username": "admin", "password": password[1]}).encode()
    asked = urllib.request.Request(
        f"http://127.0.0.1:{place.port}/api/v1/auth/token", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as answer:
        token = json.loads(answer.read())["token"]
    definitions = get(place.port, "/api/v1/process-definitions?limit=50", Authorization=f"Bearer {token}")
    assert definitions is not None
    assert "corporate_sale" in definitions.body


def test_a_second_serve_on_the_port_says_so_and_leaves_the_first_alone(place: Premises) -> None:
    place.running()
    refused = place.run("serve", "--port", str(place.port))
    assert refused.returncode == 1
    assert f"Port {place.port} of 127.0.0.1 is taken" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert status(place.port, "/login") == 200


def test_commands_work_beside_the_running_product(place: Premises) -> None:
    place.running()
    assert place.run("check").stdout == "All is well.\n"
    made = place.run("user", "create", "anna", "--role", "manager")
    assert re.fullmatch(r"anna made, password \S+\n", made.stdout)
    assert place.run("backup", "copy.zip").returncode == 0
    refused = place.run("restore", "copy.zip", "--force")
    assert "Procession is running" in refused.stderr
    assert status(place.port, "/api/v1/ready") == 200


def test_what_dies_is_started_again(place: Premises) -> None:
    product = place.running()

    def children() -> dict[str, int]:
        listed = subprocess.run(["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True).stdout
        parent = str(product.process.pid)
        lines = [line.split(None, 2) for line in listed.splitlines()]
        return {name: int(pid) for pid, ppid, name in lines if ppid == parent and name in ("web", "worker")}

    before = children()
    assert set(before) == {"web", "worker"}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    assert eventually(
        lambda: set(children()) == {"web", "worker"} and not set(children().values()) & set(before.values())
    )
    assert eventually(lambda: status(place.port, "/login") == 200)


def test_control_c_leaves_nothing_behind(place: Premises) -> None:
    product = place.running()
    assert product.end(signal.SIGINT) == 0
    assert eventually(place.is_clean, 20), place.left()
    assert "Traceback" not in product.logged()


def test_commands_work_while_the_product_does_not_run(place: Premises) -> None:
    place.rest()
    assert place.run("check").stdout == "All is well.\n"
    assert place.left() == []


def test_the_second_start_keeps_everything_and_a_killed_serve_leaves_nothing_behind(place: Premises) -> None:
    place.rest()
    product = place.serve()
    assert "password" not in product.said()
    assert status(place.port, "/login") == 200
    product.end(signal.SIGKILL)
    assert eventually(place.is_clean, 40), place.left()


def test_it_starts_again_after_it_was_killed(place: Premises) -> None:
    place.running().end(signal.SIGKILL)
    assert eventually(place.is_clean, 40), place.left()
    product = place.serve()
    assert status(place.port, "/login") == 200
    assert product.end(signal.SIGTERM) == 0
    assert eventually(place.is_clean, 20), place.left()


def test_a_stop_in_the_middle_of_the_first_start_leaves_nothing_behind() -> None:
    with premises() as place:
        product = place.start("serve", "--demo", "--port", str(place.port), "--data", str(place.data))
        assert eventually((place.data / "postgresql" / "data" / "PG_VERSION").exists)
        product.process.send_signal(signal.SIGINT)
        product.process.wait(PATIENCE)
        assert eventually(place.is_clean, 40), place.left()


@pytest.fixture(scope="module")
def apart() -> Iterator[tuple[Premises, Embedded, str]]:
    """A database server beside the product, and a `web` and a `worker` on it."""
    with premises() as place:
        server = Embedded(place.data / "postgresql", settings=FAST)
        server.start()
        url = server.url().replace("+psycopg", "")
        assert place.run("migrate", DATABASE_URL=url).returncode == 0
        place.start("web", "--port", str(place.port), DATABASE_URL=url)
        place.start("worker", DATABASE_URL=url)
        assert eventually(lambda: status(place.port, "/api/v1/ready") == 200), place.products[0].logged()
        yield place, server, url
        for product in place.products:
            product.end()
        server.stop()


Apart = tuple[Premises, Embedded, str]


def test_web_and_worker_share_a_database(apart: Apart) -> None:
    place, _, url = apart
    rest = node("start", "begin") + node("catch", "rest", timer("duration", "PT1S")) + node("end", "done")
    (place.folder / "rest.bpmn").write_bytes(diagram(rest, "begin -> rest; rest -> done", id="resting"))
    deployed = place.run("deploy", "rest.bpmn", DATABASE_URL=url)
    assert deployed.stdout == "resting version 1 published\n", deployed.stderr
    password = place.run("user", "create", "boss", "--role", "administrator", DATABASE_URL=url).stdout.split()[-1]

    def ask(path: str, body: dict[str, object], **headers: str) -> dict[str, object]:
        data = json.dumps(body).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{place.port}/api/v1{path}", data, {"Content-Type": "application/json", **headers}
        )
        with urllib.request.urlopen(asked) as answer:
            return dict(json.loads(answer.read()))

    token = ask("/auth/token", {"username": "boss", "password": password})["token"]
    started = ask("/process-instances", {"definition_key": "resting"}, Authorization=f"Bearer {token}")

    def state() -> str:
        found = get(place.port, f"/api/v1/process-instances/{started['id']}", Authorization=f"Bearer {token}")
        return json.loads(found.body)["state"] if found and found.status == 200 else ""

    assert eventually(lambda: state() == "completed")


def test_a_diagram_with_errors_is_not_deployed(apart: Apart) -> None:
    place, _, url = apart
    (place.folder / "bad.bpmn").write_bytes(
        diagram(node("start", "begin") + node("end", "bad"), "begin -> bad", id="bad")
    )
    refused = place.run("deploy", "bad.bpmn", DATABASE_URL=url)
    assert refused.returncode == 1
    assert re.search(r"^bad\.bpmn:\d+ .*: ", refused.stderr, re.MULTILINE)
    assert "Traceback" not in refused.stderr


def test_while_the_database_is_away_it_answers_503_and_then_goes_on(apart: Apart) -> None:
    place, server, _ = apart
    server.stop()
    away = get(place.port, "/api/v1/ready")
    assert away is not None
    assert away.status == 503
    assert away.headers["retry-after"] == "3"
    assert json.loads(away.body)["code"] == "database_away"
    page = get(place.port, "/login", **{"Accept-Language": "ru"})
    assert page is not None
    assert page.status == 503
    assert "<html" in page.body
    assert status(place.port, "/api/v1/health") == 200
    server.start()
    assert eventually(lambda: status(place.port, "/api/v1/ready") == 200)
    assert status(place.port, "/login") == 200
    assert all(product.process.poll() is None for product in place.products)


@pytest.mark.parametrize("command", ["web", "worker"])
def test_web_and_worker_alone_ask_for_a_database(tmp_path: Path, command: str) -> None:
    with premises() as place:
        refused = place.run(command)
    assert refused.returncode == 1
    assert "DATABASE_URL is not set" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("arguments", [["check"], ["migrate"], ["serve"], ["backup", "x.zip"], ["user", "create", "x"]])
def test_a_database_that_cannot_be_reached_is_told_in_words(arguments: list[str]) -> None:
    with premises() as place:
        port = str(free_port())
        values = {"DATABASE_URL": f"postgresql://u:secret@127.0.0.1:{port}/x", "PROCESSION_PORT": str(place.port)}
        refused = place.run(*arguments, **values)
    assert refused.returncode == 1
    told = refused.stdout + refused.stderr
    assert "Connection refused" in told
    assert "Traceback" not in told
    assert "secret" not in told


def test_a_server_of_our_own_can_be_looked_into(apart: Apart) -> None:
    _, _, url = apart
    with psycopg.connect(url, autocommit=True) as connection:

        def names() -> set[str]:
            found = connection.execute("SELECT DISTINCT application_name FROM pg_stat_activity").fetchall()
            return {name for (name,) in found}

        assert eventually(lambda: {"procession", "procession worker"} <= names()), names()
