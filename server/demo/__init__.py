"""Demo data: a sales department whose half year of work was played through its processes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from crm_model.users import User
from engine import jobs
from kernel.context import SYSTEM, Clock, Context, system_clock
from kernel.db import Database, savepoint
from processes import catalogue
from processes.engine_room import PORTS
from server.demo import clients, control, department, player, season
from server.demo.due import Dues
from server.demo.sale import Sale
from server.demo.timeline import HOURS, Timeline

ACCOUNTS, CONTACTS = 200, 400
TICK = HOURS / 3
"""Working hours between two looks at what has become due."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made: nothing where somebody works here already. `troubles` are sales that went another way."""

    sales: int = 0
    steps: int = 0
    troubles: tuple[str, ...] = ()


def load(
    database: Database, *, clock: Clock = system_clock, progress: Progress | None = None, scale: float = 1.0
) -> Loaded:
    """Fills an empty database, in one transaction: interrupted, it leaves nothing; a second time, it does nothing.

    `scale` is the share of accounts and sales to make. The same time and scale make the same data.
    """
    tell = progress or (lambda _: None)
    now = clock()
    with database.transaction() as session:
        session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
        if session.scalar(select(func.count()).select_from(User)):
            return Loaded()
        sales = _prepare(session, Timeline(now), scale)
        tell(f"{len(sales)} sales")
        steps = _play(session, sales, tell)
        control.finish(sales)
    return Loaded(len(sales), steps, tuple(f"{sale.number}: {sale.trouble}" for sale in sales if sale.trouble))


def _prepare(session: Session, timeline: Timeline, scale: float) -> list[Sale]:
    beginning: Clock = lambda: timeline.beginning  # noqa: E731
    catalogue.deploy_shipped(Context(session, SYSTEM, beginning))
    people = department.make(session, beginning)
    accounts = max(round(ACCOUNTS * scale), 40)
    known = clients.make(
        session, beginning, people.managers, accounts=accounts, contacts=accounts * CONTACTS // ACCOUNTS
    )
    return season.sales(session, timeline, people, known, Dues(session, timeline), scale)


def _play(session: Session, sales: list[Sale], tell: Progress) -> int:
    """All sales at once, in the order of time; in between, the engine does what has become due."""
    queue = [(sale.hours[0], sale.number, sale) for sale in sales]
    heapq.heapify(queue)
    steps, tick = 0, 0.0
    while queue:
        hour, number, sale = heapq.heappop(queue)
        while tick < hour:
            _work(session, sale.timeline.at(tick))
            tick += TICK
        player.play(sale)
        steps += 1
        if not sale.is_over:
            heapq.heappush(queue, (sale.hours[sale.done], number, sale))
        if steps % 500 == 0:
            tell(f"{steps} steps")
    return steps


def _work(session: Session, moment: datetime) -> None:
    """What the worker would have done by then."""
    inside = cast(Database, _Inside(session))
    while jobs.run_batch(inside, PORTS, lambda: moment, "demo"):
        pass


class _Inside:
    """Stands for the database within the transaction that makes the demo: its transactions are parts of that one."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with savepoint(self.session):
            yield self.session
