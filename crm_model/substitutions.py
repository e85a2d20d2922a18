"""Substitutions: while somebody is away, another does their work and sees what they see.

The work stays theirs: a task keeps its assignee, and what is not done by the end of the absence is simply theirs again.
Whoever stands in for somebody stands in for those, too, whom that person stands in for at the time.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, bindparam, exists, or_, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from crm_model import inputs, notifications, users
from crm_model.inputs import Field
from crm_model.notifications import Notification
from crm_model.records import Record
from crm_model.users import User
from kernel import text as words
from kernel.context import Actor, Context
from kernel.db import Base
from kernel.errors import Message, NotFound, PermissionDenied, ValidationFailed
from kernel.i18n import LANGUAGES, N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import may, use_case

ONESELF = N_("Choose somebody else.")
ENDS_FIRST = N_("It must end after it begins.")
IS_OVER = N_("This time is over already.")
TOLD = "substitution"
COMES = N_("You will stand in for %(name)s from %(first)s to %(last)s.")
BEGINS = N_("You stand in for %(name)s until %(last)s: what they have to do is among your tasks.")
ENDED = N_("You no longer stand in for %(name)s.")
TWICE = N_("There is a substitute for this time already: %(name)s.")


class Substitution(Record, Base):
    """Замещение: `substitute` stands in for `user` from `begins` until `ends`."""

    __tablename__ = "substitutions"
    __table_args__ = (
        Index(None, "substitute_id", "ends"),
        Index(None, "user_id", "ends"),
        CheckConstraint("begins <= ends", name="ends_after_it_begins"),
        CheckConstraint("user_id <> substitute_id", name="somebody_else"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    begins: Mapped[datetime]
    ends: Mapped[datetime]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    substitute: Mapped[User] = relationship(foreign_keys=substitute_id)

    @property
    def last_moment(self) -> datetime:
        """Within the last day: an absence that ends at midnight is over with the day before."""
        return self.ends - timedelta(microseconds=1)


FIELDS = {
    "user_id": Field(inputs.record(User)),
    "substitute_id": Field(inputs.record(User), required=True),
    "begins": Field(inputs.moment, required=True),
    "ends": Field(inputs.moment, required=True),
}
STANDS_FOR = text(
    "(WITH RECURSIVE away AS ("
    " SELECT s.user_id FROM substitutions s WHERE s.substitute_id = users.id AND s.begins <= :now AND s.ends > :now"
    " UNION SELECT s.user_id FROM substitutions s JOIN away a ON s.substitute_id = a.user_id"
    " WHERE s.begins <= :now AND s.ends > :now)"
    " SELECT array_agg(user_id) FROM away WHERE user_id <> users.id) AS stands_for"
)
"""The ids of those for whom the user of the row stands in at `now`, beside other columns of that row."""


def actor_at(session: Session, user: User, now: datetime, language: str | None = None) -> Actor:
    """The user as who acts at a time, for themselves and for those who are away."""
    found = session.scalar(
        select(STANDS_FOR).select_from(User).where(User.id == bindparam("id")), {"id": user.id, "now": now}
    )
    return users.actor_of(user, language, stands_for=found or ())


@use_case("profile.own")
def list_substitutions(
    ctx: Context, page: Page, *, user_id: int | None = None, over: bool = False
) -> Slice[Substitution]:
    """One's own, from both sides; the administrator's are everybody's. Those that are not over yet, the newest first."""
    me = ctx.actor.user_id
    query = select(Substitution).options(joinedload(Substitution.user), joinedload(Substitution.substitute))
    if not may(ctx, "users.manage"):
        query = query.where(or_(Substitution.user_id == me, Substitution.substitute_id == me))
    if user_id is not None:
        query = query.where(or_(Substitution.user_id == user_id, Substitution.substitute_id == user_id))
    if not over:
        query = query.where(Substitution.ends > ctx.now())
    if page.after is not None:
        query = query.where(Substitution.id < page.key(int)[0])
    rows = ctx.session.scalars(query.order_by(Substitution.id.desc()).limit(page.limit + 1)).all()
    return slice_of(rows, page, lambda row: [row.id])


@use_case("profile.own")
def create_substitution(ctx: Context, values: Mapping[str, Any]) -> Substitution:
    """For oneself, or by the administrator for anybody."""
    given = inputs.read(ctx, values, FIELDS)
    user_id = given.get("user_id") or ctx.actor.user_id
    if user_id != ctx.actor.user_id and not may(ctx, "users.manage"):
        raise PermissionDenied()
    users.require_active(ctx.session, given["substitute_id"], "substitute_id")
    _check(ctx, users.require_active(ctx.session, user_id, "user_id").id, given)
    made = Substitution(**{**given, "user_id": user_id})
    ctx.session.add(made)
    ctx.session.flush()
    _tell(ctx, made, BEGINS if made.begins <= ctx.now() else COMES)
    return made


@use_case("profile.own")
def stood_in_for(ctx: Context) -> list[Substitution]:
    """Those whose substitute the caller is now, whoever is back first in front."""
    query = select(Substitution).options(joinedload(Substitution.user)).order_by(Substitution.ends, Substitution.id)
    return list(ctx.session.scalars(query.where(Substitution.substitute_id == ctx.actor.user_id, *_now(ctx))))


def announce(ctx: Context) -> None:
    """Tells the substitutes whose time has begun, once each."""
    told = exists().where(
        Notification.user_id == Substitution.substitute_id,
        Notification.kind == TOLD,
        Notification.params["substitution"].as_integer() == Substitution.id,
        Notification.created_at >= Substitution.begins,
    )
    for row in ctx.session.scalars(select(Substitution).where(~told, *_now(ctx)).order_by(Substitution.id)):
        _tell(ctx, row, BEGINS)


def _now(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    return Substitution.begins <= ctx.now(), Substitution.ends > ctx.now()


def _tell(ctx: Context, row: Substitution, said: str) -> None:
    """The days are those of the substitute."""
    zone = ZoneInfo(row.substitute.time_zone)
    first, last = row.begins.astimezone(zone).date(), row.last_moment.astimezone(zone).date()
    params = {"substitution": row.id, "name": row.user.name, "first": _in_words(first), "last": _in_words(last)}
    link = "/tasks" if said == BEGINS else "/settings/substitutions"
    notifications.notify(ctx, row.substitute_id, kind=TOLD, text=said, params=params, link=link)


def _in_words(day: date) -> dict[str, str]:
    return {language: words.day(day, language, date.min) for language in LANGUAGES}


def _check(ctx: Context, user_id: int, given: Mapping[str, Any]) -> None:
    begins, ends = given["begins"], given["ends"]
    if given["substitute_id"] == user_id:
        raise ValidationFailed({"substitute_id": [ONESELF]})
    if ends <= begins:
        raise ValidationFailed({"ends": [ENDS_FIRST]})
    if ends <= ctx.now():
        raise ValidationFailed({"ends": [IS_OVER]})
    # Two forms sent at once must not both find the time free.
    ctx.session.get(User, user_id, with_for_update=True)
    same_time = select(Substitution).where(
        Substitution.user_id == user_id, Substitution.begins < ends, Substitution.ends > begins
    )
    other = ctx.session.scalars(same_time.limit(1)).one_or_none()
    if other is not None:
        raise ValidationFailed({"begins": [Message(TWICE, name=other.substitute.name)]})


@use_case("profile.own")
def end_substitution(ctx: Context, substitution_id: int) -> None:
    """Ends one now; one that has not begun yet is taken back."""
    row = ctx.session.get(Substitution, substitution_id, with_for_update=True)
    if row is None or not (row.user_id == ctx.actor.user_id or may(ctx, "users.manage")):
        raise NotFound()
    if row.ends > ctx.now():
        _tell(ctx, row, ENDED)
    if row.begins >= ctx.now():
        ctx.session.delete(row)
    elif row.ends > ctx.now():
        row.ends = ctx.now()
    ctx.session.flush()
