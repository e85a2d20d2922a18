"""Processes of the product that are forked from one which has loaded it: a start then costs no import of it anew."""

from __future__ import annotations

import multiprocessing.connection
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["server.web", "server.worker", "server.migrating", "server.setting_up"])


class Started:
    """A command that runs, to be asked and ended as `subprocess.Popen` is."""

    def __init__(
        self, arguments: Sequence[str], folder: Path, environment: dict[str, str], output: Path, errors: Path
    ) -> None:
        # Not a daemon: those may have no children, and the product has.
        self._process = _nursery.Process(
            target=_run, args=(list(arguments), folder, environment, output, errors), daemon=False
        )
        self._process.start()
        self._asked = threading.Lock()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its answer, negative for the signal that ended it; None while it runs."""
        with self._asked:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Raises TimeoutExpired after so many seconds."""
        multiprocessing.connection.wait([self._process.sentinel], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _run(arguments: list[str], folder: Path, environment: dict[str, str], output: Path, errors: Path) -> None:
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for path, descriptor in ((output, 1), (errors, 2)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), descriptor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    multiprocessing.set_start_method("fork", force=True)  # as in a process of its own, which Granian asks
    from server import cli

    sys.exit(cli.main(arguments))
