"""Long work is done in chunks, each in a transaction of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import background
from engine.tables import JobRow
from kernel.context import Context
from kernel.db import Database
from tests.support.engine import ANN, Bench

COUNT = "tests.count"


@pytest.fixture
def done() -> Iterator[list[int]]:
    """What the background task `tests.count` has counted; it fails whenever it comes to seven for the first time."""
    found: list[int] = []
    failed: list[int] = []

    def count(context: Context, payload: dict[str, Any]) -> dict[str, Any] | None:
        at = payload["at"]
        if at == 7 and not failed:
            failed.append(at)
            raise OSError("the disk is away")
        found.append(at)
        return {**payload, "at": at + 1} if at < payload["last"] else None

    background.task(COUNT)(count)
    yield found
    del background._tasks[COUNT]


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def schedule(bench: Bench, first: int, last: int) -> None:
    with bench.database.transaction() as session:
        background.schedule(Context(session, ANN, bench.clock), COUNT, {"at": first, "last": last})


def left(bench: Bench) -> int:
    with bench.database.read_only() as session:
        return session.scalar(select(func.count()).where(JobRow.element_id == COUNT)) or 0


def test_chunk_follows_chunk_until_one_says_it_was_the_last(bench: Bench, done: list[int]) -> None:
    schedule(bench, 1, 4)
    bench.pass_time()
    assert (done, left(bench)) == ([1, 2, 3, 4], 0)


def test_a_chunk_that_fails_is_tried_again_later_and_the_work_goes_on_from_it(bench: Bench, done: list[int]) -> None:
    schedule(bench, 6, 8)
    bench.pass_time()
    assert (done, left(bench)) == ([6], 1)
    bench.pass_time(hours=1)
    assert (done, left(bench)) == ([6, 7, 8], 0)


def test_what_nobody_registered_cannot_be_scheduled(bench: Bench) -> None:
    with bench.database.transaction() as session, pytest.raises(KeyError):
        background.schedule(Context(session, ANN, bench.clock), "tests.unknown", {})
