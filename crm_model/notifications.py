"""Notifications: what a person should know without looking for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, bindparam, func, select, text, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column

from kernel.context import Context
from kernel.db import Base, HasId
from kernel.i18n import translate
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from kernel.statements import Prepared


class Notification(HasId, Base):
    """`text` is an English template marked with `N_`, translated with `params` when it is read."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_newest", "user_id", "created_at", "id"),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("read_at is null")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    link: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    def text_in(self, language: str) -> str:
        """A parameter that has titles by language, `{"ru": …, "en": …}`, is said in that language too."""
        params = {key: _said(value, language) for key, value in self.params.items()}
        return translate(self.text, language, **params)


def notify(
    ctx: Context,
    user_id: int,
    *,
    kind: str,
    text: str,
    params: dict[str, Any] | None = None,
    link: str | None = None,
) -> Notification:
    """Tells a user something; `link` is a path of our own pages."""
    told = Notification(user_id=user_id, kind=kind, text=text, params=params or {}, link=link, created_at=ctx.now())
    ctx.session.add(told)
    ctx.session.flush()
    return told


@use_case("profile.own")
def list_notifications(ctx: Context, page: Page, *, unread: bool = False) -> Slice[Notification]:
    """The caller's own, newest first."""
    query = select(Notification).where(Notification.user_id == ctx.actor.user_id)
    if unread:
        query = query.where(Notification.read_at.is_(None))
    order = tuple_(Notification.created_at, Notification.id)
    if page.after:
        query = query.where(order < tuple_(*page.key(datetime, int)))
    rows = ctx.session.scalars(query.order_by(order.desc()).limit(page.limit + 1)).all()
    return slice_of(rows, page, lambda row: [row.created_at.isoformat(), row.id])


UNREAD = Prepared(
    select(func.count().label("number"))
    .select_from(Notification)
    .where(Notification.user_id == bindparam("user_id"), Notification.read_at.is_(None))
)


@use_case("profile.own")
def count_unread(ctx: Context) -> int:
    ((number,),) = UNREAD.rows(ctx.session, user_id=ctx.actor.user_id)
    return int(number)


@use_case("profile.own")
def fresh(ctx: Context, kind: str, since: datetime) -> list[Notification]:
    """The caller's own unread ones of a kind that came after a time, oldest first."""
    query = select(Notification).where(
        Notification.user_id == ctx.actor.user_id, Notification.read_at.is_(None), Notification.kind == kind
    )
    return list(ctx.session.scalars(query.where(Notification.created_at > since).order_by(Notification.id)))


@use_case("profile.own")
def mark_read(ctx: Context, ids: Iterable[int] | None = None) -> int:
    """Marks the given ones of the caller's, or all; answers how many were unread."""
    query = update(Notification).where(Notification.user_id == ctx.actor.user_id, Notification.read_at.is_(None))
    if ids is not None:
        query = query.where(Notification.id.in_(list(ids)))
    done = ctx.session.scalars(query.values(read_at=ctx.now()).returning(Notification.id)).all()
    return len(done)


def _said(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return value.get(language) or next(iter(value.values()), "")
    return value
