"""Migrations by Alembic, and the check of the server's version before anything else."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from kernel.db import MINIMUM_SERVER_VERSION

MIGRATIONS = Path(__file__).parent / "migrations"


class WrongServer(RuntimeError):
    """The PostgreSQL server is too old; the text says what is needed."""


def reason(error: OperationalError) -> str:
    """What the server or the driver said, on one line."""
    return " ".join(str(error.orig).split())


def config(url: str) -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    made.attributes["url"] = url
    return made


def check_server(url: str) -> str:
    """The server's version; WrongServer if it is too old."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
            version = str(connection.execute(text("SHOW server_version")).scalar_one())
    finally:
        engine.dispose()
    if number < MINIMUM_SERVER_VERSION:
        needed = MINIMUM_SERVER_VERSION // 10000
        raise WrongServer(f"Procession needs PostgreSQL {needed} or newer; this server is {version}.")
    return version


def migrate(url: str) -> None:
    """Brings the database to the newest schema; several at once wait for each other."""
    check_server(url)
    command.upgrade(config(url), "head")


def is_current(session: Session) -> bool:
    """Whether the database has the schema that this program was written for."""
    if session.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return False
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar() == head


def make_migration(url: str, message: str) -> None:
    """Writes a migration with the difference between the models and the database."""
    command.revision(config(url), message=message, autogenerate=True)
