"""The command line: one command a line of its help."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from kernel import vault
from kernel.errors import ValidationFailed
from server import logs, secret_key, settings
from server.lifetime import collect_seldom
from server.settings import Settings

ADDRESSES = ("host", "port", "data")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="procession", description="A CRM whose sales run on BPMN diagrams.")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=help)
        added.add_argument("--data", help="folder of the embedded database (PROCESSION_DATA, default var)")
        return added

    for name, help in (
        ("serve", "run everything: web, worker and, without DATABASE_URL, the embedded database"),
        ("web", "run the web process alone; needs DATABASE_URL"),
    ):
        added = command(name, help)
        added.add_argument("--host", help="address to listen on (PROCESSION_HOST, default 127.0.0.1)")
        added.add_argument("--port", type=int, help="port to listen on (PROCESSION_PORT, default 8000)")
        added.add_argument("--web-processes", type=int, help="web processes to run (PROCESSION_WEB_PROCESSES)")
        added.add_argument("--demo", action="store_true", help="fill an empty database with demo data")
    command("worker", "run a worker alone: timers, asynchronous steps, deliveries; needs DATABASE_URL")
    command("migrate", "bring the database to the newest schema")
    command("make-migration", "write a migration for changed tables").add_argument("message")
    deploy = command("deploy", "check, store and publish BPMN diagrams and their forms")
    deploy.add_argument("files", nargs="+", type=Path, metavar="FILE")
    deploy.add_argument("--draft", action="store_true", help="store without publishing")
    user = command("user", "make a person's account").add_subparsers(dest="action", required=True)
    create = user.add_parser("create", help="make an account; a password is generated unless one is given")
    create.add_argument("username")
    create.add_argument("--name")
    create.add_argument("--role", action="append", default=[], help="administrator, designer, supervisor, head, …")
    create.add_argument("--password", nargs="?", const="", help="ask for one, or take the one given")
    command("demo", "fill an empty database with the demo sales department")
    command("check", "look for problems: settings, database, instances; says what to do about each")
    fidelity = command(
        "fidelity", "score a folder of BPMN files: which run, which are refused and where; keeps nothing"
    )
    fidelity.add_argument("folder", type=Path)
    fidelity.add_argument("--seed", type=int, default=0, help="another seed takes other ways")
    command("backup", "write everything to a file, also while the product runs").add_argument("file", type=Path)
    restore = command("restore", "read a backup into an empty database")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="throw away what is in the database")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    collect_seldom()
    logs.prepare()
    try:
        configured = settings.read(
            host=getattr(given, "host", None),
            port=getattr(given, "port", None),
            data=given.data,
            demo=getattr(given, "demo", False),
            web_processes=getattr(given, "web_processes", None),
        )
        vault.hold(partial(secret_key.of, configured))
        return COMMANDS[given.command](given, configured)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        said = _words_for(error)
        if said is None:
            raise
        sys.stderr.write(f"{said}\n")
        return 1


def _words_for(error: Exception) -> str | None:
    """What the person at the keyboard should read; None for a fault of ours."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    if type(error).__name__ not in EXPECTED:
        return None
    original = getattr(error, "orig", None)  # what the database said, without SQLAlchemy's wrapping
    if original is not None:
        return f"The database cannot be used: {' '.join(str(original).split())}"
    fields = error.fields_in("en") if isinstance(error, ValidationFailed) else {}
    return "\n".join([f"{name}: {' '.join(messages)}" for name, messages in fields.items()] or [str(error)])


EXPECTED = frozenset(
    {
        "SettingsError", "EmbeddedError", "WrongServer", "PortTaken", "ValidationFailed", "Conflict", "NotFound",
        "OperationalError", "BackupError", "DiagramUnreadable",
    }
)  # fmt: skip
"""Errors whose text is for the person at the keyboard; anything else is a fault and shows where."""


def _serve(given: argparse.Namespace, configured: Settings) -> int:
    from server.serving import serve

    return serve(configured)


def _web(given: argparse.Namespace, configured: Settings) -> int:
    from server import web

    web.main(configured)
    return 0


def _worker(given: argparse.Namespace, configured: Settings) -> int:
    from server import worker

    worker.main(configured)
    return 0


def _migrate(given: argparse.Namespace, configured: Settings) -> int:
    from server import migrating
    from server.serving import database_of

    with database_of(configured) as url:
        migrating.migrate(url)
    return 0


def _make_migration(given: argparse.Namespace, configured: Settings) -> int:
    from server import migrating
    from server.serving import database_of

    with database_of(configured) as url:
        migrating.make_migration(url, given.message)
    return 0


def _deploy(given: argparse.Namespace, configured: Settings) -> int:
    from kernel.context import SYSTEM, Context
    from kernel.db import Database
    from processes import designs
    from server.serving import database_of

    files = [(path.name, path.read_bytes()) for path in given.files]
    with database_of(configured) as url:
        database = Database(url, pool_size=1)
        try:
            with database.transaction() as session:
                context = Context(session, dataclasses.replace(SYSTEM, language="en"))
                deployed = designs.upload(context, files, publish=not given.draft)
        except ValidationFailed as error:
            for finding in error.details.get("findings", []):
                where = f"{finding['file']}:{finding['line']} {finding['element_id'] or ''}".strip()
                sys.stderr.write(f"{where}: {finding['message']}\n")
            raise
        finally:
            database.close()
    for definition in deployed.definitions:
        sys.stdout.write(f"{definition.key} version {definition.version} {definition.state}\n")
    return 0


def _user(given: argparse.Namespace, configured: Settings) -> int:
    from crm_model import users
    from kernel.context import SYSTEM, Context
    from kernel.db import Database
    from server.serving import database_of

    generated = secrets.token_urlsafe(12) if given.password is None else None
    password = generated or given.password or getpass.getpass("Password: ")
    values = {
        "username": given.username,
        "name": given.name or given.username,
        "roles": given.role or ["manager"],
        "password": password,
    }
    with database_of(configured) as url:
        database = Database(url, pool_size=1)
        with database.transaction() as session:
            users.create_user(Context(session, SYSTEM), values)
        database.close()
    sys.stdout.write(f"{given.username} made" + (f", password {generated}\n" if generated else "\n"))
    return 0


def _demo(given: argparse.Namespace, configured: Settings) -> int:
    from server import migrating, setting_up
    from server.serving import database_of

    with database_of(configured) as url:
        migrating.migrate(url)
        for hint in setting_up.first_start(url, dataclasses.replace(configured, demo=True)):
            sys.stdout.write(hint + "\n")
    return 0


def _check(given: argparse.Namespace, configured: Settings) -> int:
    from server.checking import check
    from server.serving import database_of

    with database_of(configured) as url:
        problems = check(configured, url)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if not problems:
        sys.stdout.write("All is well.\n")
    return 1 if problems else 0


def _fidelity(given: argparse.Namespace, configured: Settings) -> int:
    from kernel.context import SYSTEM, Context
    from kernel.db import Database
    from processes import fidelity
    from server import migrating
    from server.serving import database_of

    files = sorted(path for path in given.folder.rglob("*") if path.name.lower().endswith(fidelity.ENDINGS))
    counts: Counter[str] = Counter()
    with database_of(configured) as url:
        migrating.migrate(url)
        database = Database(url, pool_size=1)
        for path in files:
            with database.transaction() as session:
                context = Context(session, dataclasses.replace(SYSTEM, language="en"))
                name = path.relative_to(given.folder).as_posix()
                score = fidelity.score(context, name, [(path.name, path.read_bytes())], given.seed)
            counts[score.outcome] += 1
            sys.stdout.write(f"{score}\n")
        database.close()
    sys.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()) + "\n")
    return 0


def _backup(given: argparse.Namespace, configured: Settings) -> int:
    from server import backup
    from server.serving import database_of

    with database_of(configured) as url:
        size = backup.write(url, given.file)
    sys.stdout.write(f"{given.file} written, {size} bytes\n")
    return 0


def _restore(given: argparse.Namespace, configured: Settings) -> int:
    from server import backup, checking, migrating
    from server.serving import database_of

    with database_of(configured) as url:
        migrating.check_server(url)
        rows = backup.read(url, given.file, force=given.force)
        secrets_left = checking.unreadable_secrets(url)
    sys.stdout.write(f"{rows} rows restored\n" + "".join(f"{problem}\n" for problem in secrets_left))
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "serve": _serve,
    "web": _web,
    "worker": _worker,
    "migrate": _migrate,
    "make-migration": _make_migration,
    "deploy": _deploy,
    "user": _user,
    "demo": _demo,
    "check": _check,
    "fidelity": _fidelity,
    "backup": _backup,
    "restore": _restore,
}

if __name__ == "__main__":
    sys.exit(main())
