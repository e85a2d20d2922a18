"""A repeated request waits for the first one; only that is told as a conflict."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kernel import idempotency
from kernel.db import Database
from kernel.errors import Conflict

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_repeat_of_what_is_still_being_answered_is_a_conflict(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "WAIT", "50ms")
    with database.transaction() as first:
        assert idempotency.begin(first, 1, "one", "mark", NOW) is None
        with pytest.raises(Conflict) as refused, database.transaction() as second:
            idempotency.begin(second, 1, "one", "mark", NOW)
        first.rollback()
    assert refused.value.code == "idempotency_in_progress"


def test_a_database_that_is_away_is_no_conflict(database: Database) -> None:
    with pytest.raises(OperationalError), database.transaction() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        with database.transaction() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": backend})
        idempotency.begin(session, 1, "one", "mark", NOW)
