"""Random processes run alike in memory, read anew after every step, and in the database; long: `make proofs`."""

import os
import random
from collections.abc import Callable

import pytest

from engine.state import DONE
from kernel.db import Database
from tests.proofs import worlds
from tests.proofs.blocks import CALLED, LEAVES, NESTS, called, draw, grow
from tests.proofs.fuzz import Fresh, follow, try_seed, walk
from tests.proofs.stored import Stored

SEEDS = int(os.environ.get("PROOF_SEEDS", "48"))
STORED = 12


@pytest.mark.parametrize("part", range(4))
def test_what_is_read_anew_after_every_step_never_differs(part: int) -> None:
    for seed in range(part, SEEDS, 4):
        difference = try_seed(seed).difference
        assert difference is None, difference


@pytest.mark.parametrize("seed", range(STORED))
def test_the_database_never_differs(database: Database, seed: int) -> None:
    xml = draw(grow(random.Random(seed), alone=True), id=f"stored{seed}")
    difference = follow({"p": xml, CALLED: called()}, seed, Stored(database, xml), steps=25).difference
    assert difference is None, f"seed {seed}: {difference}\n{xml.decode()}"


def test_every_kind_of_block_is_drawn() -> None:
    kinds = {kind for seed in range(SEEDS) for kind in grow(random.Random(seed)).kinds()}
    assert kinds == {*LEAVES, *NESTS}


def forget_race(state: worlds.State) -> None:
    for token in state.tokens.values():
        token.data.pop("race", None)


def forget_what_is_done(state: worlds.State) -> None:
    for scope in state.scopes.values():
        scope.data.pop(DONE, None)


def forget_the_local(state: worlds.State) -> None:
    for scope in state.scopes.values():
        scope.local = None


@pytest.mark.parametrize(
    ("forget", "shown"),
    [
        (forget_race, "<eventBasedGateway"),
        (forget_what_is_done, 'isForCompensation="true"'),
        (forget_the_local, "LoopCharacteristics>"),
    ],
)
def test_a_difference_is_found_and_its_diagram_made_small(
    monkeypatch: pytest.MonkeyPatch, forget: Callable[[worlds.State], None], shown: str
) -> None:
    whole = worlds.decode

    def forgetful(data: bytes) -> worlds.State:
        state = whole(data)
        forget(state)
        return state

    monkeypatch.setattr(worlds, "decode", forgetful)
    seed = next(seed for seed in range(500) if walk(grow(random.Random(seed)), seed, Fresh).difference)
    told = try_seed(seed).difference
    assert told is not None
    assert f"seed {seed}" in told
    assert 1 <= told.count(shown) <= 2
    assert told.count("<userTask") <= 5
