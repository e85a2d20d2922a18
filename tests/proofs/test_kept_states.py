"""States that earlier releases wrote load and go on as they did then."""

import json
from pathlib import Path

import pytest

from tests.proofs.kept_states import FOLDER, come_back


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_states_of_a_release_load_and_go_on(file: Path) -> None:
    kept = json.loads(file.read_text())
    assert len(kept) > 4
    for one in kept:
        assert come_back(one) == one["came"]


def test_there_are_kept_states() -> None:
    assert list(FOLDER.glob("*.json"))
