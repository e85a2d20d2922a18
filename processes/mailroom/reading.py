"""Looking into the mailbox: unread letters are taken one by one, each marked as read only after it has been kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from crm_model import mailboxes
from crm_model.mail_settings import STARTTLS, TLS
from crm_model.mailboxes import Access
from kernel.context import SYSTEM, Clock, Context
from kernel.db import Database
from kernel.vault import SecretUnreadable
from processes.mailroom import sorting
from processes.mailroom.understanding import Received, understand

BATCH = 50
"""Letters of one look; the rest are left to the next."""
LARGEST = 20 * 1024 * 1024
"""Of a larger one only the head is read."""
TIMEOUT = 30
log = logging.getLogger(__name__)


def look(database: Database, clock: Clock) -> int | None:
    """Takes what is unread, if the mailbox is due; how many letters, or None where nothing is due."""
    with database.transaction() as session:
        access = mailboxes.claim(Context(session, SYSTEM, clock))
    if access is None:
        return None
    taken, trouble = 0, None
    try:
        with opened(access) as mailbox:
            for uid in mailbox.uids(AND(seen=False))[:BATCH]:
                taken += _take(database, clock, mailbox, uid)
    except (ImapToolsError, OSError, SecretUnreadable) as error:
        trouble = str(error) or type(error).__name__
        log.warning("the mailbox cannot be read: %s", trouble)
    with database.transaction() as session:
        mailboxes.note_look(Context(session, SYSTEM, clock), access, trouble)
    return taken


@contextmanager
def opened(access: Access) -> Iterator[BaseMailBox]:
    """The mailbox with its folder open; raises ImapToolsError, OSError or SecretUnreadable."""
    password = access.password
    kinds = {TLS: MailBox, STARTTLS: MailBoxStartTls}
    kind = kinds.get(access.security, MailBoxUnencrypted)
    with kind(access.host, access.port, timeout=TIMEOUT).login(access.username, password, access.folder) as mailbox:
        yield mailbox


def _take(database: Database, clock: Clock, mailbox: BaseMailBox, uid: str) -> int:
    """One letter in a transaction of its own: a program that dies before the mark brings it again, and it is known."""
    raw = _raw(mailbox, uid)
    if raw is None:
        return 0
    received = understand(raw)
    try:
        with database.transaction() as session:
            sorting.take(Context(session, SYSTEM, clock), received)
    except Exception as error:
        log.exception("the letter %s cannot be sorted", received.message_key)
        _keep_failed(database, clock, received, error)
        return 0
    mailbox.flag(uid, MailMessageFlags.SEEN, True)
    return 1


def _raw(mailbox: BaseMailBox, uid: str) -> bytes | None:
    """None for a letter that has gone meanwhile."""
    head = next(mailbox.fetch(uid_list=[uid], mark_seen=False, headers_only=True), None)
    if head is None or head.size_rfc822 > LARGEST:
        return bytes(head.obj) if head is not None else None
    whole = next(mailbox.fetch(uid_list=[uid], mark_seen=False), None)
    return bytes(whole.obj) if whole is not None else None


def _keep_failed(database: Database, clock: Clock, received: Received, error: Exception) -> None:
    with database.transaction() as session:
        sorting.note_failure(Context(session, SYSTEM, clock), received, f"{type(error).__name__}: {error}"[:1000])
