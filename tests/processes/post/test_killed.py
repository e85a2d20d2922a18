"""A sender that is killed while letters leave never makes a letter leave twice: in doubt, a person decides."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import delete, select

from crm_model import letters
from crm_model.letters import Letter
from crm_model.touches import Touch
from kernel.context import SYSTEM, Context, system_clock
from kernel.db import Database
from processes.post import delivery
from tests.support.mailbox import Mailbox, open_mailbox

SENDER = """
import sys
from crm_model import mail_settings
from kernel.context import system_clock
from kernel.db import Database
from processes.post import delivery
from server.models import all_tables
all_tables()
postage = delivery.Postage(mail_settings.from_url(sys.argv[2]))
while delivery.deliver(Database(sys.argv[1]), system_clock, "sender", postage):
    pass
"""


class Killing(Mailbox):
    """Kills whoever sends to some addresses: before the letter is handed over, or when it has been taken and not yet
    said so."""

    def __init__(self) -> None:
        super().__init__()
        self.sender: subprocess.Popen[bytes] | None = None

    def _kill(self) -> None:
        assert self.sender is not None
        os.kill(self.sender.pid, signal.SIGKILL)
        self.sender.wait()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if address.startswith("before"):
            self._kill()
        return await super().handle_RCPT(server, session, envelope, address, rcpt_options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if envelope.rcpt_tos[0].startswith("taken"):
            self._kill()
        return answer


@pytest.fixture
def firm(database: Database) -> Iterator[Database]:
    yield database
    with database.transaction() as session:
        for model in (Touch, Letter):
            session.execute(delete(model))


def test_no_letter_leaves_twice_whenever_its_sender_is_killed(firm: Database) -> None:
    names = ["calm", "before1", "calm2", "taken1", "calm3", "taken2", "before2", "calm4"]
    with firm.transaction() as session:
        for name in names:
            to = f"{name}@example.com"
            letters.queue(
                Context(session, SYSTEM), to=to, subject=name, html="<p>Hi</p>", purpose="service", key=f"killed {name}"
            )
    with open_mailbox(Killing()) as mailbox:
        url = f"smtp://127.0.0.1:{mailbox.port}?from=sales@firm.example&rate=6000"
        codes = [_run(firm, mailbox, url) for _ in range(5)]
        delivery.forsake(firm, lambda: system_clock() + delivery.LEASE + timedelta(seconds=1))
        codes.append(_run(firm, mailbox, url))
    assert codes == [-signal.SIGKILL] * 4 + [0, 0]
    taken = Counter(str(message["Message-ID"]) for message in mailbox.taken)
    with firm.read_only() as session:
        ends = {letter.subject: letter.status for letter in session.scalars(select(Letter))}
        known = set(session.scalars(select(Letter.message_id)))
    assert set(taken.values()) == {1} and set(taken) <= known
    assert sorted(str(message["Subject"]) for message in mailbox.taken) == [
        "calm", "calm2", "calm3", "calm4", "taken1", "taken2",
    ]  # fmt: skip
    assert ends == {name: "sent" if name.startswith("calm") else "unknown" for name in names}


def _run(firm: Database, mailbox: Killing, url: str) -> int:
    mailbox.sender = subprocess.Popen([sys.executable, "-c", SENDER, firm.url, url])
    return mailbox.sender.wait()
