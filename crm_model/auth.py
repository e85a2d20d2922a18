"""Signing in: passwords with a throttle, sessions of browsers, tokens of programs. Only hashes are stored.

A refused attempt must be remembered, so `sign_in` does not raise: it answers an `Attempt`, the caller lets
the transaction end well, and only then asks `attempt.user()`, which raises what the client gets (401 or 429).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from unicodedata import category

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, Index, LargeBinary, String, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from crm_model import inputs, users
from crm_model.records import Audited
from crm_model.substitutions import STANDS_FOR
from crm_model.users import User
from kernel.context import Actor, Clock, Context, system_clock
from kernel.db import Base, HasId
from kernel.errors import AppError, NotFound, TooManyRequests, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from kernel.statements import Prepared

WINDOW = timedelta(minutes=10)
WRONG_FOR_A_NAME = 10
WRONG_FROM_AN_ADDRESS = 100
SESSION_LASTS = timedelta(days=14)
TOKEN_LASTS = timedelta(days=90)
LONGEST_TOKEN_LASTS = timedelta(days=3660)
NOTE_USE_EVERY = timedelta(hours=1)
TOKEN_PREFIX = "prc_"
"""Lets scanners for leaked secrets know ours."""


class NotSignedIn(AppError):
    """401: an unknown name, a wrong password and a deactivated user look the same."""

    default_code = "invalid_credentials"
    default_message = N_("The user name or the password is wrong.")


class TooManyAttempts(TooManyRequests):
    """429 for the user name or the address."""

    default_code = "too_many_attempts"
    default_message = N_("Too many wrong passwords. Try again in a few minutes.")


class WrongPassword(HasId, Base):
    """One wrong attempt, kept as long as it counts."""

    __tablename__ = "wrong_passwords"
    __table_args__ = (
        Index("ix_wrong_passwords_username_at", "username", "at"),
        Index("ix_wrong_passwords_address_at", "address", "at"),
        Index("ix_wrong_passwords_at", "at"),
    )

    username: Mapped[str] = mapped_column(String(150))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class KnownAddress(Base):
    """A user has signed in from the address before, so a crowd of others there does not shut them out."""

    __tablename__ = "known_addresses"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_at: Mapped[datetime]


class UserSession(HasId, Base):
    """A browser that is signed in."""

    __tablename__ = "user_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf_secret: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(255))


class ApiToken(Audited, HasId, Base):
    """A program that works in a user's name."""

    __tablename__ = "api_tokens"
    audit_skip = frozenset({"token_hash", "last_used_at"})

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a sign-in; ask `user()` after the transaction that recorded it has ended."""

    signed_in: User | None = None
    retry_after: int | None = None

    def user(self) -> User:
        if self.retry_after is not None:
            raise TooManyAttempts(self.retry_after)
        if self.signed_in is None:
            raise NotSignedIn()
        return self.signed_in


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a request comes from. `csrf_secret` is None for a token, which needs none.

    `language_chosen` is False where the language is the default and the browser's counts.
    """

    actor: Actor
    id: int
    csrf_secret: str | None = None
    language_chosen: bool = False
    last_used_at: datetime | None = None


def sign_in(
    session: Session, username: str, password: str, address: str | None, clock: Clock = system_clock
) -> Attempt:
    """Checks a password, unless too many wrong ones came for the name or from the address.

    A refusal while throttled is not counted, so that nobody can be shut out for longer than the window.
    """
    now, name, address = clock(), _readable(users.normal_username(username))[:150], (address or "")[:64]
    _one_at_a_time(session, name)
    user = session.scalar(select(User).where(User.username == name).execution_options(populate_existing=True))
    wait = _throttled(session, user, name, address, now)
    if wait is not None:
        return Attempt(retry_after=wait)
    if not _is_right(user, password) or user is None or not user.active:
        session.add(WrongPassword(username=name, address=address, at=now))
        session.flush()
        return Attempt()
    known = insert(KnownAddress).values(user_id=user.id, address=address, last_at=now)
    session.execute(known.on_conflict_do_update(index_elements=["user_id", "address"], set_={"last_at": now}))
    if user.password_hash and users.hasher().check_needs_rehash(user.password_hash):
        user.password_hash = users.hash_password(password)
    session.flush()
    return Attempt(signed_in=user)


def _one_at_a_time(session: Session, name: str) -> None:
    """Attempts for a name queue up, else many at once would each see only the ones before."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sign-in:{name}", 0))))


def _throttled(session: Session, user: User | None, name: str, address: str, now: datetime) -> int | None:
    """Seconds to wait, or None."""
    waits = [_wait(session, WrongPassword.username == name, WRONG_FOR_A_NAME, now)]
    if address:
        known = user is not None and session.get(KnownAddress, (user.id, address)) is not None
        if not known:
            waits.append(_wait(session, WrongPassword.address == address, WRONG_FROM_AN_ADDRESS, now))
    return max((wait for wait in waits if wait is not None), default=None)


def _wait(session: Session, counted: Any, allowed: int, now: datetime) -> int | None:
    """Until the last of the newest `allowed` wrong attempts has left the window."""
    newest = select(WrongPassword.at).where(counted, WrongPassword.at > now - WINDOW)
    last = session.scalar(newest.order_by(WrongPassword.at.desc()).offset(allowed - 1).limit(1))
    return None if last is None else max(1, int((last + WINDOW - now).total_seconds()) + 1)


def _is_right(user: User | None, password: str) -> bool:
    """Takes as long for a name that does not exist."""
    stored = user.password_hash if user is not None and user.password_hash else None
    given = password if len(password) <= users.LONGEST_PASSWORD else ""
    try:
        users.hasher().verify(stored or _nobody(), given)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return stored is not None and given == password


@cache
def _nobody() -> str:
    return users.hash_password(secrets.token_urlsafe())


def start_session(
    session: Session,
    user: User,
    *,
    address: str | None = None,
    user_agent: str | None = None,
    clock: Clock = system_clock,
) -> tuple[str, UserSession]:
    """A new session and the cookie's value, which is told only now."""
    cookie, now = secrets.token_urlsafe(32), clock()
    row = UserSession(
        token_hash=_hash(cookie),
        user_id=user.id,
        csrf_secret=secrets.token_urlsafe(32),
        created_at=now,
        expires_at=now + SESSION_LASTS,
        address=(address or "")[:64] or None,
        user_agent=_readable(user_agent or "")[:255] or None,
    )
    session.add(row)
    session.flush()
    return cookie, row


SESSION = Prepared(
    select(UserSession.id.label("number"), UserSession.csrf_secret, User.id, *users.ACTOR, STANDS_FOR)
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.token_hash == bindparam("hash"), UserSession.expires_at > bindparam("now"), User.active)
)


def authenticate_session(session: Session, cookie: str, clock: Clock = system_clock) -> SignedIn | None:
    """Who the cookie belongs to; None for one that is unknown or over. One query, no write."""
    found = SESSION.rows(session, hash=_hash(cookie), now=clock())
    if not found:
        return None
    row = found[0]
    actor = users.actor_of(row, stands_for=row.stands_for or ())
    return SignedIn(actor, row.number, row.csrf_secret, row.language is not None)


TOKEN = Prepared(
    select(ApiToken.id.label("number"), ApiToken.last_used_at, User.id, *users.ACTOR, STANDS_FOR)
    .join(User, User.id == ApiToken.user_id)
    .where(ApiToken.token_hash == bindparam("hash"), ApiToken.expires_at > bindparam("now"), User.active)
)


def authenticate_token(session: Session, bearer: str, clock: Clock = system_clock) -> SignedIn | None:
    """The same for a personal API token."""
    found = TOKEN.rows(session, hash=_hash(bearer), now=clock())
    if not found:
        return None
    row = found[0]
    actor = users.actor_of(row, stands_for=row.stands_for or ())
    return SignedIn(actor, row.number, None, row.language is not None, row.last_used_at)


def note_use(session: Session, signed_in: SignedIn, clock: Clock = system_clock) -> None:
    """Keeps when a token was last used, to the hour: call it where the request may write."""
    now = clock()
    is_token = signed_in.csrf_secret is None
    if is_token and (signed_in.last_used_at is None or signed_in.last_used_at < now - NOTE_USE_EVERY):
        # Several requests of one program come at once: only one writes, and none waits for it.
        free = select(ApiToken.id).where(ApiToken.id == signed_in.id).with_for_update(skip_locked=True)
        session.execute(update(ApiToken).where(ApiToken.id.in_(free)).values(last_used_at=now))


def sign_out(session: Session, cookie: str) -> None:
    session.execute(delete(UserSession).where(UserSession.token_hash == _hash(cookie)))


@use_case("profile.own")
def sign_out_elsewhere(ctx: Context, *, keep: int | None = None) -> None:
    """Ends the caller's sessions, but for the one with the id `keep`."""
    if ctx.actor.user_id is not None:
        users.end_sessions(ctx.session, ctx.actor.user_id, keep=keep)


@use_case("profile.own")
def change_password(ctx: Context, *, current: str, new: str, keep: int | None = None) -> None:
    """Changes the caller's own password and ends the other sessions."""
    user = users.get_own(ctx, lock=True)
    if not _is_right(user, current):
        raise ValidationFailed({"current": [N_("The password is wrong.")]})
    users.set_password(ctx, user, new, path="new")
    users.end_sessions(ctx.session, user.id, keep=keep)
    ctx.session.flush()


@use_case("profile.own")
def issue_token(ctx: Context, *, name: str = "", lasts: timedelta = TOKEN_LASTS) -> tuple[str, datetime]:
    """A new token of the caller's and when it ends. The token is told only now."""
    token, now = TOKEN_PREFIX + secrets.token_urlsafe(32), ctx.now()
    clean = inputs.read(ctx, {"name": name or "API"}, {"name": inputs.Field(inputs.name, required=True)})
    expires_at = now + max(timedelta(minutes=1), min(lasts, LONGEST_TOKEN_LASTS))
    assert ctx.actor.user_id is not None, "the system has no tokens"
    ctx.session.add(
        ApiToken(
            token_hash=_hash(token),
            user_id=ctx.actor.user_id,
            name=clean["name"],
            created_at=now,
            expires_at=expires_at,
        )
    )
    ctx.session.flush()
    return token, expires_at


@use_case("profile.own")
def list_tokens(ctx: Context, page: Page) -> Slice[ApiToken]:
    """The caller's own, newest first."""
    query = select(ApiToken).where(ApiToken.user_id == ctx.actor.user_id)
    if page.after:
        query = query.where(ApiToken.id < page.key(int)[0])
    rows = ctx.session.scalars(query.order_by(ApiToken.id.desc()).limit(page.limit + 1)).all()
    return slice_of(rows, page, lambda row: [row.id])


@use_case("profile.own")
def revoke_token(ctx: Context, token_id: int) -> None:
    token = ctx.session.get(ApiToken, token_id) if 0 < token_id < 2**63 else None
    if token is None or token.user_id != ctx.actor.user_id:
        raise NotFound()
    ctx.session.delete(token)
    ctx.session.flush()


def forget_what_is_over(session: Session, clock: Clock = system_clock) -> None:
    """Housekeeping: attempts that no longer count, sessions and tokens that have ended."""
    now = clock()
    session.execute(delete(WrongPassword).where(WrongPassword.at < now - WINDOW))
    session.execute(delete(UserSession).where(UserSession.expires_at < now))
    session.execute(delete(ApiToken).where(ApiToken.expires_at < now - TOKEN_LASTS))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode(errors="surrogatepass")).digest()


def _readable(text: str) -> str:
    """Without what PostgreSQL cannot keep."""
    return "".join(char for char in text if category(char) not in inputs.UNREADABLE)
