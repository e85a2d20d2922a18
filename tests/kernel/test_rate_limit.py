"""A moving window: so many uses, and not one more, however they are spread."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from kernel import rate_limit
from kernel.db import Database
from kernel.errors import TooManyRequests

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def use(session: Session, key: str, seconds: float) -> None:
    rate_limit.use(session, key, NOON + timedelta(seconds=seconds), allowed=3, window=MINUTE)


def test_the_window_moves_with_the_uses(session: Session) -> None:
    for seconds in (0, 50, 55):
        use(session, "visitor", seconds)
    with pytest.raises(TooManyRequests) as refused:
        use(session, "visitor", 59.5)
    assert refused.value.retry_after == 1
    use(session, "visitor", 60)
    with pytest.raises(TooManyRequests) as refused:
        use(session, "visitor", 61)
    assert refused.value.retry_after == 49
    use(session, "another", 61)


def test_of_many_at_once_only_the_allowed_number_comes_through(database: Database) -> None:
    key, passed = uuid4().hex, []

    def come() -> None:
        try:
            with database.transaction() as session:
                use(session, key, 0)
            passed.append(1)
        except TooManyRequests:
            pass

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 3


def test_what_is_long_over_is_forgotten(session: Session) -> None:
    use(session, "gone", 0)
    rate_limit.forget_what_is_over(session, NOON + MINUTE)
    session.expire_all()
    for seconds in (1, 2, 3):
        use(session, "gone", seconds)
