"""The demo's mail server: takes every letter on this machine and sends none of them anywhere."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from crm_model.mail_settings import FASTEST, PLAIN, MailServer
from server.settings import Settings

LOOPBACK = "127.0.0.1"
FROM = "letters@demo.example"
log = logging.getLogger(__name__)


@contextmanager
def running(settings: Settings) -> Iterator[MailServer | None]:
    """The catcher's address while the block lasts; None outside demo mode, or with a mail server of the environment."""
    if not settings.demo or settings.mail_server is not None:
        yield None
        return
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line of every conversation
    catcher = Controller(Sink(), hostname=LOOPBACK, port=_free_port())
    catcher.start()
    log.info("letters are caught on this machine, port %s", catcher.port)
    try:
        yield MailServer(LOOPBACK, catcher.port, PLAIN, FROM, per_minute=FASTEST)
    finally:
        catcher.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
