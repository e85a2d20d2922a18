"""`check`: each problem of the installation by name, with what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from crm_model import consents, sealed
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.users import User
from engine import sweep
from engine.tables import EXTERNAL, PUBLISHED, DefinitionRow, Deployment, IncidentRow, InstanceRow, JobRow
from kernel.context import ADMINISTRATOR, system_clock
from kernel.db import Database
from kernel.i18n import translate
from processes import catalogue, stage_drift
from server import migrating, worker
from server.settings import Settings
from task_ui import assets

LATE = timedelta(minutes=1)
SPACE_NEEDED = 1024**3
LATE_OUTSIDE = timedelta(hours=1)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ANOTHER_KEY = (
    "Enter it again on the settings page, or start the program with the key it was saved with: PROCESSION_SECRET_KEY, "
    "or the file secret.key of that data folder."
)
MOST_NAMED = 5
"""Of one kind of problem this many are named, the rest counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}\n  -> {self.remedy}"


def check(settings: Settings, url: str) -> list[Problem]:
    """Everything that is wrong, the deepest cause first; an empty list where all is well."""
    found = [*_installation(settings)]
    database_problems = [*_database(url)]
    if database_problems:
        return found + database_problems
    database = Database(url, pool_size=1, application_name="procession check")
    try:
        with database.read_only(snapshot=True) as session:
            return found + problems(session, system_clock())
    finally:
        database.close()


def unreadable_secrets(url: str) -> list[Problem]:
    """What a restored backup holds that this installation has no key for."""
    database = Database(url, pool_size=1, application_name="procession check")
    try:
        with database.read_only() as session:
            return list(_secrets(session, system_clock()))
    finally:
        database.close()


def problems(session: Session, now: datetime) -> list[Problem]:
    """What is wrong with what the database holds."""
    return [problem for rule in RULES for problem in rule(session, now)]


def _installation(settings: Settings) -> Iterator[Problem]:
    if not (assets.FOLDER / "manifest.json").exists():
        yield Problem("The front end is not built.", "Run ./run, or python hatch_build.py.")
    if settings.demo and settings.host not in LOOPBACK:
        yield Problem(
            f"Demo mode, whose passwords everybody knows, listens on {settings.host}.",
            "Leave out --demo (PROCESSION_DEMO), or listen on 127.0.0.1 only.",
        )
    if settings.database_url is None:
        left = shutil.disk_usage(next(p for p in (settings.data, *settings.data.parents) if p.exists())).free
        if left < SPACE_NEEDED:
            yield Problem(
                f"The disk of {settings.data} has {left // 1024**2} MB left.",
                "Make room, or move the data folder (--data): PostgreSQL stops when the disk is full.",
            )


def _database(url: str) -> Iterator[Problem]:
    """Whether there is a database we can work with at all."""
    try:
        migrating.check_server(url)
    except migrating.WrongServer as error:
        yield Problem(str(error), "Upgrade that server, or leave out DATABASE_URL and use the embedded one.")
        return
    except OperationalError as error:
        where = make_url(url).render_as_string(hide_password=True)
        reason = migrating.reason(error)
        yield Problem(
            f"The database {where} cannot be reached: {reason}", "See that PostgreSQL runs and DATABASE_URL is right."
        )
        return
    yield from _schema(url)


def _schema(url: str) -> Iterator[Problem]:
    scripts = ScriptDirectory.from_config(migrating.config(url))
    database = Database(url, pool_size=1, application_name="procession check")
    try:
        with database.read_only() as session:
            current = MigrationContext.configure(session.connection()).get_current_revision()
        pending = [*scripts.iterate_revisions("head", current or "base")]
    except (CommandError, ResolutionError):
        yield Problem(
            f"The database has revision {current}, which this release does not know: a newer one made it.",
            "Run the release that made it, or a newer one.",
        )
        return
    finally:
        database.close()
    if current is None:
        yield Problem("The database is empty.", "Run `procession migrate`, or start `procession serve`, which does.")
    elif pending:
        yield Problem(f"{len(pending)} migrations have not been run.", "Back up, then run `procession migrate`.")


def _administrators(session: Session, now: datetime) -> Iterator[Problem]:
    active = select(func.count()).where(User.active, User.roles.contains([ADMINISTRATOR]))
    if not session.scalar(active):
        yield Problem(
            "Nobody can administer: no active user has the role administrator.",
            "Run `procession user create NAME --role administrator`.",
        )


def _processes(session: Session, now: datetime) -> Iterator[Problem]:
    """The shipped processes as this release has them."""
    for key in catalogue.ORDER:
        versions = select(DefinitionRow.id).where(DefinitionRow.key == key, DefinitionRow.state == PUBLISHED)
        if session.scalar(versions.limit(1)) is None:
            yield Problem(
                f"The shipped process {key} is not published.",
                "Start `procession serve`, which deploys it, or publish a version on the page Processes.",
            )
        elif not _is_deployed(session, key):
            yield Problem(
                f"The shipped process {key} of this release has not been deployed.",
                "Start `procession serve` once: it deploys what has changed.",
            )


def _is_deployed(session: Session, key: str) -> bool:
    known = select(Deployment.id).join(DefinitionRow, DefinitionRow.deployment_id == Deployment.id)
    tag = catalogue.tag_of(key)
    return session.scalar(known.where(DefinitionRow.key == key, Deployment.comment == tag).limit(1)) is not None


def _worker(session: Session, now: datetime) -> Iterator[Problem]:
    """Whether somebody does what becomes due."""
    waiting = (JobRow.state == "ready", JobRow.kind != EXTERNAL, JobRow.due < now - LATE)
    free = JobRow.locked_until.is_(None) | (JobRow.locked_until < now)
    late, oldest = session.execute(select(func.count(), func.min(JobRow.due)).where(*waiting, free)).one()
    workers = session.scalar(
        text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name AND datname = current_database()"),
        {"name": worker.CONNECTION_NAME},
    )
    if late and not workers:
        yield Problem(
            f"{_count(late, 'job is', 'jobs are')} overdue, the oldest since {_time(oldest)}, and no worker runs.",
            "Start `procession serve` or `procession worker`.",
        )
    elif late:
        yield Problem(
            f"{_count(late, 'job is', 'jobs are')} overdue, the oldest since {_time(oldest)}, with "
            f"{_count(workers, 'worker connection', 'worker connections')}.",
            "Look into the worker's log; if it only has too much to do, start another `procession worker`.",
        )
    over = (JobRow.state == "ready", JobRow.kind != EXTERNAL, JobRow.locked_until < now - LATE)
    left = session.scalar(select(func.count()).where(*over))
    if left:
        yield Problem(
            f"{_count(left, 'job was', 'jobs were')} left by a worker that ended in the middle: the lease is over.",
            "A running worker takes them up by itself; if they stay, its log says why.",
        )


def _programs(session: Session, now: datetime) -> Iterator[Problem]:
    """Work for programs outside that none of them fetches, or that was fetched and never heard of again."""
    topic = JobRow.payload["topic"].astext
    since = func.coalesce(JobRow.locked_until, JobRow.due)
    waiting = (JobRow.kind == EXTERNAL, JobRow.state == "ready", JobRow.due < now, since < now - LATE_OUTSIDE)
    for name, number, oldest in session.execute(
        select(topic, func.count(), func.min(since)).where(*waiting).group_by(topic).order_by(topic)
    ):
        yield Problem(
            f"{_count(number, 'task waits', 'tasks wait')} for a program with the topic {name}, the oldest since "
            f"{_time(oldest)}.",
            "Start the program that fetches this topic, or see in its log why it does not finish what it fetches.",
        )


def _incidents(session: Session, now: datetime) -> Iterator[Problem]:
    """Troubles that wait for a person."""
    rows = session.execute(
        select(IncidentRow, InstanceRow.definition_key)
        .join(InstanceRow, InstanceRow.id == IncidentRow.instance_id)
        .where(IncidentRow.resolved_at.is_(None))
        .order_by(IncidentRow.id)
    ).all()
    yield from _named(
        [
            Problem(
                f"Incident {row.id} in instance {row.instance_id} of {key}, element {row.element_id}: "
                + translate(row.message, "en", **row.params),
                "Mend the cause, then retry it on the page Incidents.",
            )
            for row, key in rows
        ],
        "incidents",
    )


def _failed_jobs(session: Session, now: datetime) -> Iterator[Problem]:
    """Given up, and no incident tells of it."""
    told = select(IncidentRow.id).where(IncidentRow.job_id == JobRow.id, IncidentRow.resolved_at.is_(None))
    rows = session.scalars(select(JobRow).where(JobRow.state == "failed", ~told.exists()).order_by(JobRow.id)).all()
    yield from _named(
        [Problem(f"Job {row.id} ({row.kind}) was given up: {row.error}", "Retry it on the page Jobs.") for row in rows],
        "jobs that were given up",
    )


def _stuck_instances(session: Session, now: datetime) -> Iterator[Problem]:
    yield from _named(
        [
            Problem(
                f"Instance {row.instance_id} of {row.definition_key} can never go on"
                + (f" at {row.element_id}" if row.element_id else "")
                + f": it lacks {row.missing}.",
                f"Move it by hand on the page of instance {row.instance_id} (Modify), or cancel it there; "
                "then report a fault: the engine must leave none.",
            )
            for row in sweep.stuck(session)
        ],
        "instances that can never go on",
    )


def _deal_stages(session: Session, now: datetime) -> Iterator[Problem]:
    yield from _named(
        [
            Problem(
                f"Deal {row.deal_id} is at stage {row.stage}, but its process {row.instance_id} stands at "
                f"{', '.join(row.expected)}.",
                "Change the deal's stage on its page: the process follows, and both agree again.",
            )
            for row in stage_drift.drifts(session)
        ],
        "deals that differ from their process",
    )


def _consents(session: Session, now: datetime) -> Iterator[Problem]:
    for model, name in ((Lead, "lead"), (Contact, "contact")):
        yield from _named(
            [
                Problem(
                    f"The {name} {number} and its ledger of consents differ on letters.",
                    f"Write the consent down or take it back on the page of the {name}: both agree again.",
                )
                for number in consents.disagreeing(session, model)
            ],
            f"{name}s that differ from their ledger",
        )


def _secrets(session: Session, now: datetime) -> Iterator[Problem]:
    for name in sealed.unreadable(session):
        yield Problem(f"The {name} was saved with another secret key and cannot be used.", ANOTHER_KEY)


RULES: tuple[Callable[[Session, datetime], Iterator[Problem]], ...] = (
    _administrators,
    _processes,
    _worker,
    _programs,
    _failed_jobs,
    _incidents,
    _stuck_instances,
    _deal_stages,
    _consents,
    _secrets,
)


def _named(problems: list[Problem], kind: str) -> Iterator[Problem]:
    yield from problems[:MOST_NAMED]
    if len(problems) > MOST_NAMED:
        yield Problem(f"And {len(problems) - MOST_NAMED} more {kind}.", problems[0].remedy)


def _count(number: int | None, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
