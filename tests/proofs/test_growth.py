"""Several web processes and workers on one database, one of them away past its lease: nothing is done twice or stuck."""

import pytest

from tests.proofs.growth import absences, town

pytestmark = pytest.mark.xdist_group("serving")


def test_a_house_that_was_stopped_or_cut_off_returns_and_nothing_was_done_twice() -> None:
    with town() as made:
        came = absences(made, 3, seed=3)
    assert came.faults == []
    assert set(came.kills) == {"cut", "stopped worker", "stopped web"}
    assert came.instances > 0
