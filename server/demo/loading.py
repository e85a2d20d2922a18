"""Loading the demo: first everybody and everything there is, then leads and the sales of each seller, several at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from crm_model.users import User
from kernel.context import SYSTEM, Clock, Context, system_clock
from kernel.db import Database
from processes import catalogue
from server.demo import arrivals, campaigns, clients, department, landing, leads, letters, parts, scenarios
from server.demo.timeline import Timeline

ACCOUNTS, CONTACTS, FEWEST_ACCOUNTS = 200, 400, 40
KEEPER = "admin"
"""Whose settings remember how the demo was begun and which parts are in it."""
LEADS = "leads"
PARTS = (LEADS, *department.SELLERS)
"""The leads of everybody, and the sales of each seller."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made: nothing where there are other people's data. `troubles` are sales that went another way."""

    sales: int = 0
    steps: int = 0
    troubles: tuple[str, ...] = ()

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(self.sales + other.sales, self.steps + other.steps, self.troubles + other.troubles)


def load(
    database: Database,
    *,
    clock: Clock = system_clock,
    progress: Progress | None = None,
    scale: float = 1.0,
    processes: int | None = None,
) -> Loaded:
    """Fills an empty database; finishes what an interrupted call began; does nothing a second time.

    Each part is a transaction. The same time and scale make the same data; `scale` is the share of accounts, sales and
    leads to make, `processes` how many parts are played at once (as many as there are processors).
    """
    with database.transaction() as session:
        plan = _begin(session, clock(), scale)
    waiting = [part for part in PARTS if plan is not None and part not in plan.done]
    if plan is None or not waiting:
        return Loaded()
    at_once = min(processes or os.cpu_count() or 1, len(waiting))
    if at_once == 1 or not _may_fork():
        played = _one_by_one(database, plan, waiting, progress)
    else:
        played = _side_by_side(database.url, plan, waiting, at_once, progress)
    with database.transaction() as session:
        session.execute(text("ANALYZE"))
    return played


@dataclass(frozen=True, slots=True)
class Plan:
    """When the demo was begun, at which scale, and which parts are in it already."""

    now: datetime
    scale: float
    done: tuple[str, ...] = ()


def _begin(session: Session, now: datetime, scale: float) -> Plan | None:
    """Makes what everybody shares, or reads how far an earlier call came; None where other people work here."""
    session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
    if session.scalar(select(func.count()).select_from(User)):
        settings = session.scalar(select(User.settings).where(User.username == KEEPER)) or {}
        kept = settings.get("demo")
        return Plan(datetime.fromisoformat(kept["now"]), kept["scale"], tuple(kept["done"])) if kept else None
    beginning = Timeline(now).beginning
    catalogue.deploy_shipped(Context(session, SYSTEM, lambda: beginning))
    department.make(session, lambda: beginning)
    found = department.find(session)
    accounts = max(round(ACCOUNTS * scale), FEWEST_ACCOUNTS)
    contacts = accounts * CONTACTS // ACCOUNTS
    clients.make(session, lambda: beginning, found.sellers, accounts=accounts, contacts=contacts)
    landing.make(session, Timeline(now))
    scenarios.make(session, found.people["designer"], beginning)
    found.people[KEEPER].settings = {"demo": {"now": now.isoformat(), "scale": scale, "done": []}}
    return Plan(now, scale)


def _play(database: Database, plan: Plan, part: str) -> Loaded:
    """One part, and the note that it is there: all of it or nothing."""
    with database.transaction() as session:
        timeline = Timeline(plan.now)
        if part == LEADS:
            played = leads.play(session, timeline, plan.scale)
            campaigns.make(session, timeline, department.find(session))
            letters.settle(session, timeline)
            arrivals.make(session, timeline, department.find(session))
        else:
            played = parts.play(session, timeline, part, plan.scale)
        session.execute(
            text(
                "UPDATE users SET settings = jsonb_set(settings, '{demo,done}', settings #> '{demo,done}' || :part)"
                " WHERE username = :keeper"
            ),
            {"part": f'["{part}"]', "keeper": KEEPER},
        )
    troubles = tuple(f"sale {sale.number} of {part}: {sale.trouble}" for sale in played.sales if sale.trouble)
    return Loaded(len(played.sales), played.steps, troubles)


def _one_by_one(database: Database, plan: Plan, waiting: list[str], progress: Progress | None) -> Loaded:
    whole = Loaded()
    for number, part in enumerate(waiting, 1):
        whole += _play(database, plan, part)
        if progress is not None:
            progress(f"Demo data: {number} of {len(waiting)}")
    return whole


def _may_fork() -> bool:
    """A process with threads must not be copied: a lock that one of them holds would stay locked in the copy."""
    return "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1


def _side_by_side(url: str, plan: Plan, waiting: list[str], at_once: int, progress: Progress | None) -> Loaded:
    """Copies of this process take the parts in turn; whatever one of them meets is raised here."""
    forking: Any = multiprocessing.get_context("fork")
    queue = forking.SimpleQueue()
    for part in waiting:
        queue.put(part)
    for _ in range(at_once):
        queue.put(None)
    answers, to_us = forking.Pipe(duplex=False)
    workers = [forking.Process(target=_work, args=(url, plan, queue, to_us), daemon=True) for _ in range(at_once)]
    for worker in workers:
        worker.start()
    to_us.close()
    whole, count = Loaded(), 0
    try:
        while (answer := _next(answers)) is not None:
            if isinstance(answer, str):
                raise RuntimeError(f"The demo data could not be made: {answer}")
            whole, count = whole + answer, count + 1
            if progress is not None:
                progress(f"Demo data: {count} of {len(waiting)}")
    finally:
        for worker in workers:
            if count < len(waiting):
                worker.terminate()
            worker.join()
    if any(worker.exitcode == -signal.SIGINT for worker in workers):
        raise KeyboardInterrupt
    if count < len(waiting):
        raise RuntimeError("The demo data could not be made: a process ended early")
    return whole


def _next(answers: Connection) -> Loaded | str | None:
    """What a worker says; None when all have gone."""
    try:
        answer: Loaded | str = answers.recv()
    except EOFError:
        return None
    return answer


def _work(url: str, plan: Plan, queue: Any, answers: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    database = Database(url, pool_size=1)
    try:
        while (part := queue.get()) is not None:
            answers.send(_play(database, plan, part))
    except Exception as error:
        answers.send(f"{type(error).__name__}: {error}")
    finally:
        database.close()
