"""The fidelity table says what the tests prove, and nothing of it is without a test."""

import pytest

from tests import fidelity_table
from tests.fidelity_constructs import CONSTRUCTS, SECTIONS


@pytest.mark.parametrize("language", fidelity_table.PAGES)
def test_the_pages_are_those_that_the_tests_make(language: str) -> None:
    told = "run `python -m tests.fidelity_table`"
    assert fidelity_table.PAGES[language].read_text(encoding="utf-8") == fidelity_table.page(language), told


def test_every_construct_has_a_proof_and_every_proof_a_construct() -> None:
    proved = fidelity_table.proofs()
    assert {one.construct for one in proved} == set(CONSTRUCTS)
    assert {one.outcome for one in proved} <= set(fidelity_table.OUTCOMES)
    assert {key.partition(".")[0] for key in CONSTRUCTS} == set(SECTIONS)
