"""What the proofs share."""

import pytest

from kernel.db import Database


@pytest.fixture(scope="module")
def database(own_database: Database) -> Database:
    """The module's own, because proofs keep what they write."""
    return own_database
