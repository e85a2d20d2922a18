"""`python -m benchmarks`: everything that is measured, beside its gate, kept in RESULTS.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import completions, inbox, intake, load, scoring, served, starts, timers
from benchmarks.peers import section as peers
from benchmarks.report import Section, page
from benchmarks.site import site, version

SECTIONS = {
    "completions": completions.run,
    "starts": starts.run,
    "timers": timers.run,
    "inbox": inbox.run,
    "http": served.run,
    "load": load.run,
    "scoring": scoring.run,
    "intake": intake.run,
    "peers": peers.run,
}
RESULTS = Path(__file__).with_name("RESULTS.md")


def measure(names: list[str], size: float) -> tuple[list[Section], str]:
    """Each section on a database of its own, so that none meets what another has left."""
    sections = []
    postgres = ""
    for name in names:
        with site(size) as place:
            postgres = version(place.url)
            sections.append(SECTIONS[name](place))
    return sections, postgres


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all, if none is named")
    asked.add_argument("--size", type=float, default=1.0, help="0.01 for a glance; gates are for 1")
    asked.add_argument("--keep", action="store_true", help=f"write {RESULTS.name}")
    given = asked.parse_args()
    names = given.sections or list(SECTIONS)
    sections, postgres = measure(names, given.size)
    told = page(sections, postgres, "python -m benchmarks" + "".join(f" {name}" for name in given.sections))
    sys.stdout.write(told)
    if given.keep:
        RESULTS.write_text(told, encoding="utf-8")
    return 0 if all(row.is_met for section in sections for row in section.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
