"""A PostgreSQL of its own with the product's tables, the floor's, and a salesperson."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.floor import Floor
from benchmarks.measuring import Meter
from benchmarks.runners import Kitchen
from kernel.db import Database
from server.embedded import Embedded
from server.migrating import check_server, migrate


@dataclass(slots=True)
class Site:
    """`size` makes everything smaller or larger: 1.0 is what the gates are for."""

    url: str
    size: float
    database: Database
    meter: Meter
    floor: Floor
    kitchen: Kitchen

    @property
    def dsn(self) -> str:
        return self.meter.dsn

    def many(self, number: int) -> int:
        """That many, or fewer in a smaller run, but never none."""
        return max(1, round(number * self.size))

    def settle(self) -> None:
        """Before anything is measured: what was written is known to the planner and on disk."""
        self.meter.side.execute("VACUUM ANALYZE")
        self.meter.side.execute("CHECKPOINT")


@contextmanager
def site(size: float) -> Iterator[Site]:
    """Durable as in production: nothing is switched off to be faster."""
    folder = Path(tempfile.mkdtemp(prefix="procession-benchmarks-"))
    folder.chmod(0o755)
    server = Embedded(folder / "pg")
    server.start()
    database = Database(server.url())
    try:
        migrate(server.url())
        meter = Meter(server.url().replace("+psycopg", ""))
        yield Site(server.url(), size, database, meter, Floor(meter.dsn), Kitchen(database))
    finally:
        database.close()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def version(url: str) -> str:
    return f"PostgreSQL {check_server(url)}"
