"""The ways that sales take through the stages: some leave stages out, some come back, some begin in the middle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from server.demo import asides, control
from server.demo.plan import Planner

ORDER = ("needs", "presentation", "key_contacts", "proposal", "proposal_presentation", "negotiation", "contracting")
SKIPPED = {"needs": 0.15, "key_contacts": 0.6, "proposal_presentation": 0.1, "negotiation": 0.5}
"""The share of deals that pass a stage by."""
BY_HAND, AGAIN, WEIGHED = 0.55, 0.1, 0.1
"""The shares of deals made by hand, of those negotiated over a second proposal, and of those begun in `potential`."""
WON_BY_HAND = 0.85
"""Half a year is short: most of what was won had been under way before."""
MEETINGS = 0.12
"""The share of open deals with a meeting ahead."""
MOVED_TO = "corporate_sale"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a sale stands today: `outcome` is open, stopped, won, lost, rerouted or no_interest, in or out of a stage."""

    outcome: str
    stage: str

    @property
    def is_open(self) -> bool:
        return self.outcome in ("open", "stopped")


def write(planner: Planner, goal: Goal) -> None:
    """Plans the whole way to the goal."""
    if goal.stage == "interest":
        planner.start()
        if goal.outcome == "no_interest":
            planner.no_interest()
        else:
            planner.part_of("interest")
        return
    way = _way(planner, goal)
    _begin(planner, way, WON_BY_HAND if goal.outcome == "won" else BY_HAND)
    if way[0] == "potential":
        if goal.stage == "potential":
            _arrive(planner, goal)
            return
        planner.potential()
        way = way[1:]
    for stage, following in pairwise(way):
        planner.stage(stage, following)
    _arrive(planner, goal)


def _way(planner: Planner, goal: Goal) -> list[str]:
    """The stages passed, the last one included."""
    if goal.stage == "potential":
        return ["potential"]
    way = list(ORDER[: ORDER.index(goal.stage) + 1])
    way = [stage for stage in way if stage == goal.stage or not planner.chance(SKIPPED.get(stage, 0))]
    if "negotiation" in way[:-1] and planner.chance(AGAIN):
        place = way.index("negotiation") + 1
        way[place:place] = ["proposal", "proposal_presentation"]
    return way


def _begin(planner: Planner, way: list[str], by_hand: float) -> None:
    """By a call, or with a deal that somebody had under way: then the stages before are left out."""
    if way[0] == "potential":
        planner.start()
        planner.interest(line=True)
    elif planner.chance(by_hand):
        del way[: max(planner.random.randrange(len(way)) for _ in range(2))]
        planner.start(by_hand_at=way[0])
    else:
        planner.start()
        if planner.chance(WEIGHED):
            way[:0] = ["potential"] if way[0] == "needs" else ["potential", "needs"]
            planner.interest(line=True)
        else:
            planner.interest(enter=None if way[0] == "needs" else way[0])


def _arrive(planner: Planner, goal: Goal) -> None:
    stage = goal.stage
    if goal.outcome == "lost":
        planner.lose(stage)
    elif goal.outcome == "rerouted":
        planner.reroute(stage, MOVED_TO)
    elif goal.outcome == "won":
        planner.stage(stage, "won")
        planner.win()
    elif goal.outcome == "stopped":
        planner.stop_at_approval(control.withdraw_approval, control.return_approval)
    else:
        planner.part_of(stage)
        planner.aside(asides.plan_meeting, chance=MEETINGS if stage != "potential" else 0, wait=(0, 0.05))
