"""The same company behind a database that forgets."""

from collections.abc import Iterator
from contextlib import contextmanager

from server.app import create_app
from server.settings import Settings
from tests.api.contract.office import Office
from tests.support.rehearsal import Rehearsal


@contextmanager
def rehearsing(office: Office) -> Iterator[Office]:
    database = Rehearsal(office.database.url)
    try:
        yield Office(create_app(Settings(), database), database, office.people, office.tokens, office.ids)
    finally:
        database.close()
