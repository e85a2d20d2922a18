"""The same company behind a database that forgets: each call meets what the one before met."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from kernel.db import Database
from server.app import create_app
from server.settings import Settings
from tests.api.contract.office import Office


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


@contextmanager
def rehearsing(office: Office) -> Iterator[Office]:
    database = Rehearsal(office.database.url)
    try:
        yield Office(create_app(Settings(), database), database, office.people, office.tokens, office.ids)
    finally:
        database.close()
