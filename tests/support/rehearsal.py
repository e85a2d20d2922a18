"""A database that forgets: each call meets what the one before met."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from kernel.db import Database


class Rehearsal(Database):
    """Undoes every change instead of keeping it."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.flush()
            finally:
                session.rollback()
