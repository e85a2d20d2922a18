"""A mail server on this machine that keeps what it takes, and answers as a test wants."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from crm_model.mail_settings import PLAIN, MailServer


class Mailbox:
    """`answers`: what RCPT answers to an address; `data`: what DATA answers, in turn, before it takes letters."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.data: list[str] = []
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data:
            return self.data.pop(0)
        assert isinstance(envelope.content, bytes)
        message: Any = email.message_from_bytes(envelope.content, policy=default)
        self.taken.append(message)
        return "250 Taken"

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, PLAIN, "sales@firm.example", "Фирма", per_minute=6000)


M = TypeVar("M", bound=Mailbox)


@contextmanager
def open_mailbox(mailbox: M) -> Iterator[M]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        mailbox.port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
