"""States as a release wrote them, kept as files that every later one must load; run this once a release."""

import base64
import json
import random
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.runtime import Run
from engine.state import decode, encode
from tests.proofs.blocks import CALLED, called, draw, grow
from tests.proofs.worlds import Action, World

FOLDER = Path(__file__).parent / "states"
SEEDS, HALF, WHOLE = range(400), 6, 14
KEPT = 8


def write(release: str) -> None:
    """Keeps walks that were interrupted in the middle, with what came after."""
    kept = [made for seed in SEEDS if (made := _walk(seed)) is not None][:KEPT]
    (FOLDER / f"{release}.json").write_text(json.dumps(kept, indent=1) + "\n")


def _walk(seed: int) -> dict[str, Any] | None:
    """None where a walk is too short to be worth keeping."""
    choose = random.Random(seed)
    files = {"p": draw(grow(choose, alone=True)), CALLED: called()}
    world = World(files, fresh=True)
    state, later = b"", []
    for step in range(WHOLE):
        if world.instances[0].outcome is not None:
            return None
        at = choose.choice(world.actions())
        action = Action(at.instance, at.token, at.element, at.event, choose.randrange(12))
        if step == HALF:
            state = encode(world.instances[0].run.state)
        if step >= HALF:
            later.append(asdict(action))
        _act(world, action)
    return {
        "xml": files["p"].decode(), "state": base64.b64encode(state).decode(), "later": later, "came": came(world),
    }  # fmt: skip


def _act(world: World, action: Action) -> None:
    world.host.now += timedelta(minutes=7)
    world.act(action)


def come_back(kept: dict[str, Any]) -> dict[str, Any]:
    """Loads a kept state and goes on as it went on then; what it has come to."""
    world = World({"p": kept["xml"].encode(), CALLED: called()}, fresh=True)
    instance = world.instances[0]
    instance.run = Run(world.graphs["p"], decode(base64.b64decode(kept["state"])), world.host)
    instance.outcome = None
    world.host.now += timedelta(minutes=7 * HALF)
    for action in kept["later"]:
        _act(world, Action(**action))
    return came(world)


def came(world: World) -> dict[str, Any]:
    instance = world.instances[0]
    tokens = [[token.node, token.kind] for token in instance.run.state.tokens.values()]
    return {"outcome": instance.outcome, "variables": instance.run.state.variables, "tokens": tokens}


if __name__ == "__main__":
    write(sys.argv[1])
