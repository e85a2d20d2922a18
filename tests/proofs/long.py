"""The long proofs by one command, with the figures for `docs/reliability.md`."""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.proofs import lead_kills
from tests.proofs.fuzz import try_seed
from tests.proofs.growth import absences, may_make_namespaces, town
from tests.proofs.kills import Site, battle, site
from tests.proofs.lead_kills import count_letters, lead_site

CHUNK = 50
PORTION = 100
"""Kills after which everything is reckoned up."""
PROCESSES = 2


def _walks(first: int) -> tuple[int, list[str]]:
    walks = [try_seed(seed) for seed in range(first, first + CHUNK)]
    return sum(walk.steps for walk in walks), [walk.difference for walk in walks if walk.difference]


def tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def fuzz(steps: int, seed: int) -> bool:
    """Random processes until so many steps are made; every difference is printed with its small diagram."""
    began, made, processes, differences = time.monotonic(), 0, 0, 0
    with ProcessPoolExecutor(PROCESSES) as pool:
        while made < steps:
            for done, found in pool.map(_walks, range(seed + processes, seed + processes + 4 * CHUNK, CHUNK)):
                made += done
                processes += CHUNK
                differences += len(found)
                for told in found:
                    tell(told)
    tell(
        f"fuzz: {made} steps of {processes} random processes from seed {seed}: {differences} differences"
        f" in {time.monotonic() - began:.0f} s"
    )
    return differences == 0


def kill(kills: int, seed: int) -> bool:
    """Kills of real processes while clients work, reckoned up at the end of each hundred."""
    began, total, faults = time.monotonic(), 0, 0
    while total < kills:
        now = min(PORTION, kills - total)
        with site(Site) as made:
            came = battle(made, now, seed + total)
        total += now
        faults += len(came.faults)
        for fault in came.faults:
            tell(fault)
        tell(
            f"kill: {total} kills, the last {now} of them {dict(sorted(came.kills.items()))}: {came.instances} instances,"
            f" {came.steps} acknowledged steps, {len(came.faults)} faults, {time.monotonic() - began:.0f} s so far"
        )
    return faults == 0


def kill_among_leads(kills: int, seed: int) -> bool:
    """The same while leads come by form and API, get letters and refuse them."""
    if kills == 0:
        return True
    began = time.monotonic()
    with lead_site() as (made, mailbox):
        came = lead_kills.battle(made, mailbox, kills, seed)
        letters = count_letters(made)
    for fault in came.faults:
        tell(fault)
    tell(
        f"leads: {kills} kills {dict(sorted(came.kills.items()))}: {came.instances} leads, {came.steps} refusals, letters"
        f" {dict(sorted(letters.items()))}, {len(came.faults)} faults, {time.monotonic() - began:.0f} s"
    )
    return not came.faults


def be_away(times: int, seed: int) -> bool:
    """Processes and whole houses away past their leases: on addresses of their own where this machine lets us make them."""
    began, separate = time.monotonic(), may_make_namespaces()
    if times == 0:
        return True
    with town(separate=separate, houses=3) as made:
        came = absences(made, times, seed)
    for fault in came.faults:
        tell(fault)
    tell(
        f"growth: {times} absences {dict(sorted(came.kills.items()))} of 3 houses"
        f" {'in network namespaces' if separate else 'on one address, for lack of rights'}: {came.instances} instances,"
        f" {came.steps} acknowledged steps, {len(came.faults)} faults, {time.monotonic() - began:.0f} s"
    )
    return not came.faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=50_000, help="steps of the differential fuzz")
    parser.add_argument("--kills", type=int, default=1_000, help="kills of web, worker and PostgreSQL processes")
    parser.add_argument("--lead-kills", type=int, default=200, help="the same kills while leads come and letters leave")
    parser.add_argument("--absences", type=int, default=60, help="absences of houses, webs and workers")
    parser.add_argument("--seed", type=int, default=1000)
    given = parser.parse_args()
    held = [
        fuzz(given.steps, given.seed),
        kill(given.kills, given.seed),
        kill_among_leads(given.lead_kills, given.seed),
        be_away(given.absences, given.seed),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
