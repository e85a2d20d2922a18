"""The worker's second hand: sends letters beside the jobs, so that a slow mail server holds up nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from crm_model.mail_settings import MailServer
from kernel.context import system_clock
from kernel.db import Database
from processes.post import delivery
from processes.post.transport import Trouble
from server.settings import Settings

NAP = 1.0
"""Seconds between looks for letters."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
LOOK_FOR_LOST = timedelta(minutes=1)
log = logging.getLogger(__name__)


class PostOffice:
    """A thread that sends what is due until it is told to stop."""

    def __init__(self, database: Database, worker: str, settings: Settings, demo: MailServer | None) -> None:
        self.database = database
        self.worker = worker
        self.postage = delivery.Postage(settings.mail_server, demo, settings.public_url, settings.address)
        self._stop = threading.Event()
        self._pause = FIRST_PAUSE
        self._looked = system_clock() - LOOK_FOR_LOST

    @contextmanager
    def open(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run, name="post office")
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._stop.wait(self._work())

    def _work(self) -> float:
        """Sends a batch; how long to rest after it, in seconds."""
        try:
            if system_clock() - self._looked >= LOOK_FOR_LOST:
                self._looked = system_clock()
                delivery.forsake(self.database, system_clock)
            done = delivery.deliver(self.database, system_clock, self.worker, self.postage)
        except Trouble as trouble:
            log.warning("the mail server cannot be used: %s", trouble)
            pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
            return pause
        except Exception as error:
            log.warning("letters cannot be sent: %s", error)
            return NAP
        self._pause = FIRST_PAUSE
        return 0.0 if done else NAP
