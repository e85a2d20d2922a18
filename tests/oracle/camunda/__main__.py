"""Plays every diagram of a folder in both engines and tells where they part."""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections import Counter
from pathlib import Path

from benchmarks.peers.workshop import Missing, java
from tests.oracle.camunda.plain import Left, Plain, plain
from tests.oracle.camunda.players import Camunda, Ours, Refused, Seen

HERE = Path(__file__).parent
ENDINGS = (".bpmn", ".bpmn20.xml", ".bpmn2")
STEPS = 25


def play(diagram: Plain, theirs: Camunda, seed: int) -> str:
    """How the play went: alike, or where it parted; `Left` where it cannot be compared."""
    ours, dice, taken = Ours(), random.Random(seed), Counter[str]()
    try:
        other = theirs.begin(diagram)
    except Refused as refused:
        raise Left("Camunda refuses it") from refused
    try:
        seen = ours.begin(diagram)
    except Refused as refused:
        return f"refused: {refused}"
    for _ in range(STEPS):
        if seen.waiting != other.waiting and not diagram.compensates:
            return f"parted: here wait {', '.join(seen.waiting)}; there {', '.join(other.waiting)}"
        both = sorted(set(seen.waiting) & set(other.waiting), key=lambda element: (taken[element], element))
        if not both:
            break
        least = [element for element in both if taken[element] == taken[both[0]]]
        element = dice.choice(least)
        taken[element] += 1
        try:
            other = theirs.go_on(element)
        except Refused as refused:
            raise Left("Camunda does not go on") from refused
        try:
            seen = ours.go_on(element)
        except Refused as refused:
            return f"refused: {refused}"
    more, less = _differences(diagram, seen, other)
    return f"parted: here more {more}; there more {less}" if more or less else "alike"


def _differences(diagram: Plain, seen: Seen, other: Seen) -> tuple[str, str]:
    ours, theirs = _comparable(diagram, seen), _comparable(diagram, other)
    return tuple(", ".join(f"{element} {outcome}".strip() for element, outcome in rest.elements())
                 for rest in (ours - theirs, theirs - ours))  # type: ignore[return-value]  # fmt: skip


def _comparable(diagram: Plain, seen: Seen) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for (element, outcome), times in seen.done.items():
        if element not in diagram.conventions:
            counted[element, "" if element in diagram.throwing else outcome] += times
    return counted


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m tests.oracle.camunda", description=__doc__)
    given.add_argument("folder", type=Path)
    given.add_argument("--seeds", type=int, default=3, help="ways through each diagram")
    asked = given.parse_args()
    try:
        theirs = Camunda(java("CamundaOracle", HERE / "pom.xml", [HERE / "CamundaOracle.java"]))
    except Missing as missing:
        sys.stdout.write(f"{missing}\n")
        return 1
    counts: Counter[str] = Counter()
    seen: set[bytes] = set()
    for path in sorted(found for found in asked.folder.rglob("*") if found.name.lower().endswith(ENDINGS)):
        data = path.read_bytes()
        digest = hashlib.sha256(data).digest()
        if digest in seen:
            continue
        seen.add(digest)
        told: set[str] = set()
        for seed in range(asked.seeds):
            try:
                came = play(plain(data, seed), theirs, seed)
            except Left as left:
                counts[f"not compared: {left}"] += 1
                continue
            counts[came.partition(":")[0]] += 1
            if came != "alike" and came not in told:
                told.add(came)
                sys.stdout.write(f"{path.name} seed {seed}: {came}\n")
    theirs.close()
    sys.stdout.write(", ".join(f"{count} {what}" for what, count in counts.most_common()) + "\n")
    return 1 if counts["parted"] else 0


if __name__ == "__main__":
    sys.exit(main())
