"""W3: thousands of timers due at the same moment, done by the worker's own loop."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.synchronize import Barrier, Event

from benchmarks.diagrams import reminder
from benchmarks.report import Gate, Row, Section
from benchmarks.runners import Engine, Kitchen
from benchmarks.site import Site
from engine import jobs
from engine.ports import Ports
from kernel.context import system_clock
from kernel.db import Database
from processes.engine_room import PORTS

TIMERS = 10_000
RUNS = ((False, 1), (False, 2), (True, 1), (True, 2))
"""(with the customer record, workers)"""


def run(site: Site) -> Section:
    rows = tuple(_row(site, is_product=is_product, workers=workers) for is_product, workers in RUNS)
    return Section("Timers (W3)", rows, "Each fires, ends its wait and opens a task.")


def _row(site: Site, *, is_product: bool, workers: int) -> Row:
    number = site.many(TIMERS)
    _arm(site.kitchen, number)
    site.settle()
    taken = _race(site.url, is_product, workers)
    name = (
        f"{number} timers due at once, {'product' if is_product else 'engine'}, {workers} worker{'s' * (workers > 1)}"
    )
    return Row(name, f"{taken:.2f} s, {number / taken:.0f} a second", taken, Gate(3, "s"))


def _arm(kitchen: Kitchen, number: int) -> None:
    """Instances that wait for a timer, which is due from now on."""
    runner = Engine(kitchen, kitchen.deploy(reminder()))
    for _ in range(number):
        runner.start()
    with kitchen.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE job SET due = now() - interval '1 second'")


def _race(url: str, is_product: bool, workers: int) -> float:
    """Seconds from the moment all workers are ready to the last timer."""
    context = multiprocessing.get_context("spawn")
    ready, begin = context.Barrier(workers + 1), context.Event()
    started = [context.Process(target=_work, args=(url, is_product, ready, begin)) for _ in range(workers)]
    for process in started:
        process.start()
    ready.wait()
    begun = time.perf_counter()
    begin.set()
    for process in started:
        process.join()
    return time.perf_counter() - begun


def _work(url: str, is_product: bool, ready: Barrier, begin: Event) -> None:
    """What a worker process does, until nothing is due."""
    database = Database(url, pool_size=2)
    ports = PORTS if is_product else Ports()
    with database.read_only() as session:
        session.connection()
    ready.wait()
    begin.wait()
    while jobs.run_batch(database, ports, system_clock, f"benchmark:{os.getpid()}"):
        pass
    database.close()
