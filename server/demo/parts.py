"""One seller's half year: all sales at once, in the order of time, with the engine at work in between."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import jobs
from kernel.context import SYSTEM, Context, acting
from kernel.db import Database, savepoint
from processes.engine_room import PORTS
from server.demo import clients, control, department, player, season
from server.demo.due import Dues
from server.demo.sale import Sale
from server.demo.timeline import HOURS, Timeline

TICK = float(HOURS)
"""Working hours between two looks at what has become due."""
DUE = text("SELECT 1 FROM job WHERE state = 'ready' AND due <= :now LIMIT 1")


@dataclass(frozen=True, slots=True)
class Played:
    sales: list[Sale]
    steps: int


def play(session: Session, timeline: Timeline, seller: str, scale: float) -> Played:
    people = department.find(session)
    everybody = season.sales(session, timeline, people, clients.find(session), Dues(session, timeline), scale)
    mine = [sale for sale in everybody if sale.owner.username == seller]
    steps = _in_order(session, timeline, mine)
    control.finish(mine)
    return Played(mine, steps)


def _in_order(session: Session, timeline: Timeline, sales: list[Sale]) -> int:
    queue = [(sale.hours[0], sale.number, sale) for sale in sales]
    heapq.heapify(queue)
    steps, tick = 0, 0.0
    while queue:
        hour, number, sale = heapq.heappop(queue)
        while tick < hour:
            work(session, timeline.at(tick))
            tick += TICK
        player.play(sale)
        steps += 1
        if not sale.is_over:
            heapq.heappush(queue, (sale.hours[sale.done], number, sale))
    work(session, timeline.now)
    return steps


def work(session: Session, moment: datetime) -> None:
    """Does what the worker would have done by then."""
    inside = cast(Database, _Inside(session))
    with acting(Context(session, SYSTEM, lambda: moment)):
        # What is due and cannot be claimed is in the hands of another part, which may wait for this one.
        while session.connection().execute(DUE, {"now": moment}).first():
            if not jobs.run_batch(inside, PORTS, lambda: moment, "demo"):
                break


class _Inside:
    """Stands for the database within the transaction that makes the demo: its transactions are parts of that one."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with savepoint(self.session):
            yield self.session
