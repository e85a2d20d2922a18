"""Steps, how long they took, and what they cost: time, processor, write-ahead log and bytes kept."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
Step = Callable[[], object]


@dataclass(slots=True)
class Measured:
    """One block: `latencies` in seconds, processor seconds of this process and of its database backends, WAL bytes."""

    name: str
    latencies: list[float] = field(default_factory=list)
    client_cpu: float = 0.0
    server_cpu: float = 0.0
    wal: int = 0

    @property
    def steps(self) -> int:
        return len(self.latencies)

    @property
    def median(self) -> float:
        return statistics.median(self.latencies)

    @property
    def p95(self) -> float:
        return sorted(self.latencies)[int(0.95 * (len(self.latencies) - 1))]

    @property
    def seconds(self) -> float:
        return sum(self.latencies)

    @property
    def rate(self) -> float:
        return self.steps / self.seconds

    @property
    def cpu_per_step(self) -> float:
        return (self.client_cpu + self.server_cpu) / self.steps

    @property
    def wal_per_step(self) -> float:
        return self.wal / self.steps


class Meter:
    """Watches the database from a connection of its own while blocks run."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.side = psycopg.connect(dsn, autocommit=True)

    def close(self) -> None:
        self.side.close()

    def block(self, name: str, steps: Sequence[Step]) -> Measured:
        """Does the steps one after another."""
        measured = Measured(name)
        with self.watch(measured):
            for step in steps:
                begun = time.perf_counter()
                step()
                measured.latencies.append(time.perf_counter() - begun)
        return measured

    @contextmanager
    def watch(self, measured: Measured) -> Iterator[None]:
        """Fills what the block cost besides time."""
        before = self._wal(), self._server_cpu(), time.process_time()
        yield
        measured.wal += self._wal() - before[0]
        measured.server_cpu += max(0.0, self._server_cpu() - before[1])
        measured.client_cpu += time.process_time() - before[2]

    def bytes_of(self, tables: Sequence[str]) -> int:
        """What the tables take with their indexes, without what vacuum would give back."""
        for table in tables:
            self.side.execute(f"VACUUM FULL {table}".encode())
        row = self.side.execute(
            "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) t", [list(tables)]
        )
        return int((row.fetchone() or [0])[0])

    def _wal(self) -> int:
        found = self.side.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')").fetchone()
        assert found is not None
        return int(found[0])

    def _server_cpu(self) -> float:
        """Of the client backends of this database, but for this connection; those must live through the block."""
        query = (
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        return sum(_cpu_of(pid) for (pid,) in self.side.execute(query))


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times slower than the floor: the median over pairs of blocks, with the lowest and the highest."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, ours: Sequence[float], floor: Sequence[float]) -> Ratio:
        found = [one / other for one, other in zip(ours, floor, strict=True)]
        return cls(statistics.median(found), min(found), max(found))

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.lowest:.2f} to {self.highest:.2f})"


def paired(
    blocks: int, floor: Callable[[], Measured], ours: Callable[[], Measured]
) -> tuple[list[Measured], list[Measured]]:
    """Blocks of both in the order A B B A, so that a machine that slows down slows both."""
    floors: list[Measured] = []
    others: list[Measured] = []
    for number in range(blocks):
        order = (floor, ours) if number % 2 == 0 else (ours, floor)
        for run in order:
            (floors if run is floor else others).append(run())
    return floors, others


def together(name: str, blocks: Sequence[Measured]) -> Measured:
    """All blocks as one."""
    whole = Measured(name)
    for block in blocks:
        whole.latencies += block.latencies
        whole.client_cpu += block.client_cpu
        whole.server_cpu += block.server_cpu
        whole.wal += block.wal
    return whole
