"""Answers kept for a day, so that a client that repeats a request gets the first answer and nothing happens twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.errors import LockNotAvailable
from sqlalchemy import LargeBinary, SmallInteger, Text, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.db import Base
from kernel.errors import Conflict, ValidationFailed
from kernel.i18n import N_

LASTS = timedelta(hours=24)
WAIT = "10s"
IN_PROGRESS = N_("The same request is still being answered. Ask again in a moment.")
REUSED = N_("This Idempotency-Key was used for another request. Use a new one.")


class IdempotencyKey(Base):
    """`status` is None while the first request is being answered."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    content_type: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    status: int
    content_type: str
    body: bytes


def begin(session: Session, user_id: int, key: str, fingerprint: str, now: datetime) -> KeptAnswer | None:
    """Reserves the key for this request, or gives what the first one was answered.

    A repeat waits until the first request has ended: the row is there only once its transaction is.
    """
    session.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    fresh = {"user_id": user_id, "key": key, "fingerprint": fingerprint, "created_at": now}
    over = IdempotencyKey.created_at < now - LASTS
    reserve = insert(IdempotencyKey).values(**fresh)
    reserve = reserve.on_conflict_do_update(
        index_elements=["user_id", "key"],
        set_={"fingerprint": fingerprint, "created_at": now, "status": None, "body": None, "content_type": None},
        where=over,
    )
    try:
        reserved = session.execute(reserve.returning(IdempotencyKey.key)).first() is not None
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        raise Conflict("idempotency_in_progress", IN_PROGRESS) from error
    session.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    if reserved:
        return None
    kept = session.execute(
        select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    ).scalar_one()
    if kept.fingerprint != fingerprint:
        raise ValidationFailed({}, "idempotency_key_reused", REUSED)
    if kept.status is None:
        raise Conflict("idempotency_in_progress", IN_PROGRESS)
    return KeptAnswer(kept.status, kept.content_type or "application/json", kept.body or b"")


def finish(session: Session, user_id: int, key: str, answer: KeptAnswer) -> None:
    """Keeps the answer in the transaction of the work itself."""
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
        .values(status=answer.status, content_type=answer.content_type, body=answer.body)
    )


def keep_refusal(session: Session, user_id: int, key: str, fingerprint: str, answer: KeptAnswer, now: datetime) -> None:
    """Keeps the answer to a request whose work was undone; one that came first stays."""
    values = {"status": answer.status, "content_type": answer.content_type, "body": answer.body}
    session.execute(
        insert(IdempotencyKey)
        .values(user_id=user_id, key=key, fingerprint=fingerprint, created_at=now, **values)
        .on_conflict_do_nothing()
    )


def forget_what_is_over(session: Session, now: datetime) -> None:
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - LASTS))
