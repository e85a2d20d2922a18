"""The web process: Granian serving the application; each of its workers makes its own pool after the fork."""

from __future__ import annotations

import signal
from functools import partial

from granian import Granian
from granian.constants import Interfaces

from kernel.db import Database
from server import logs
from server.app import Application, create_app
from server.lifetime import end_with_parent, keep_what_is_loaded
from server.settings import Settings, database_of

GRACE_SECONDS = 5
LIMITS = {"lock_timeout": "10s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"}
"""A person waits no longer than this for somebody else's work; then they are told, and may try again."""


def make(configured: Settings) -> Application:
    """The application of one Granian worker."""
    end_with_parent(signal.SIGKILL)  # Granian's workers outlive a killed parent and would keep the port
    logs.prepare()
    url = database_of(configured, "web")
    made = create_app(configured, Database(url, pool_size=configured.threads, limits=LIMITS))
    keep_what_is_loaded()
    return made


def main(configured: Settings) -> None:
    """Runs until it is told to stop. Raises SettingsError without a database."""
    database_of(configured, "web")
    Granian(
        "server.web:make",
        interface=Interfaces.WSGI,
        address=configured.host,
        port=configured.port,
        workers=configured.web_processes,
        blocking_threads=configured.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS,
        log_enabled=False,
        log_access=False,
        websockets=False,
    ).serve(target_loader=partial(make, configured), wrap_loader=False)
