"""Migrations make exactly the tables of the models, whoever starts them and however often."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from kernel import vault
from server import migrating
from server.migrating import WrongServer
from server.models import all_tables

ROOT = Path(__file__).parents[2]


def tables(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    return set(inspect(engine).get_table_names())


def test_a_migrated_database_equals_the_models(migrated_url: str) -> None:
    engine = create_engine(migrated_url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, all_tables()) == []


def test_every_table_has_a_migration(migrated_url: str) -> None:
    assert tables(migrated_url) == set(all_tables().tables) | {"alembic_version"}


def test_checks_and_indexes_are_those_of_the_models(migrated_url: str, database_url: str) -> None:
    query = text(
        "SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conrelid::regclass::text <> 'alembic_version'"
        " UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    found = []
    for url in (migrated_url, database_url):
        with create_engine(url, poolclass=NullPool).connect() as connection:
            found.append(set(connection.execute(query).scalars()))
    assert found[0] == found[1]


def test_migrating_twice_changes_nothing(migrated_url: str) -> None:
    before = tables(migrated_url)
    migrating.migrate(migrated_url)
    assert tables(migrated_url) == before


def test_two_processes_that_migrate_at_once_are_one(empty_url: str) -> None:
    program = "import sys; from server import migrating; migrating.migrate(sys.argv[1])"
    both = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for one in both:
        _, errors = one.communicate(timeout=120)
        assert one.returncode == 0, errors
    assert "process_instance" in tables(empty_url)


def test_there_is_one_newest_migration_and_each_says_what_it_does() -> None:
    scripts = ScriptDirectory(str(migrating.MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert all(revision.doc for revision in scripts.walk_revisions())


def test_a_server_that_is_too_old_is_refused_before_anything_is_made(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "MINIMUM_SERVER_VERSION", 990000)
    with pytest.raises(WrongServer, match="needs PostgreSQL 99 or newer; this server is 18"):
        migrating.migrate(empty_url)
    assert tables(empty_url) == set()


def test_what_variables_were_before_steps_had_rows_of_their_own_stands_in_steps_in_its_order(empty_url: str) -> None:
    config = migrating.config(empty_url)
    command.upgrade(config, "d27c1f5e8a64")
    engine = create_engine(empty_url, poolclass=NullPool)
    written = (
        "(1, '2026-01-01', NULL, 0, 0, 'a', NULL, '1'), (1, '2026-01-01', NULL, 0, 0, 'b', NULL, '\"x\"'),"
        " (1, '2026-01-02', 7, 0, 0, 'a', '1', '2'), (1, '2026-01-03', 7, 5, 9, 'a', '2', 'null')"
    )
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO history_step (instance_id, step, taken) VALUES (1, 4, 'x'), (1, 5, 'y')"))
        columns = "instance_id, at, actor_id, step, run, name, was, became"
        connection.execute(text(f"INSERT INTO variable_change ({columns}) VALUES {written}"))
    migrating.migrate(empty_url)
    query = text("SELECT step, actor_id, convert_from(taken, 'UTF8'), changes FROM history_step ORDER BY step")
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(query)] == [
            (-1, None, None, [[0, "a", None, 1], [0, "b", None, "x"]]),
            (0, 7, None, [[0, "a", 1, 2]]),
            (4, None, "x", None),
            (5, 7, "y", [[9, "a", 2, None]]),
        ]
    command.downgrade(config, "d27c1f5e8a64")
    with engine.connect() as connection:
        query = text("SELECT name, was, became, step FROM variable_change ORDER BY id")
        assert [tuple(row) for row in connection.execute(query)] == [
            ("a", None, 1, 0), ("b", None, "x", 0), ("a", 1, 2, 0), ("a", 2, None, 5),
        ]  # fmt: skip


def test_passwords_of_before_are_sealed(empty_url: str) -> None:
    command.upgrade(migrating.config(empty_url), "f30b6c1d92ea")
    engine = create_engine(empty_url, poolclass=NullPool)
    insert = (
        "INSERT INTO mailboxes (host, port, security, username, password, folder, poll_minutes, active, check_at,"
        " created_at, updated_at, version) VALUES ('imap.example', 993, 'tls', 'sales', 's3cret', 'INBOX', 5, true, now(),"
        " now(), now(), 1)"
    )
    with engine.begin() as connection:
        connection.execute(text(insert))
    migrating.migrate(empty_url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT password FROM mailboxes")).scalar_one()
    assert "s3cret" not in kept and vault.reveal(kept) == "s3cret"


def test_decisions_that_had_both_languages_in_one_name_have_a_title_in_each(empty_url: str) -> None:
    command.upgrade(migrating.config(empty_url), "5c1e0d94b7a2")
    engine = create_engine(empty_url, poolclass=NullPool)
    with engine.begin() as connection:
        (deployment,) = connection.execute(
            text("INSERT INTO deployment (created_at) VALUES (now()) RETURNING id")
        ).one()
        made = text(
            "INSERT INTO decision_definition (deployment_id, key, version, name, state, resource, xml, checksum, created_at)"
            " VALUES (:deployment, :key, 1, 'Verdict / Решение', 'published', 'a.dmn', '', '', now())"
        )
        connection.execute(made, [{"deployment": deployment, "key": key} for key in ("lead_verdict", "own")])
    migrating.migrate(empty_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT key, titles FROM decision_definition"))
        found = {row.key: row.titles for row in rows}
    assert found == {"lead_verdict": {"en": "Verdict", "ru": "Решение"}, "own": {}}
