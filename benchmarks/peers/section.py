"""W1 and W2 by the floor, the engine, the product and other engines, in alternating blocks of one run."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
import psycopg.conninfo
from psycopg import sql

from benchmarks import runners
from benchmarks.completions import MILLI, SEED, block, by_hand
from benchmarks.diagrams import Workload, w1, w2
from benchmarks.floor import TABLES as FLOOR_TABLES
from benchmarks.measuring import Measured, Meter, Ratio, together
from benchmarks.peers.peer import Peer, PeerFailed, running
from benchmarks.peers.workshop import KINDS, Kind, Missing
from benchmarks.report import Row, Section
from benchmarks.runners import Engine, Product
from benchmarks.site import Site

BLOCKS = 6
STEPS = 600
"""Completions in a block."""
WARM = 6000
"""Completions before anything is measured, so that the JVM has compiled what it runs."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """`run` does a block of so many instances; `kept` are the bytes that its tables take."""

    name: str
    run: Callable[[int], Measured]
    kept: Callable[[], int]
    is_peer: bool = False


def run(site: Site) -> Section:
    rows: list[Row] = []
    with ExitStack() as stack:
        peers: list[tuple[Kind, Peer, Meter]] = []
        for kind in KINDS:
            try:
                dsn = _database(site, kind.name.lower())
                peer = stack.enter_context(running(*kind.command(dsn)))
                peers.append((kind, peer, stack.enter_context(_watching(dsn))))
            except (Missing, PeerFailed) as problem:
                rows.append(Row(kind.name, str(problem)))
        for workload in (w1(), w2()):
            entrants = [*_ours(site, workload), *(_theirs(*each, workload) for each in peers)]
            rows += _compare(site, workload, entrants)
    return Section(
        "Beside other engines",
        tuple(rows),
        "Every engine completes the same tasks with the same variables in the same random order, each in a durable"
        " transaction of its own on the same PostgreSQL over a Unix socket; the Java engines are embedded, keep their"
        " full history and have run before; bpmn-engine has no history and keeps its instances in memory, so their state is"
        " saved as one row after each step; a flow of django-viewflow is a Python class made from the diagram, and its tasks"
        " are completed without a web request. Looking for the open task is not counted for them. The ratio to the floor is"
        " of medians, over pairs of blocks.",
    )


def _ours(site: Site, workload: Workload) -> list[Entrant]:
    definition_id = site.kitchen.deploy(workload)
    meter = site.meter
    found = [Entrant("floor", lambda many: by_hand(meter, workload, site.floor, many), _kept(meter, FLOOR_TABLES))]
    for runner in (Engine(site.kitchen, definition_id), Product(site.kitchen, definition_id)):
        name = type(runner).__name__.lower()
        found.append(Entrant(name, _block_of(meter, name, workload, runner), _kept(meter, runners.TABLES)))
    return found


def _block_of(meter: Meter, name: str, workload: Workload, runner: runners.Runner) -> Callable[[int], Measured]:
    return lambda many: block(meter, name, workload, runner, many)


def _theirs(kind: Kind, peer: Peer, meter: Meter, workload: Workload) -> Entrant:
    peer.deploy(workload.key, kind.dialect(workload))
    return Entrant(peer.name, lambda many: walk(meter, peer, workload, many), _kept(meter, _tables(meter)), True)


def walk(meter: Meter, peer: Peer, workload: Workload, instances: int) -> Measured:
    """A block of a peer: its processor seconds are its own process's."""
    shuffled = random.Random(SEED)
    measured = Measured(peer.name)
    peer.start(workload.key, instances)
    for _, variables in workload.steps:
        order = list(range(instances))
        shuffled.shuffle(order)
        peer.find()
        part = Measured(peer.name)
        with meter.watch(part):
            part.latencies, cpu = peer.complete(order, variables)
        part.client_cpu = cpu
        measured = together(peer.name, (measured, part))
    return measured


def _kept(meter: Meter, tables: Sequence[str]) -> Callable[[], int]:
    return lambda: meter.bytes_of(tables)


def _compare(site: Site, workload: Workload, entrants: Sequence[Entrant]) -> list[Row]:
    instances = max(2, site.many(STEPS) // len(workload.steps))
    for entrant in entrants:
        entrant.run(max(2, site.many(WARM) // len(workload.steps)) if entrant.is_peer else 2)
    site.settle()
    kept: dict[str, int] = {entrant.name: 0 for entrant in entrants}
    blocks: dict[str, list[Measured]] = {entrant.name: [] for entrant in entrants}
    for number in range(max(2, site.many(BLOCKS))):
        for entrant in entrants if number % 2 == 0 else reversed(entrants):
            blocks[entrant.name].append(entrant.run(instances))
    for entrant in entrants:
        before = entrant.kept()
        steps = entrant.run(instances).steps
        kept[entrant.name] = (entrant.kept() - before) // steps
    floor = [each.median for each in blocks["floor"]]
    return [
        Row(
            f"{workload.name} {entrant.name}",
            _told(together(entrant.name, blocks[entrant.name]), kept[entrant.name])
            + f"; {Ratio.of([each.median for each in blocks[entrant.name]], floor)} × the floor",
        )
        for entrant in entrants
    ]


def _told(whole: Measured, kept: int) -> str:
    client, server = (cpu / whole.steps * MILLI for cpu in (whole.client_cpu, whole.server_cpu))
    return (
        f"{whole.rate:.0f} steps a second; median {whole.median * MILLI:.2f} ms, p95 {whole.p95 * MILLI:.2f} ms;"
        f" processor {client + server:.2f} ms a step (client {client:.2f}, server {server:.2f});"
        f" log {whole.wal_per_step / MILLI:.2f} kB; kept {kept} bytes"
    )


def _database(site: Site, name: str) -> str:
    """A database of the peer's own in the same cluster."""
    site.meter.side.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return psycopg.conninfo.make_conninfo(site.dsn, dbname=name)


@contextmanager
def _watching(dsn: str) -> Iterator[Meter]:
    meter = Meter(dsn)
    try:
        yield meter
    finally:
        meter.close()


def _tables(meter: Meter) -> list[str]:
    return [name for (name,) in meter.side.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
