"""Two houses, each with web and worker, on one database: one of them is stopped or cut off for a while, and returns.

With separate addresses the houses are network namespaces, and a cut is silent, as that of a real cable; otherwise their
connections are carried by this process, and a cut ends them.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

import psycopg

from server.embedded import Embedded
from tests.proofs.cables import Cable
from tests.proofs.kills import Reckoning, Site, let_leases_run_out, site, trouble
from tests.server.test_serving import Premises, Product, eventually, free_port

IMPATIENT = (
    "?connect_timeout=2&tcp_user_timeout=1000&keepalives_idle=1&keepalives_interval=1&keepalives_count=1&options="
    + quote(
        "-c idle_in_transaction_session_timeout=1s -c lock_timeout=2s -c tcp_user_timeout=1s"
        " -c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=1"
    )
)
"""All limits as short as the proof is."""
LONGEST = 4.0
"""Seconds for which a house is away: longer than those limits."""
numbers = count()


class Apart:
    """Keeps a house apart by a cable of ours."""

    host = "127.0.0.1"
    through: tuple[str, ...] = ()

    def __init__(self, server: Embedded) -> None:
        self.cable = Cable(server)
        self.url = self.cable.url("procession", IMPATIENT)
        self.cut, self.mend = self.cable.cut, self.cable.mend

    def close(self) -> None:
        self.cable.cut()


class Namespace:
    """A network namespace with one cable to the database. Raises CalledProcessError where we may make none."""

    def __init__(self, server: Embedded) -> None:
        self.name = f"house{os.getpid()}x{next(numbers)}"
        self.near = f"h{os.getpid() % 100000}x{next(numbers)}"
        net = f"10.{200 + os.getpid() % 50}.{next(numbers)}"
        self.ours, self.host = f"{net}.1", f"{net}.2"
        self.through = ("ip", "netns", "exec", self.name)
        _ip("netns", "add", self.name)
        _ip("link", "add", self.near, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        _ip("addr", "add", f"{self.ours}/30", "dev", self.near)
        _ip("link", "set", self.near, "up")
        for words in (("addr", "add", f"{self.host}/30", "dev", "eth0"), ("link", "set", "eth0", "up"),
                      ("link", "set", "lo", "up")):  # fmt: skip
            _ip("-n", self.name, *words)
        password = quote((server.home / "password").read_text().strip())
        self.url = f"postgresql://procession:{password}@{self.ours}:5432/procession{IMPATIENT}"

    def cut(self) -> None:
        _ip("link", "set", self.near, "down")

    def mend(self) -> None:
        _ip("link", "set", self.near, "up")

    def close(self) -> None:
        with suppress(subprocess.CalledProcessError):
            _ip("netns", "del", self.name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def may_make_namespaces() -> bool:
    name = f"try{os.getpid()}"
    try:
        _ip("netns", "add", name)
        _ip("netns", "del", name)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@dataclass
class House:
    """A web process and a worker behind one line."""

    line: Apart | Namespace
    port: int = field(default_factory=free_port)
    products: dict[str, Product] = field(default_factory=dict)

    def tend(self, place: Premises) -> None:
        flags = {"web": ("--host", self.line.host, "--port", str(self.port)), "worker": ()}
        for name, arguments in flags.items():
            running = self.products.get(name)
            if running is None or running.process.poll() is not None:
                started = place.start(name, *arguments, through=self.line.through, DATABASE_URL=self.line.url)
                self.products[name] = started

    def signal(self, name: str, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.products[name].process.pid, number)


@dataclass
class Town(Site):
    """A site whose clients ask one house, then the other."""

    houses: list[House] = field(default_factory=list)
    asked: Iterator[int] = field(default_factory=count)

    def tend(self) -> None:
        for house in self.houses:
            house.tend(self.place)

    def address(self) -> str:
        house = self.houses[next(self.asked) % len(self.houses)]
        return f"http://{house.line.host}:{house.port}"

    def is_ready(self) -> bool:
        self.tend()
        return all(self.ask("GET", "/ready")[0] == 200 for _ in self.houses)


@contextmanager
def town(*, separate: bool = False, houses: int = 2) -> Iterator[Town]:
    with ExitStack() as stack:

        def settle(place: Premises, server: Embedded, url: str) -> Town:
            lines: list[Apart | Namespace] = []
            for _ in range(houses):
                line = Namespace(server) if separate else Apart(server)
                stack.callback(line.close)
                lines.append(line)
            if separate:
                _listen(server, [line.ours for line in lines if isinstance(line, Namespace)])
            return Town(place, server, url, houses=[House(line) for line in lines])

        yield stack.enter_context(site(settle))


def _listen(server: Embedded, addresses: list[str]) -> None:
    """The database takes connections from the houses too."""
    with (server.data / "pg_hba.conf").open("a") as rules:
        rules.writelines(f"host all all {address}/30 scram-sha-256\n" for address in addresses)
    server.settings["listen_addresses"] = ",".join(addresses)
    server.stop()
    server.start()


def absences(made: Town, times: int, seed: int) -> Reckoning:
    """Houses, or one process of theirs, are away past every limit and every lease, and return."""
    choose = random.Random(seed)
    ways = ("cut", "stopped worker", "stopped web")

    def be_away(number: int) -> str:
        house = made.houses[number % len(made.houses)]
        way = ways[number] if number < len(ways) else choose.choice(ways)
        name = way.rpartition(" ")[2]
        if way == "cut":
            house.line.cut()
        else:
            house.signal(name, signal.SIGSTOP)
        time.sleep(choose.uniform(0.5, LONGEST))
        let_leases_run_out(made)
        time.sleep(choose.uniform(0.1, 1.0))
        if way == "cut":
            house.line.mend()
        else:
            house.signal(name, signal.SIGCONT)
        assert eventually(made.is_ready), f"{way}: it did not come back"
        return way

    came = trouble(made, times, choose, be_away)
    with psycopg.connect(made.url) as connection:
        held = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND xact_start < now() - interval '5 s'"
        ).fetchone()
    if held and held[0]:
        came.faults.append(f"{held[0]} transactions are held")
    return came
