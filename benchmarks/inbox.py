"""W4: the first page of *My tasks* for people among ten thousand with a hundred thousand open tasks."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import select

from benchmarks.diagrams import w1
from benchmarks.measuring import Measured
from benchmarks.report import Gate, Row, Section
from benchmarks.site import Site
from benchmarks.statements import of_one
from crm_model.users import User, actor_of
from kernel.context import Actor, Context, system_clock
from kernel.paging import Page
from processes import tasks
from processes.views import TaskFilter

USERS = 10_000
TASKS = 100_000
LOOKS = 500
PAGE = 50
SEED = 11
FILL_USERS = """
INSERT INTO users (username, name, roles, password_hash, language, time_zone, active, settings)
SELECT 'inbox' || n, 'Person ' || n, ARRAY['manager'], '!', 'en', 'UTC', true, '{}' FROM generate_series(1, %(people)s) n
"""
FILL_INSTANCES = """
INSERT INTO process_instance (definition_id, definition_key, state, version, content, started_at)
SELECT %(definition)s, 'w1', 'active', 1, '', now() FROM generate_series(1, %(tasks)s)
"""
FILL_TASKS = """
INSERT INTO user_task (instance_id, definition_id, definition_key, created_at, state, token, element_id, kind, assignee_id,
  candidate_roles, candidate_users, due, priority)
SELECT i.id, i.definition_id, i.definition_key, now(), 'open', 1, 'a', 'task',
  CASE WHEN i.n % 10 < 9 THEN u.first + (i.n * 7919) % %(people)s END,
  CASE WHEN i.n % 100 = 9 THEN ARRAY['manager'] WHEN i.n % 10 = 9 AND i.n % 20 = 9 THEN ARRAY['head'] ELSE '{}' END,
  CASE WHEN i.n % 20 = 19 THEN ARRAY[u.first + (i.n * 104729) % %(people)s] ELSE '{}' END,
  now() + (i.n % 97 - 48) * interval '1 hour', 50
FROM (SELECT *, row_number() OVER (ORDER BY id) n FROM process_instance WHERE content = '') i,
  (SELECT min(id) first FROM users WHERE username LIKE 'inbox%') u
"""
"""Nine tasks of ten are somebody's; one of a hundred is open to every salesperson; the rest to heads or to people by name."""


def run(site: Site) -> Section:
    people = _fill(site)
    mine = _looks(site, people, lambda me: TaskFilter(assignee=me))
    all_mine = _looks(site, people, lambda _: TaskFilter(mine_or_candidate=True))
    alone = _query_alone(site, people)
    rows = (
        _row(f"First {PAGE} of mine, the use case", mine),
        _row(f"First {PAGE} of mine and those I may take, the use case", all_mine),
        _row("The same, its query alone", alone, Gate(2, "ms")),
    )
    return Section(f"Inbox (W4): {site.many(TASKS)} open tasks of {len(people)} people", rows)


def _row(name: str, measured: Measured, gate: Gate | None = None) -> Row:
    p95 = measured.p95 * 1000
    return Row(f"{name}, p95", f"{p95:.2f} ms, median {measured.median * 1000:.2f} ms", p95, gate)


def _fill(site: Site) -> list[Actor]:
    """The people."""
    values = {"people": site.many(USERS), "tasks": site.many(TASKS), "definition": site.kitchen.deploy(w1())}
    with psycopg.connect(site.dsn) as connection:
        for statement in (FILL_USERS, FILL_INSTANCES, FILL_TASKS):
            psycopg.ClientCursor(connection).execute(_client(statement), values)
    site.settle()
    with site.database.read_only() as session:
        return [actor_of(user) for user in session.scalars(select(User).where(User.username.startswith("inbox")))]


def _client(statement: str) -> bytes:
    """The percent signs of the language doubled, those of parameters not."""
    return re.sub(r"%(?!\()", "%%", statement).encode()


def _looks(site: Site, people: list[Actor], filter: Callable[[int | None], TaskFilter]) -> Measured:
    """As many people in a random order open their page."""
    shuffled = random.Random(SEED)
    measured = Measured("inbox")
    for actor in shuffled.choices(people, k=site.many(LOOKS)):
        begun = time.perf_counter()
        with site.database.read_only() as session:
            tasks.list_tasks(Context(session, actor, system_clock), filter(actor.user_id), Page(limit=PAGE))
        measured.latencies.append(time.perf_counter() - begun)
    return measured


def _query_alone(site: Site, people: list[Actor]) -> Measured:
    """The first statement of the use case, sent as the driver sends it."""
    measured = Measured("query")
    with site.database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for actor in random.Random(SEED).choices(people, k=site.many(LOOKS)):
            statement, values = _statement_of(site, actor)
            begun = time.perf_counter()
            driver.execute(statement, values).fetchall()
            measured.latencies.append(time.perf_counter() - begun)
    return measured


def _statement_of(site: Site, actor: Actor) -> tuple[str, Any]:
    with site.database.transaction() as session:
        context = Context(session, actor, system_clock)
        said = of_one(
            site.database.engine,
            lambda: tasks.list_tasks(context, TaskFilter(mine_or_candidate=True), Page(limit=PAGE)),
        )
    return said.statements[0], said.values[0]
