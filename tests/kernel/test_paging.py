"""What a cursor may hold, and what is not taken for one."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import ValidationFailed
from kernel.paging import Page, decode_cursor, encode_cursor, slice_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_cursor_gives_back_the_key_it_was_made_of() -> None:
    page = Page(after=decode_cursor(encode_cursor([NOW, "Ёлка\u00a01", Decimal("10.50"), 7, None])))
    assert page.key(datetime, str, Decimal, int, type(None)) == (NOW, "Ёлка\u00a01", Decimal("10.50"), 7, None)


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("7", int), (True, int), (7.5, int), (2**63, int), (None, int), ([7], int), ("a\0b", str), ("\ud800", str), (7, str),
        ("2026-03-02", datetime), ("2026-03-02T12:00", datetime), (7, datetime), ("NaN", Decimal), ("1e30", Decimal), ("x", Decimal),
        (0, type(None)),
    ],
)  # fmt: skip
def test_what_the_database_could_not_compare_is_refused(part: Any, kind: type) -> None:
    with pytest.raises(ValidationFailed) as refused:
        Page(after=(part,)).key(kind)
    assert list(refused.value.fields) == ["after"]


def test_a_cursor_of_another_length_is_refused() -> None:
    with pytest.raises(ValidationFailed):
        Page(after=(1, 2)).key(int)


@pytest.mark.parametrize("text", ["", "%", "bnVsbA", "e30", "/w", "Zm9v"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(text)


def test_only_a_list_that_goes_on_names_its_next_page() -> None:
    assert slice_of([1, 2], Page(limit=2), lambda row: [row]).next is None
    assert slice_of([1, 2, 3], Page(limit=2), lambda row: [row]).next == encode_cursor([2])
