"""Whatever stands in `after`, every list answers with a page or a 422."""

from collections.abc import Iterator
from typing import Any

import pytest

from kernel.paging import encode_cursor
from tests.api.contract.office import Office
from tests.api.contract.rehearsal import rehearsing
from tests.api.contract.rights import QUERIES, ROWS

NASTY: list[list[Any]] = [
    [], ["x"], [None], [10**30], [-1], [1.5], [{}], [True], ["a\0", 1], ["\ud800", 1], [None, 1], ["9999-99-99", 1], ["NaN", 1],
    ["2026-01-01T00:00:00", 1], [10**30, 1], ["x", 10**30], [1, 2, 3], ["2026-01-01T00:00:00Z", "note", 1], ["corporate_sale", 1],
]  # fmt: skip


@pytest.fixture(scope="module")
def rehearsed(office: Office) -> Iterator[Office]:
    with rehearsing(office) as made:
        yield made


def is_list(office: Office, address: str) -> bool:
    answer = office.as_("admin").get(_path(office, address))
    return answer.json is not None and "items" in answer.json


def _path(office: Office, address: str) -> str:
    path = address.removeprefix("GET ")
    for name, number in office.ids.items():
        path = path.replace(f"{{{name}_id}}", str(number))
    return path + QUERIES.get(address, "?")


@pytest.mark.parametrize("address", [a for a in ROWS if a.startswith("GET ") and "{record_id}" not in a])
def test_a_cursor_that_is_none_of_ours_breaks_nothing(rehearsed: Office, address: str) -> None:
    if not is_list(rehearsed, address):
        return
    caller = rehearsed.as_("admin")
    for key in NASTY:
        answer = caller.get(f"{_path(rehearsed, address)}&after={encode_cursor(key)}")
        assert answer.status in (200, 422), (key, answer.data)
        if answer.status == 422:
            assert list(answer.json["details"]["fields"]) == ["after"], key
