"""Completions over HTTP: a real web process, the API, JSON both ways."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.diagrams import w2
from benchmarks.measuring import Measured
from benchmarks.report import Gate, Row, Section
from benchmarks.runners import Product
from benchmarks.site import Site
from crm_model import auth
from kernel.context import Context, system_clock

INSTANCES = 20
PATIENCE = 60
RUNS = ((1, 1), (1, 8), (2, 8))
"""(web processes, clients)"""


def run(site: Site) -> Section:
    definition_id = site.kitchen.deploy(w2())
    rows = []
    for processes, clients in RUNS:
        tasks = [_start(site, definition_id) for _ in range(max(clients, site.many(INSTANCES)))]
        site.settle()
        with web(site, processes) as (port, pids):
            begun = time.perf_counter()
            measured = _complete_all(site, port, tasks, clients)
            rate = measured.steps / (time.perf_counter() - begun)
            used = sum(memory(pid) for pid in pids())
        name = f"{clients} client{'s' * (clients > 1)}, {processes} web process{'es' * (processes > 1)}"
        p95 = measured.p95 * 1000
        told = f"{p95:.1f} ms, median {measured.median * 1000:.1f} ms, {rate:.0f} a second"
        gate = Gate(10, "ms") if clients == 1 else None
        rows += [
            Row(
                f"Completion, {name}, p95",
                told,
                p95,
                gate,
            ),
            Row(f"Memory afterwards, {name}", f"{used / 1024**2:.0f} MB"),
        ]
    title = f"Over HTTP (W2, {len(w2().steps)} tasks an instance)"
    return Section(title, tuple(rows), "The answer holds the task, the instance, the deal and what is next.")


def _start(site: Site, definition_id: int) -> int:
    return Product(site.kitchen, definition_id).start()


def _complete_all(site: Site, port: int, tasks: list[int], clients: int) -> Measured:
    """Every client walks its share of the instances to the end."""
    with site.database.transaction() as session:
        token, _ = auth.issue_token(Context(session, site.kitchen.actor, system_clock))
    shares = [tasks[number::clients] for number in range(clients)]
    measured = Measured("http")
    with ThreadPoolExecutor(clients) as pool:
        for latencies in pool.map(lambda share: _walk(port, token, share), shares):
            measured.latencies += latencies
    return measured


def _walk(port: int, token: str, tasks: list[int]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    latencies = []
    for task in tasks:
        for _, variables in w2().steps:
            begun = time.perf_counter()
            connection.request("POST", f"/api/v1/tasks/{task}/complete", json.dumps({"variables": variables}), headers)
            answer = connection.getresponse()
            told = answer.read()
            latencies.append(time.perf_counter() - begun)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {told[:500]!r}")
            following = json.loads(told)["next_tasks"]
            task = following[0]["id"] if following else 0
    return latencies


@contextmanager
def web(site: Site, processes: int) -> Iterator[tuple[int, Callable[[], list[int]]]]:
    """The product's web processes on a free port, and their process ids."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with process(site, "web", "--port", str(port), "--web-processes", str(processes)) as pid:
        _until_ready(port)
        yield port, lambda: _tree(pid)


@contextmanager
def process(site: Site, *command: str) -> Iterator[int]:
    """A process of the product on the site's database, as long as the block."""
    environment = {**os.environ, "DATABASE_URL": site.url}
    started = subprocess.Popen([sys.executable, "-m", "server.cli", *command], env=environment, start_new_session=True)
    try:
        yield started.pid
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait()


def _until_ready(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the web process is not ready")


def _tree(pid: int) -> list[int]:
    found = [pid]
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += _tree(int(child))
    return found


def memory(pid: int) -> int:
    """Bytes that are this process's share: pages shared by several are divided among them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
