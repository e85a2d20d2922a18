"""`serve`: database, web and worker as one; what dies is started again, and nothing is left behind at the end."""

from __future__ import annotations

import dataclasses
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType

from server.embedded import Embedded, stop_with_this_process
from server.lifetime import end_with_parent, name_this_process
from server.settings import Settings

STOP_SECONDS = 12
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
log = logging.getLogger(__name__)


class PortTaken(RuntimeError):
    """Something else listens on the port."""


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The database's address; the embedded one runs as long as the block."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    embedded = Embedded(settings.data / "postgresql")
    was_running = embedded.is_running()
    watcher = None if was_running else stop_with_this_process(embedded)
    try:
        with ThreadPoolExecutor(1) as beside:
            starting = beside.submit(embedded.start)
            _import_the_product()
            starting.result()
        yield embedded.url()
    finally:
        if watcher is not None:
            embedded.stop()
            assert watcher.stdin is not None
            watcher.stdin.close()
            watcher.wait(STOP_SECONDS)


def _import_the_product() -> None:
    """Takes a second or two; done once, while the database starts, for all processes that are forked later."""
    import server.migrating
    import server.setting_up
    import server.web
    import server.worker  # noqa: F401


def serve(settings: Settings) -> int:
    """Runs until it is told to stop. Prints one line with the address once a request can be served."""
    _require_free_port(settings)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, f: _stop(stopping, n, f))
    with database_of(settings) as url:
        from server import migrating, setting_up, web, worker

        if stopping.is_set():
            return 0
        migrating.migrate(url)
        try:
            hints = setting_up.first_start(url, settings, stopping.is_set)
        except setting_up.Stopped:
            return 0
        configured = dataclasses.replace(settings, database_url=url)
        children = [Child("web", web.main, configured), Child("worker", worker.main, configured)]
        try:
            _announce(settings, hints, children, stopping)
            while not stopping.wait(0.3):
                for child in children:
                    child.tend()
        finally:
            for child in children:
                child.stop()
            for child in children:
                child.wait()
    return 0


def _stop(stopping: threading.Event, number: int, frame: FrameType | None) -> None:
    stopping.set()


def _require_free_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"Port {settings.port} of {settings.host} is taken. Stop what listens there, or choose another: --port N."
            ) from error


def _announce(settings: Settings, hints: list[str], children: list[Child], stopping: threading.Event) -> None:
    while not stopping.is_set() and not _listens(settings):
        for child in children:
            child.tend()
        time.sleep(0.05)
    if not stopping.is_set():
        sys.stdout.write(f"Procession is ready at {settings.address}\n" + "".join(f"  {hint}\n" for hint in hints))
        sys.stdout.flush()


def _listens(settings: Settings) -> bool:
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(settings.host, settings.port, timeout=5)
    try:
        connection.request("GET", "/api/v1/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Child:
    """A process of ours that is started again when it dies; it dies with us."""

    def __init__(self, name: str, main: Callable[[Settings], None], settings: Settings) -> None:
        self.name = name
        self.main = main
        self.settings = settings
        self.pause = FIRST_PAUSE
        self.not_before = 0.0
        self._start()

    def _start(self) -> None:
        self.started = time.monotonic()
        self.process = multiprocessing.get_context("fork").Process(target=self._run, name=self.name)
        self.process.start()

    def _run(self) -> None:
        os.setsid()
        end_with_parent()
        name_this_process(self.name)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        self.main(self.settings)

    def tend(self) -> None:
        """Starts it again if it has died, after a pause that grows while it keeps dying."""
        code = self.process.exitcode
        if code is None:
            if time.monotonic() - self.started > LONGEST_PAUSE:
                self.pause = FIRST_PAUSE
            return
        if self.not_before == 0.0:
            log.warning("%s ended with %s and is started again", self.name, code)
            self.not_before = time.monotonic() + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if time.monotonic() >= self.not_before:
            self.not_before = 0.0
            self._start()

    def stop(self) -> None:
        if self.process.is_alive():
            self.process.terminate()

    def wait(self) -> None:
        """Waits for its end; what does not end in time is killed with all it started."""
        self.process.join(STOP_SECONDS)
        if self.process.is_alive():
            assert self.process.pid is not None
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.join()
