"""Letters leave one at a time in three steps, each kept before the next: claimed, handed over, sent.

A letter that was claimed and never noted as sent may have left or not. It is not sent again by itself: it becomes
`unknown`, and a person decides (docs/adr/0009).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.orm import joinedload

from crm_model import letters, mail_settings, suppressions, touches
from crm_model.letters import Letter
from crm_model.mail_settings import MailServer
from kernel.context import SYSTEM, Clock, Context
from kernel.db import Database
from kernel.vault import SecretUnreadable
from processes.post.composing import compose
from processes.post.transport import Connection, InDoubt, Refused, Trouble

LEASE = timedelta(minutes=5)
"""After which a letter that is still being sent is nobody's any more; the transport gives up long before."""
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4))
POST_LOCK = 0x504F5354
LEFT_ALONE = "The program was stopped while it was sending this letter."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Postage:
    """Where letters go by: the environment's mail server wins over the one set on the screen, which wins over the demo's."""

    environment: MailServer | None = None
    demo: MailServer | None = None
    public_url: str | None = None
    address: str = ""
    """Where the product listens, for links in letters when nothing else is said."""


def deliver(database: Database, clock: Clock, worker: str, postage: Postage, limit: int = 50) -> int:
    """Sends what is due; the number of letters that were tried. Raises Trouble when the mail server cannot be used."""
    found = _server(database, postage) if _is_due(database, clock) else None
    if found is None:
        return 0
    server, public_url = found
    letter = claim(database, clock, worker, server.per_minute)
    if letter is None:
        return 0
    done = 0
    try:
        with Connection(server) as connection:
            while letter is not None:
                _send(database, clock, worker, connection, letter, public_url)
                done += 1
                letter = claim(database, clock, worker, server.per_minute) if done < limit else None
    except Trouble as trouble:
        if letter is not None:
            _back(database, clock, worker, letter, str(trouble))
        raise
    return done


def _is_due(database: Database, clock: Clock) -> bool:
    with database.read_only() as session:
        due = exists().where(Letter.status == letters.QUEUED, Letter.due <= clock())
        return bool(session.scalar(select(due)))


def _server(database: Database, postage: Postage) -> tuple[MailServer, str] | None:
    with database.read_only() as session:
        stored = mail_settings.stored(session)
    try:
        server = postage.environment or (stored.server() if stored else postage.demo)
    except SecretUnreadable as error:
        raise Trouble(str(error)) from error
    public_url = postage.public_url or (stored.public_url if stored else None) or postage.address
    return None if server is None else (server, public_url.rstrip("/"))


def claim(database: Database, clock: Clock, worker: str, per_minute: int) -> Letter | None:
    """The next letter, kept as being sent before anything leaves; who may not get it any more is passed over. None when
    nothing is due or enough has left this minute."""
    while True:
        with database.transaction() as session:
            ctx = Context(session, SYSTEM, clock)
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POST_LOCK})
            lately = select(func.count()).where(Letter.tried_at > ctx.now() - timedelta(minutes=1))
            if (session.scalar(lately) or 0) >= per_minute:
                return None
            due = (
                select(Letter)
                .where(Letter.status == letters.QUEUED, Letter.due <= ctx.now())
                .order_by(Letter.due, Letter.id)
                .limit(1)
                .with_for_update(skip_locked=True, of=Letter)
                .options(joinedload(Letter.sender))
            )
            letter = session.scalar(due)
            if letter is None:
                return None
            letter.reason = letters.why_not(ctx, letter)
            if letter.reason is None:
                letter.status, letter.worker, letter.tried_at = letters.SENDING, worker, ctx.now()
                letter.attempts += 1
                return letter
            letter.status = letters.SUPPRESSED


def _send(
    database: Database, clock: Clock, worker: str, connection: Connection, letter: Letter, public_url: str
) -> None:
    try:
        message = compose(letter, connection.server, public_url)
    except Exception as error:  # nothing has left: a letter that cannot be written is the only one to suffer
        log.exception("letter %s cannot be composed", letter.id)
        _note(database, clock, worker, letter, status=letters.FAILED, error=f"{type(error).__name__}: {error}")
        return
    try:
        connection.send(message)
    except Refused as refused:
        _refused(database, clock, worker, letter, refused)
    except InDoubt as doubt:
        _note(database, clock, worker, letter, status=letters.UNKNOWN, error=str(doubt))
    else:
        _sent(database, clock, worker, letter)


def _sent(database: Database, clock: Clock, worker: str, letter: Letter) -> None:
    with database.transaction() as session:
        ctx = Context(session, SYSTEM, clock)
        _change(ctx, worker, letter, status=letters.SENT, sent_at=ctx.now(), error=None)
        touches.note(
            ctx,
            touches.LETTER_SENT,
            lead_id=letter.lead_id,
            contact_id=letter.contact_id,
            campaign_id=letter.campaign_id,
            letter_id=letter.id,
        )


def _refused(database: Database, clock: Clock, worker: str, letter: Letter, refused: Refused) -> None:
    with database.transaction() as session:
        ctx = Context(session, SYSTEM, clock)
        said = str(refused)
        if refused.for_good and refused.nobody:
            _change(ctx, worker, letter, status=letters.BOUNCED, error=said)
            suppressions.add(ctx, letter.to_address, suppressions.BOUNCED, said[:255])
        elif refused.for_good or letter.attempts > len(BACK_OFF):
            _change(ctx, worker, letter, status=letters.FAILED, error=said)
        else:
            due = ctx.now() + BACK_OFF[letter.attempts - 1]
            _change(ctx, worker, letter, status=letters.QUEUED, error=said, due=due)


def _back(database: Database, clock: Clock, worker: str, letter: Letter, said: str) -> None:
    """The mail server's trouble is no fault of the letter's: it waits without losing a try."""
    with database.transaction() as session:
        ctx = Context(session, SYSTEM, clock)
        due = ctx.now() + BACK_OFF[0]
        _change(ctx, worker, letter, status=letters.QUEUED, error=said, due=due, attempts=letter.attempts - 1)


def _note(database: Database, clock: Clock, worker: str, letter: Letter, **values: object) -> None:
    with database.transaction() as session:
        _change(Context(session, SYSTEM, clock), worker, letter, **values)


def _change(ctx: Context, worker: str, letter: Letter, **values: object) -> None:
    """Whoever claimed a letter tells its end, also after it was given up for lost."""
    ours = (Letter.id == letter.id, Letter.worker == worker, Letter.status.in_((letters.SENDING, letters.UNKNOWN)))
    ctx.session.execute(update(Letter).where(*ours).values(**values))


def forsake(database: Database, clock: Clock) -> int:
    """Letters whose sender is gone: nobody knows whether they left."""
    with database.transaction() as session:
        lost = (
            update(Letter)
            .where(Letter.status == letters.SENDING, Letter.tried_at < clock() - LEASE)
            .values(status=letters.UNKNOWN, error=LEFT_ALONE)
            .returning(Letter.id)
        )
        found = list(session.scalars(lost))
    if found:
        log.error("nobody knows whether these letters left: %s", found)
    return len(found)
