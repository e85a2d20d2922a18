"""The differential fuzz: random processes, played by chance in worlds that must never differ."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from tests.proofs.blocks import CALLED, Block, called, draw, grow, shrink
from tests.proofs.worlds import MOVE, REWIND, Action, World

STEPS = 60
"""Steps of one walk at most: loops may go on for ever."""
INTERVENING = 0.1
"""How often a supervisor goes back in the history or moves the instance, instead of the work going on."""


class Other(Protocol):
    """A world of another kind, compared with the one in memory after every step."""

    def act(self, action: Action) -> None: ...

    def differs(self, reference: World) -> str | None: ...


class Fresh:
    """Encoded, decoded, and its diagrams read again after every step."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.world = World(files, fresh=True)

    def act(self, action: Action) -> None:
        self.world.host.now += timedelta(minutes=7)
        self.world.act(action)

    def differs(self, reference: World) -> str | None:
        ours, theirs = reference.told(), self.world.told()
        if ours == theirs:
            return None
        return f"kept {ours}\nread anew {theirs}"


@dataclass
class Walk:
    """What one walk came to: the steps made, and the difference found, if any."""

    steps: int
    difference: str | None = None


def walk(tree: Block, seed: int, make: type[Fresh] = Fresh) -> Walk:
    """Plays one process; a difference is also an incident, or an instance that nothing can move."""
    files = {"p": draw(tree), CALLED: called()}
    return follow(files, seed, make(files))


def follow(files: dict[str, bytes], seed: int, other: Other, steps: int = STEPS) -> Walk:
    choose = random.Random(seed)
    reference = World(files, fresh=False)
    done: list[Action] = []
    while True:
        found = other.differs(reference) or _wrong(reference)
        if found:
            return Walk(len(done), f"after {_words(done)}: {found}")
        if reference.instances[0].outcome is not None or len(done) == steps:
            return Walk(len(done))
        possible = reference.interventions() if choose.random() < INTERVENING else []
        at = choose.choice(possible or reference.actions())
        action = Action(at.instance, at.token, at.element, at.event, choose.randrange(12))
        done.append(action)
        reference.host.now += timedelta(minutes=7)
        try:
            reference.act(action)
            other.act(action)
        except Exception as error:
            return Walk(len(done), f"after {_words(done)}: {type(error).__name__}: {error}")


def _wrong(world: World) -> str | None:
    for instance in world.instances:
        if instance.troubles:
            return f"incidents {instance.troubles}"
    if world.instances[0].outcome is None and not world.actions():
        waiting = [(t.node, t.kind) for t in world.instances[0].run.state.tokens.values()]
        return f"nothing can move {waiting}"
    return None


def _words(done: Sequence[Action]) -> str:
    return ", ".join(_word(action) for action in done) or "the start"


def _word(action: Action) -> str:
    if action.event == REWIND:
        return f"back to {action.element} ({action.token})"
    if action.event == MOVE:
        return f"{action.element} begun anew"
    return f"{action.element}={action.answer}" if action.event < 0 else f"{action.element} occurs"


def try_seed(seed: int) -> Walk:
    """One random process; what fails is told as a small diagram with the way to it."""
    tree = grow(random.Random(seed))
    found = walk(tree, seed)
    if found.difference is None:
        return found
    small = shrink(tree, lambda less: walk(less, seed).difference is not None)
    told = walk(small, seed).difference
    return Walk(found.steps, f"seed {seed}: {told}\n{small}\n{draw(small).decode()}")
