"""Leads come while processes are killed: none is lost or doubled, no letter leaves twice or after a refusal."""

import pytest

from tests.proofs.lead_kills import battle, count_letters, lead_site

pytestmark = pytest.mark.xdist_group("serving")
KILLS = 3


def test_no_lead_is_lost_or_doubled_and_no_letter_leaves_twice_or_after_a_refusal() -> None:
    with lead_site() as (made, mailbox):
        came = battle(made, mailbox, KILLS, seed=11)
        letters = count_letters(made)
    assert came.faults == []
    assert set(came.kills) == {"web", "worker", "database"}
    assert came.instances > 0
    assert came.steps > 0
    assert letters["sent"] > 0
