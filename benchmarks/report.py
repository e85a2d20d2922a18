"""What was measured, beside its gate, as a page in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit that a figure must keep, in the unit of its row."""

    limit: float
    unit: str = ""

    def __str__(self) -> str:
        return f"≤ {self.limit:g} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: `text` as it is read, `value` as it is held against the gate."""

    name: str
    text: str
    value: float | None = None
    gate: Gate | None = None

    @property
    def is_met(self) -> bool:
        return self.gate is None or self.value is None or self.value <= self.gate.limit

    def cells(self) -> tuple[str, str, str]:
        gate = "" if self.gate is None else f"{self.gate} {'✓' if self.is_met else '✗'}"
        return self.name, self.text, gate


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: tuple[Row, ...]
    note: str = ""


def page(sections: Sequence[Section], postgres: str, command: str) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"`{command}` on {datetime.now(UTC):%Y-%m-%d}: {machine()}, Python {platform.python_version()}, {postgres}.",
        "Ratios come from paired blocks in one run; absolute times are this machine's, which did other work beside.",
    ]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        if section.note:
            lines += [section.note, ""]
        lines += ["| What | Measured | Gate |", "|---|---|---|"]
        lines += ["| " + " | ".join(row.cells()) + " |" for row in section.rows]
    return "\n".join(lines) + "\n"


def machine() -> str:
    names = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) // 1024**2 for line in _lines("/proc/meminfo") if "MemTotal" in line), 0)
    processor = names[0] if names else platform.machine()
    return f"{processor}, {len(os.sched_getaffinity(0))} cores, {memory} GiB"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
