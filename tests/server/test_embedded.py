"""The embedded PostgreSQL: starts once however many ask, comes back after a crash, leaves nothing behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from server.embedded import Embedded, EmbeddedError
from tests.conftest import FAST

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("embedded")


@contextmanager
def folder() -> Iterator[Path]:
    """A place that the database's user can reach; as root that is somebody else, who cannot look into pytest's."""
    made = Path(tempfile.mkdtemp(prefix="procession-embedded-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def place() -> Iterator[Path]:
    with folder() as made:
        yield made


@pytest.fixture(scope="module")
def server() -> Iterator[Embedded]:
    with folder() as made:
        embedded = Embedded(made / "pg")
        embedded.start()
        yield embedded
        embedded.stop()


def connect(server: Embedded) -> psycopg.Connection:
    return psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True)


def ask(server: Embedded, query: str) -> object:
    with connect(server) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None


def postmaster(server: Embedded) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


def exists(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_it_answers_with_a_version_that_we_support(server: Embedded) -> None:
    assert int(str(ask(server, "SHOW server_version_num"))) >= 150000


def test_it_knows_russian_letters(server: Embedded) -> None:
    assert ask(server, "SELECT lower('ЁЖ') || (SELECT 'Привет' ILIKE 'прив%')") == "ёжtrue"


def test_nobody_else_can_reach_it(server: Embedded) -> None:
    assert ask(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.socket_directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.home / "password").stat().st_mode) == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://procession:wrong@/procession?host={server.socket_directory}")


def test_starting_what_runs_changes_nothing(server: Embedded) -> None:
    before = postmaster(server)
    Embedded(server.home).start()
    assert postmaster(server) == before


def test_data_outlive_a_stop(server: Embedded) -> None:
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    assert not server.is_running()
    server.start()
    assert ask(server, "SELECT number FROM kept") == 7


def test_it_recovers_after_it_was_killed(server: Embedded) -> None:
    with connect(server) as connection:
        connection.execute("CREATE TABLE committed AS SELECT 8 AS number")
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not exists(pid))
    Embedded(server.home).start()
    assert postmaster(server) != pid
    assert ask(server, "SELECT number FROM committed") == 8


def test_several_first_starts_at_once_make_one_server(place: Path) -> None:
    home = place / "pg"
    failures: list[Exception] = []

    def start() -> None:
        try:
            Embedded(home, settings=FAST).start()
        except Exception as error:
            failures.append(error)

    starts = [threading.Thread(target=start) for _ in range(4)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    server = Embedded(home)
    assert failures == []
    assert ask(server, "SELECT 1") == 1
    server.stop()


def test_a_very_long_path_works(place: Path) -> None:
    server = Embedded(place / ("long" * 20) / ("way" * 20) / "pg", settings=FAST)
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.stop()
    server.socket_directory.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as somebody else")
def test_root_may_keep_data_where_nobody_else_can_look(place: Path) -> None:
    private = place / "private"
    private.mkdir(mode=0o700)
    server = Embedded(private / "pg", settings=FAST)
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.stop()
    again = Embedded(private / "pg", settings=FAST)
    assert again.home == server.home
    again.start()
    assert ask(again, "SELECT 1") == 1
    again.stop()
    shutil.rmtree(again.home)


def test_an_interrupted_first_start_is_begun_again(place: Path) -> None:
    server = Embedded(place / "pg", settings=FAST)
    server.home.mkdir()
    server.data.mkdir()
    (server.data / "base").mkdir()
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.stop()


def test_a_damaged_cluster_is_told_with_the_end_of_its_log(place: Path) -> None:
    server = Embedded(place / "pg", settings=FAST)
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match=r"did not start[\s\S]*pg_control"):
        server.start()


def test_it_ends_with_the_process_that_started_it_however_that_ends(server: Embedded, place: Path) -> None:
    program = """
import sys, time
from pathlib import Path
from server.embedded import Embedded, stop_with_this_process
server = Embedded(Path(sys.argv[1]))
watcher = stop_with_this_process(server)
server.start()
print("started", flush=True)
time.sleep(600)
"""
    home = place / "pg"
    started = subprocess.Popen(
        [sys.executable, "-c", program, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "started\n"
    pid = postmaster(Embedded(home))
    started.send_signal(signal.SIGKILL)
    started.wait()
    assert eventually(lambda: not exists(pid))
