"""How often somebody may do something in a moving window, counted in the database, which all web processes share."""

from datetime import datetime, timedelta

from sqlalchemy import Text, delete, select
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.db import Base
from kernel.errors import TooManyRequests


class RecentUse(Base):
    """When somebody did it last: no more times than are allowed, so a row stays small however many come."""

    __tablename__ = "recent_uses"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    times: Mapped[list[datetime]] = mapped_column(ARRAY(TIMESTAMP(timezone=True)))
    last_at: Mapped[datetime] = mapped_column(index=True)


def use(session: Session, key: str, now: datetime, *, allowed: int, window: timedelta) -> None:
    """Notes one use; TooManyRequests, and nothing noted, where the window holds as many as are allowed.

    Call it in a transaction of its own: whoever comes at the same time under the same key waits for its end.
    """
    session.execute(insert(RecentUse).values(key=key, times=[], last_at=now).on_conflict_do_nothing())
    found = session.scalars(
        select(RecentUse).where(RecentUse.key == key).with_for_update().execution_options(populate_existing=True)
    ).one()
    recent = [time for time in found.times if time > now - window]
    if len(recent) >= allowed:
        left = recent[-allowed] + window - now
        raise TooManyRequests(max(1, -(-left // timedelta(seconds=1))))
    found.times = [*recent, now]
    found.last_at = now
    session.flush()


def forget_what_is_over(session: Session, before: datetime) -> None:
    session.execute(delete(RecentUse).where(RecentUse.last_at < before))
