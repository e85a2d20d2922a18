"""Many instances started one after another, and what each keeps on disk."""

from __future__ import annotations

from benchmarks import runners
from benchmarks.diagrams import w2
from benchmarks.report import Row, Section
from benchmarks.runners import Engine, Product
from benchmarks.site import Site

STARTS = 2000


def run(site: Site) -> Section:
    definition_id = site.kitchen.deploy(w2())
    rows = []
    for runner in (Engine(site.kitchen, definition_id), Product(site.kitchen, definition_id)):
        name = type(runner).__name__.lower()
        runner.start()
        before = site.meter.bytes_of(runners.TABLES)
        measured = site.meter.block(name, [runner.start] * site.many(STARTS))
        kept = (site.meter.bytes_of(runners.TABLES) - before) / measured.steps
        rows += [
            Row(
                f"{measured.steps} instances, {name}",
                f"{measured.seconds:.1f} s, {measured.rate:.0f} a second, p95 {measured.p95 * 1000:.2f} ms",
            ),
            Row(
                f"Kept on disk an instance, {name}",
                f"{kept:.0f} bytes, write-ahead log {measured.wal_per_step:.0f} bytes",
            ),
        ]
    return Section("Starting instances of the sale (W2)", tuple(rows))
