"""The worker's third hand: looks into the mailbox for letters of clients, so that a slow one holds up nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kernel.context import system_clock
from kernel.db import Database
from processes.mailroom import reading

NAP = 5.0
"""Seconds between looks whether the mailbox is due."""
log = logging.getLogger(__name__)


class MailReader:
    """A thread that reads the mailbox whenever it is due, until it is told to stop; of several workers one reads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._stop = threading.Event()

    @contextmanager
    def open(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run, name="mail reader", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(reading.TIMEOUT)

    def _run(self) -> None:
        while not self._stop.wait(NAP):
            try:
                reading.look(self.database, system_clock)
            except Exception as error:
                log.warning("the mailbox cannot be looked into: %s", error)
