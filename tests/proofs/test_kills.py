"""Real processes are killed while clients work, and nothing acknowledged is lost or done twice; long: `make proofs`."""

import pytest

from tests.proofs.kills import Site, battle, site

pytestmark = pytest.mark.xdist_group("serving")
KILLS = 3


def test_what_was_acknowledged_survives_kills_and_is_there_once() -> None:
    with site(Site) as made:
        came = battle(made, KILLS, seed=7)
    assert came.faults == []
    assert set(came.kills) == {"web", "worker", "database"}
    assert came.instances > 0
