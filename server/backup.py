"""`backup` and `restore`: all rows as one moment saw them, in a zip file that needs no tools of PostgreSQL.

The file holds a manifest and one file of COPY text a table, so it fits any PostgreSQL that the product runs on. It
remembers the revision of the schema: an older backup is read into the schema of its time and then migrated.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import sql
from sqlalchemy.orm import Session

from kernel.context import system_clock
from kernel.db import Database
from server import migrating

FORMAT = 1
MANIFEST = "manifest.json"
REVISION = "alembic_version"
CONNECTION_NAME = "procession backup"
BLOCK = 1024 * 1024

TABLES = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1"
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"""
IN_USE = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name IN ('procession', 'procession worker')"""


class BackupError(RuntimeError):
    """A backup cannot be written or read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    revision: str
    tables: dict[str, list[str]]
    """Columns by table, in the order of the file."""
    sequences: dict[str, int | None]


def write(url: str, file: Path) -> int:
    """Writes the backup while the product may be running; the size in bytes.

    A file of that name is replaced only once the new one is whole. Only its owner may read it: passwords' hashes and
    customers are in it.
    """
    unfinished = file.with_name(f"{file.name}.unfinished")
    with _database(url) as database, database.read_only(snapshot=True) as session:
        try:
            with _private(unfinished) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                _write_rows(session, archive)
            unfinished.replace(file)
        except OSError as error:
            raise BackupError(f"{file} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
    return file.stat().st_size


@contextmanager
def _private(path: Path) -> Iterator[Any]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w+b") as opened:
        yield opened
        opened.flush()
        os.fsync(descriptor)


def _write_rows(session: Session, archive: zipfile.ZipFile) -> None:
    cursor = _cursor(session)
    tables: dict[str, list[str]] = dict(cursor.execute(TABLES).fetchall())
    if tables.pop(REVISION, None) is None:
        raise BackupError("There is nothing to back up: the database has no tables of Procession.")
    revision = cursor.execute("SELECT version_num FROM alembic_version").fetchone()
    rows = {}
    for table, columns in tables.items():
        with (
            archive.open(_entry(table), "w", force_zip64=True) as out,
            cursor.copy(_copy(table, columns, "TO STDOUT")) as copied,
        ):
            for block in copied:
                out.write(block)
        rows[table] = cursor.rowcount
    manifest = {
        "format": FORMAT,
        "revision": revision[0] if revision else None,
        "made_at": system_clock().isoformat(timespec="seconds"),
        "tables": {table: {"columns": columns, "rows": rows[table]} for table, columns in tables.items()},
        # Sequences stand outside transactions: read last, they are never behind the rows.
        "sequences": dict(cursor.execute(SEQUENCES).fetchall()),
    }
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))


def read(url: str, file: Path, *, force: bool = False) -> int:
    """Restores a backup into an empty database; the number of rows. `force` throws away what is in the database."""
    with _opened(file) as archive, _database(url) as database:
        manifest = _manifest(archive, url)
        with database.transaction() as session:
            _make_room(session, manifest, force)
        command.upgrade(migrating.config(url), manifest.revision)
        with database.transaction() as session:
            rows = _read_rows(session, archive, manifest)
    command.upgrade(migrating.config(url), "head")
    return rows


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.testzip() is not None:
                raise BackupError(f"{file} is damaged. Use another backup; nothing was changed.")
            yield archive
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}.") from error
    except zipfile.BadZipFile as error:
        raise BackupError(f"{file} is not a backup, or only a part of one. Nothing was changed.") from error


def _manifest(archive: zipfile.ZipFile, url: str) -> Manifest:
    try:
        content = json.loads(archive.read(MANIFEST))
        known = content["format"]
    except (KeyError, ValueError) as error:
        raise BackupError("The file is no backup of Procession.") from error
    if known != FORMAT:
        raise BackupError("A newer release wrote this backup. Restore it with that release.")
    try:
        ScriptDirectory.from_config(migrating.config(url)).get_revision(content["revision"])
    except CommandError as error:
        raise BackupError("A newer release wrote this backup. Restore it with that release.") from error
    columns = {table: entry["columns"] for table, entry in content["tables"].items()}
    return Manifest(content["revision"], columns, content["sequences"])


def _make_room(session: Session, manifest: Manifest, force: bool) -> None:
    """Leaves no table behind that the restored schema would meet; refuses to throw away rows unless told to."""
    cursor = _cursor(session)
    if cursor.execute(IN_USE).fetchone() != (0,):
        raise BackupError("Procession is running on this database. Stop it first; nothing was changed.")
    present = [name for name, _ in cursor.execute(TABLES).fetchall()]
    for table in present:
        if table != REVISION and not force and cursor.execute(_any_row(table)).fetchone() is not None:
            raise BackupError(
                "The database is not empty. Restore into an empty one, or throw away what is in it with --force."
            )
    if REVISION not in present and any(table in manifest.tables for table in present):
        raise BackupError("The database has tables of the same names that are not Procession's.")
    if REVISION in present:
        for table in present:
            cursor.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))


def _any_row(table: str) -> sql.Composed:
    return sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))


def _read_rows(session: Session, archive: zipfile.ZipFile, manifest: Manifest) -> int:
    """Tables refer to each other in circles, so the foreign keys step aside and are checked again at the end."""
    cursor = _cursor(session)
    keys = cursor.execute(FOREIGN_KEYS).fetchall()
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    rows = 0
    for table, columns in manifest.tables.items():
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        with archive.open(_entry(table)) as source, cursor.copy(_copy(table, columns, "FROM STDIN")) as copied:
            while block := source.read(BLOCK):
                copied.write(block)
        rows += cursor.rowcount
    for sequence, last in manifest.sequences.items():
        if last is not None:
            cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s)", (sequence, last))
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    return rows


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(direction))


def _entry(table: str) -> str:
    return f"tables/{table}.copy"


def _cursor(session: Session) -> psycopg.Cursor[Any]:
    """The driver's own cursor in the session's transaction; SQLAlchemy has no COPY."""
    connection: Any = session.connection().connection.driver_connection
    connection.execute("SET LOCAL datestyle = 'ISO, YMD'")
    cursor: psycopg.Cursor[Any] = connection.cursor()
    return cursor


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url, pool_size=1, application_name=CONNECTION_NAME)
    try:
        yield database
    finally:
        database.close()
