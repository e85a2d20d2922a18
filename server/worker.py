"""The worker: does what has become due, and keeps house."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import text

from crm_model import auth, substitutions
from engine import jobs, sweep
from kernel import idempotency, rate_limit
from kernel.context import SYSTEM, Context, system_clock
from kernel.db import Database
from processes import background_tasks, scoring  # noqa: F401 - what they register is what the worker does
from processes.engine_room import PORTS
from server import catcher
from server.lifetime import keep_what_is_loaded
from server.mail_reader import MailReader
from server.post_office import PostOffice
from server.settings import Settings, database_of

BATCH = 20
HELD_UP_AFTER = 1.0
"""Seconds at one batch after which the other hand does what falls due meanwhile. It rests before, since two hands at work
all the time only get in each other's way."""
LONGEST_NAP = 1.0
"""Seconds between looks at the queue when nothing wakes the worker earlier."""
HOUSEKEEPING_MINUTES = 10
HOUSEKEEPING_LOCK = 0x50524F43
RECENT = timedelta(days=1)
"""Longer than any window in which uses are counted."""
CONNECTION_NAME = "procession worker"
"""The name under which workers are connected to the database; `check` looks for it."""
LIMITS = {"idle_in_transaction_session_timeout": f"{jobs.LEASE // timedelta(seconds=1)}s"}
"""A worker that stands still past its lease loses its transaction, so that another one can do the job."""
log = logging.getLogger(__name__)


class Worker:
    """One process with two hands, of which the other helps while a long piece of work holds up the first; any number of
    processes share the queue."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._stop = threading.Event()
        self._began: float | None = None

    def run(self) -> None:
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(self._keep_house, "interval", minutes=HOUSEKEEPING_MINUTES)
        scheduler.start()
        other = threading.Thread(target=self._help)
        try:
            other.start()
            while not self._stop.is_set():
                self._began = time.monotonic()
                rest = self._work(self.name)
                self._began = None
                self._stop.wait(rest)
        finally:
            self.stop()
            other.join()
            scheduler.shutdown(wait=False)

    def _help(self) -> None:
        while not self._stop.is_set():
            self._stop.wait(self._work(f"{self.name}/2") if self._is_held_up() else HELD_UP_AFTER / 2)

    def _is_held_up(self) -> bool:
        began = self._began
        return began is not None and time.monotonic() - began > HELD_UP_AFTER

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        self._stop.set()

    def _work(self, name: str) -> float:
        """Does a batch, claimed under the name; how long to rest after it, in seconds."""
        try:
            if jobs.run_batch(self.database, PORTS, system_clock, name, BATCH):
                return 0.0
            due = jobs.next_due(self.database)
        except Exception as error:
            log.warning("the queue cannot be read: %s", error)
            return LONGEST_NAP
        if due is None:
            return LONGEST_NAP
        left = (due - system_clock()) / timedelta(seconds=1)
        return max(0.05, min(LONGEST_NAP, left))

    def _keep_house(self) -> None:
        """Throws away what is over and looks for instances that hang; only one worker of all does it at a time."""
        try:
            with self.database.transaction() as session:
                if session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": HOUSEKEEPING_LOCK}).scalar():
                    auth.forget_what_is_over(session)
                    idempotency.forget_what_is_over(session, system_clock())
                    rate_limit.forget_what_is_over(session, system_clock() - RECENT)
                    session.execute(text("DELETE FROM inbox_message WHERE expires_at < now()"))
                    scoring.pulse(Context(session, SYSTEM))
                    substitutions.announce(Context(session, SYSTEM))
                    self._look_for_stuck_instances()
        except Exception as error:
            log.warning("housekeeping failed: %s", error)

    def _look_for_stuck_instances(self) -> None:
        with self.database.read_only(snapshot=True) as session:
            for found in sweep.stuck(session):
                log.error("instance %s hangs at %s: it lacks %s", found.instance_id, found.element_id, found.missing)


def main(configured: Settings) -> None:
    """Runs until it is told to stop. Raises SettingsError without a database."""
    url = database_of(configured, "worker")
    database = Database(url, pool_size=4, application_name=CONNECTION_NAME, limits=LIMITS)
    worker = Worker(database)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    keep_what_is_loaded()
    with (
        catcher.running(configured) as demo,
        PostOffice(database, worker.name, configured, demo).open(),
        MailReader(database).open(),
    ):
        worker.run()
