"""Transactions that only read."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from kernel.db import Database

OFTEN = 7
"""More often than the driver needs to find that a statement comes again and again."""


def test_what_readers_ask_again_and_again_stays_prepared_for_the_next_of_them(database: Database) -> None:
    reader = Database(database.url, pool_size=1)
    try:
        for _ in range(OFTEN):
            with reader.read_only() as session:
                session.execute(text("SELECT 17 AS of_a_reader"))
        with reader.read_only() as session:
            known = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    finally:
        reader.close()
    assert "SELECT 17 AS of_a_reader" in known


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(InternalError, match="read-only"), database.read_only() as session:
        session.execute(text("DELETE FROM api_tokens"))
