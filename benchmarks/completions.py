"""Completions of W1 and W2 beside the floor, what they say to the database, and what a long life costs."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import runners
from benchmarks.diagrams import Workload, round_trip, w1, w2
from benchmarks.floor import TABLES as FLOOR_TABLES
from benchmarks.floor import Floor
from benchmarks.measuring import Measured, Meter, Ratio, paired, together
from benchmarks.report import Gate, Row, Section
from benchmarks.runners import Engine, Product, Runner
from benchmarks.site import Site
from benchmarks.statements import of_one

SEED = 7
BLOCKS = 6
STEPS = 600
"""Completions in a block."""
LIFE = 300
ENDS = 10
MILLI = 1000


def run(site: Site) -> Section:
    rows: list[Row] = []
    for workload in (w1(), w2()):
        definition_id = site.kitchen.deploy(workload)
        instances = max(2, site.many(STEPS) // len(workload.steps))
        engine, product = Engine(site.kitchen, definition_id), Product(site.kitchen, definition_id)
        rows += _beside_the_floor(site, workload, engine, instances, Gate(2.0))
        rows += _beside_the_floor(site, workload, product, instances, None)
        rows += [_statements(site, workload, engine), _statements(site, workload, product, Gate(12))]
    rows.append(_growth(site))
    return Section(
        "Completing a task",
        tuple(rows),
        "The floor is what a careful programmer would write by hand: lock the instance, update it and the task, insert the"
        " next task and two rows of history, commit. “Engine” is the engine with its own history; “product” is what the"
        " button does: rights, the deal and its stage, who sees it, and the answer with what is next.",
    )


def _beside_the_floor(site: Site, workload: Workload, runner: Runner, instances: int, gate: Gate | None) -> list[Row]:
    name = f"{workload.name} {type(runner).__name__.lower()}"
    site.settle()
    block(site.meter, name, workload, runner, 2)
    by_hand(site.meter, workload, site.floor, 2)
    before = [site.meter.bytes_of(tables) for tables in (runners.TABLES, FLOOR_TABLES)]
    floors, ours = paired(
        max(2, site.many(BLOCKS)),
        lambda: by_hand(site.meter, workload, site.floor, instances),
        lambda: block(site.meter, name, workload, runner, instances),
    )
    after = [site.meter.bytes_of(tables) for tables in (runners.TABLES, FLOOR_TABLES)]
    ratio = Ratio.of([each.median for each in ours], [each.median for each in floors])
    whole, floor = together(name, ours), together("floor", floors)
    kept = [(b - a) / each.steps for a, b, each in zip(before, after, (whole, floor), strict=True)]
    return [
        Row(f"{name} ÷ floor, median", str(ratio), ratio.median, gate),
        Row(f"{name}, time a step", f"{_times(whole)}, {whole.rate:.0f} a second (floor: {_times(floor)})"),
        Row(
            f"{name}, processor a step, client and server",
            f"{whole.cpu_per_step * MILLI:.2f} ms (floor: {floor.cpu_per_step * MILLI:.2f} ms)",
        ),
        Row(
            f"{name}, write-ahead log a step",
            f"{whole.wal_per_step / MILLI:.2f} kB (floor: {floor.wal_per_step / MILLI:.2f} kB)",
            whole.wal_per_step / MILLI,
            Gate(3.5, "kB"),
        ),
        Row(f"{name}, kept on disk a step, indexes too", f"{kept[0]:.0f} bytes (floor: {kept[1]:.0f} bytes)"),
    ]


def _times(measured: Measured) -> str:
    return f"{measured.median * MILLI:.2f} ms, p95 {measured.p95 * MILLI:.2f} ms"


def _statements(site: Site, workload: Workload, runner: Runner, gate: Gate | None = None) -> Row:
    """Of a step in the middle, when everything that is kept in memory is there."""
    for _ in range(2):
        task = runner.start()
        said = of_one(site.database.engine, _step(runner, task, workload.steps[0][1]))
    name = f"{workload.name} {type(runner).__name__.lower()}, statements and commits a step"
    return Row(name, f"{len(said.statements)} and {said.commits}", len(said.statements), gate)


def _step(runner: Runner, task: object, variables: dict[str, object]) -> Callable[[], object]:
    return lambda: runner.complete(task, variables)


def block(meter: Meter, name: str, workload: Workload, runner: Runner, instances: int) -> Measured:
    """Completions of many instances, those of one step in a random order, as people come."""
    handles = [runner.start() for _ in range(instances)]
    return _walk(
        meter, name, workload, handles, lambda handle, place: runner.complete(handle, workload.steps[place][1])
    )


def by_hand(meter: Meter, workload: Workload, floor: Floor, instances: int) -> Measured:
    """The same tasks, the floor's way."""
    names = [*(element for element, _ in workload.steps), None]
    handles = [floor.start(workload.steps[0][0]) for _ in range(instances)]
    return _walk(
        meter, "floor", workload, handles,
        lambda handle, place: floor.complete(handle, workload.steps[place][1], names[place + 1]),
    )  # fmt: skip


def _walk(
    meter: Meter, name: str, workload: Workload, handles: list[Any], complete: Callable[[Any, int], Any]
) -> Measured:
    shuffled = random.Random(SEED)
    measured = Measured(name)
    with meter.watch(measured):
        for place in range(len(workload.steps)):
            for number in _order(shuffled, handles):
                begun = time.perf_counter()
                handles[number] = complete(handles[number], place)
                measured.latencies.append(time.perf_counter() - begun)
    return measured


def _order(shuffled: random.Random, handles: Sequence[Any]) -> list[int]:
    order = list(range(len(handles)))
    shuffled.shuffle(order)
    return order


def _growth(site: Site) -> Row:
    """How much slower the last steps of a long life are than its first."""
    workload = round_trip()
    runner = Engine(site.kitchen, site.kitchen.deploy(workload))
    handles: list[Any] = [runner.start() for _ in range(site.many(20))]
    taken: list[list[float]] = []
    for _ in range(max(2 * ENDS, site.many(LIFE))):
        taken.append([])
        for number, handle in enumerate(handles):
            begun = time.perf_counter()
            handles[number] = runner.complete(handle, workload.steps[0][1])
            taken[-1].append(time.perf_counter() - begun)
    first, last = (
        statistics.median(value for step in part for value in step) for part in (taken[:ENDS], taken[-ENDS:])
    )
    name = f"Growth: the last {ENDS} of {len(taken)} steps ÷ the first {ENDS}"
    return Row(name, f"{last / first:.2f}", last / first, Gate(1.3))
