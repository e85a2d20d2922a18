"""The web process: Granian serving the application; each of its workers makes its own pool after the fork."""

from __future__ import annotations

import signal

from granian import Granian
from granian.constants import Interfaces

from kernel.db import Database
from server import logs, settings
from server.app import Application, create_app
from server.lifetime import end_with_parent

GRACE_SECONDS = 5


def make() -> Application:
    """The application of one Granian worker, from the environment."""
    end_with_parent(signal.SIGKILL)  # Granian's workers outlive a killed parent and would keep the port
    logs.prepare()
    configured = settings.read()
    return create_app(configured, Database(_database_of(configured), pool_size=configured.threads))


def _database_of(configured: settings.Settings) -> str:
    if configured.database_url is None:
        raise settings.SettingsError("DATABASE_URL is not set: `serve` starts a database, `web` needs one.")
    return configured.database_url


def main(configured: settings.Settings) -> None:
    _database_of(configured)
    Granian(
        "server.web:make",
        factory=True,
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
    ).serve()
