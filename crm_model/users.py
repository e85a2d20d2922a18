"""The people who work here: accounts to sign in with, roles, teams and their heads."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import ForeignKey, Index, ScalarSelect, SQLColumnExpression, String, Text, column, delete, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from crm_model import access, fields, inputs, listing
from crm_model.inputs import Field, Wrong
from crm_model.records import Record, change, sort_key
from kernel.context import ADMINISTRATOR, ROLES, Actor, Context
from kernel.db import Base
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

DEFAULT_TIME_ZONE = "Europe/Moscow"
SESSIONS = table("user_sessions", column("id"), column("user_id"))


class Team(Record, Base):
    """Отдел: people with one head, who sees the records of them all."""

    __tablename__ = "teams"

    name: Mapped[str] = mapped_column(String(255), unique=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", use_alter=True), index=True)
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("working_calendars.id"), index=True)

    head: Mapped["User | None"] = relationship(foreign_keys=head_id)


class User(Record, Base):
    """Someone who signs in. `username` is kept in lower case; `language` None follows the browser."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_roles", "roles", postgresql_using="gin"),)
    audit_skip: ClassVar[frozenset[str]] = frozenset({"password_hash", "settings"})

    username: Mapped[str] = mapped_column(String(150), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(255))
    phone: Mapped[str | None] = mapped_column(String(50))
    password_hash: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", use_alter=True), index=True)
    language: Mapped[str | None] = mapped_column(String(5))
    time_zone: Mapped[str] = mapped_column(String(64), default=DEFAULT_TIME_ZONE)
    active: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sort_key: Mapped[str] = sort_key("name")

    team: Mapped[Team | None] = relationship(foreign_keys=team_id)


@dataclass(frozen=True, slots=True)
class Person:
    """What everyone may know of everyone."""

    id: int
    username: str
    name: str
    roles: tuple[str, ...]


SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000
NO_PERSON = N_("There is no such person, or they no longer work here.")


def normal_username(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _username(ctx: Context, value: Any) -> str:
    name = normal_username(inputs.name(ctx, value))
    if len(name) > 150 or any(char.isspace() for char in name):
        raise Wrong(N_("A user name is one word of at most 150 characters."))
    return name


def _password(ctx: Context, value: Any) -> str:
    if not isinstance(value, str) or not SHORTEST_PASSWORD <= len(value) <= LONGEST_PASSWORD:
        raise Wrong(N_("A password has at least %(count)d characters."), count=SHORTEST_PASSWORD)
    return value


PROFILE = {
    "name": Field(inputs.name, required=True),
    "email": Field(fields.email),
    "phone": Field(fields.phone),
    "language": Field(inputs.choice(LANGUAGES)),
    "time_zone": Field(fields.time_zone, nullable=False),
    "settings": Field(fields.mapping, nullable=False),
}
FIELDS = {
    "username": Field(_username, required=True),
    **PROFILE,
    "password": Field(_password),
    "roles": Field(inputs.many(inputs.choice(ROLES)), nullable=False),
    "team_id": Field(inputs.record(Team)),
    "active": Field(inputs.boolean, nullable=False),
}


@use_case("users.read")
def list_users(
    ctx: Context, page: Page, *, q: str | None = None, role: str | None = None, active: bool | None = True
) -> Slice[Person]:
    """Everyone who works here, for everyone: four facts and no more. By name."""
    query = select(User)
    if active is not None:
        query = query.where(User.active == active)
    if role is not None:
        query = query.where(User.roles.contains([role]))
    if q:
        query = query.where(listing.has_text(q, User.name, User.username))
    return listing.paged(ctx.session, query, page, User, "sort_key").map(person_of)


@use_case("users.manage")
def list_user_records(ctx: Context, page: Page, *, q: str | None = None, active: bool | None = None) -> Slice[User]:
    """The same people with all that the administrator keeps of them."""
    query = select(User)
    if active is not None:
        query = query.where(User.active == active)
    if q:
        query = query.where(listing.has_text(q, User.name, User.username, User.email))
    return listing.paged(ctx.session, query, page, User, "sort_key")


@use_case("users.read")
def get_person(ctx: Context, user_id: int) -> Person:
    return person_of(_user(ctx, user_id))


@use_case("users.manage")
def get_user(ctx: Context, user_id: int) -> User:
    return _user(ctx, user_id)


@use_case("profile.own")
def get_profile(ctx: Context) -> User:
    """The caller's own account."""
    return get_own(ctx)


@use_case("users.manage")
def create_user(ctx: Context, values: Mapping[str, Any]) -> User:
    clean = inputs.read(ctx, values, FIELDS)
    password = clean.pop("password", None)
    _check_free(ctx, clean["username"])
    user = add_user(ctx.session, password=password, **clean)
    ctx.session.flush()
    return user


@use_case("users.manage")
def update_user(ctx: Context, user_id: int, values: Mapping[str, Any]) -> User:
    """Changes what is given. A new password, or losing the right to work here, ends the user's sessions."""
    user = _user(ctx, user_id, lock=True)
    inputs.check_version(user, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True)
    password = clean.pop("password", None)
    if "username" in clean and clean["username"] != user.username:
        _check_free(ctx, clean["username"])
    _keep_an_administrator(ctx, user, clean)
    change(user, clean)
    if password is not None:
        user.password_hash = hash_password(password)
    if password is not None or not user.active:
        end_sessions(ctx.session, user.id)
    ctx.session.flush()
    return user


@use_case("profile.own")
def update_profile(ctx: Context, values: Mapping[str, Any]) -> User:
    """What people change about themselves; `settings` are merged key by key, None removes one."""
    user = get_own(ctx, lock=True)
    inputs.check_version(user, values)
    clean = inputs.read(ctx, values, PROFILE, partial=True)
    if "settings" in clean:
        merged = {**user.settings, **clean["settings"]}
        clean["settings"] = {key: value for key, value in merged.items() if value is not None}
    change(user, clean)
    ctx.session.flush()
    return user


@use_case("users.manage")
def deactivate_user(ctx: Context, user_id: int) -> User:
    """The user can no longer sign in; sessions and tokens stop at once, records stay as they are."""
    return update_user(ctx, user_id, {"active": False})


def get_own(ctx: Context, *, lock: bool = False) -> User:
    return _user(ctx, ctx.actor.user_id, lock=lock)


def set_password(ctx: Context, user: User, password: str, path: str = "password") -> None:
    """A new password, if it is one; end the sessions as well."""
    clean = inputs.read(ctx, {path: password}, {path: Field(_password, required=True)})
    user.password_hash = hash_password(clean[path])


def _user(ctx: Context, user_id: int | None, *, lock: bool = False) -> User:
    user = access.find(ctx, User, user_id, lock=lock)
    if user is None:
        raise NotFound()
    return user


def _check_free(ctx: Context, username: str) -> None:
    if id_of(ctx.session, username) is not None:
        raise ValidationFailed({"username": [N_("Somebody has this user name already.")]})


def _keep_an_administrator(ctx: Context, user: User, clean: Mapping[str, Any]) -> None:
    """Somebody must be left who can let others in."""
    stays = clean.get("active", user.active) and ADMINISTRATOR in clean.get("roles", user.roles)
    if stays or not user.active or ADMINISTRATOR not in user.roles:
        return
    others = select(User.id).where(User.active, User.roles.contains([ADMINISTRATOR]), User.id != user.id)
    if ctx.session.scalars(others.with_for_update()).first() is None:
        raise Conflict("last_administrator", N_("This is the only administrator. Appoint another first."))


def add_user(
    session: Session,
    *,
    username: str,
    name: str,
    roles: Iterable[str] = (),
    password: str | None = None,
    **columns: Any,
) -> User:
    """A user without the checks of a form, for the command line and the demo data."""
    user = User(username=normal_username(username), name=name, roles=list(roles), **columns)
    user.password_hash = hash_password(password) if password is not None else None
    session.add(user)
    return user


@cache
def hasher() -> PasswordHasher:
    return PasswordHasher()


def hash_password(password: str) -> str:
    return hasher().hash(password)


def end_sessions(session: Session, user_id: int, *, keep: int | None = None) -> None:
    """Signs the user out everywhere, but for the session `keep`."""
    query = delete(SESSIONS).where(SESSIONS.c.user_id == user_id)
    session.execute(query if keep is None else query.where(SESSIONS.c.id != keep))


def language_of(ctx: Context, user_id: int | None) -> str:
    """In which language to write what is kept for somebody, whoever causes it."""
    if user_id is not None and user_id == ctx.actor.user_id:
        return ctx.actor.language
    user = ctx.session.get(User, user_id) if user_id is not None else None
    return (user.language if user is not None else None) or DEFAULT_LANGUAGE


ACTOR = (User.username, User.name, User.roles, User.language, User.time_zone)
"""What `actor_of` needs of a row, beside the id."""


def actor_of(user: User | Any, language: str | None = None, *, stands_for: Iterable[int] = ()) -> Actor:
    """The user as who acts; the browser's `language` counts where the user has chosen none."""
    return Actor(
        user_id=user.id,
        username=user.username,
        name=user.name,
        roles=frozenset(user.roles),
        language=user.language or language or DEFAULT_LANGUAGE,
        time_zone=user.time_zone,
        stands_for=frozenset(stands_for),
    )


def person_of(user: User) -> Person:
    return Person(user.id, user.username, user.name, tuple(user.roles))


def id_of(session: Session, username: str) -> int | None:
    return session.scalar(select(User.id).where(User.username == normal_username(username)))


def roles_of(session: Session, user_id: int) -> frozenset[str]:
    """The roles of an active user; none for anyone else."""
    return frozenset(session.scalar(select(User.roles).where(User.id == user_id, User.active)) or ())


def require_active(session: Session, user_id: int | None, path: str = "owner_id") -> User:
    """The user, or ValidationFailed at `path` for one who is gone."""
    user = session.get(User, user_id) if user_id is not None and 0 < user_id < 2**63 else None
    if user is None or not user.active:
        raise ValidationFailed({path: [NO_PERSON]})
    return user


def settle_owner(ctx: Context, clean: dict[str, Any], record: Any = None) -> None:
    """A new record without an owner gets its maker; an owner new to a record must still work here."""
    if record is None and clean.get("owner_id") is None:
        clean["owner_id"] = ctx.actor.user_id
    owner = clean.get("owner_id")
    if owner is not None and (record is None or owner != record.owner_id):
        require_active(ctx.session, owner)


def head_of(session: Session, user_id: int) -> int | None:
    """The head of the user's team, if that is someone else who still works here."""
    return session.scalar(select(head(user_id)))


def head(user_id: int | SQLColumnExpression[int | None] | None) -> ScalarSelect[int | None]:
    """`head_of`, as part of a query."""
    return (
        select(Team.head_id)
        .join(User, User.team_id == Team.id)
        .where(User.id == user_id, Team.head_id != user_id, Team.head_id.in_(select(User.id).where(User.active)))
        .scalar_subquery()
    )


def led_by(session: Session, *heads: int | None) -> list[int]:
    """The members of the teams that these users head, without them."""
    teams = select(Team.id).where(Team.head_id.in_(heads))
    return list(session.scalars(select(User.id).where(User.team_id.in_(teams), User.id.not_in(heads))))


def start_of_tomorrow(ctx: Context) -> datetime:
    """The next midnight where the actor lives."""
    zone = ZoneInfo(ctx.actor.time_zone)
    return datetime.combine(ctx.now().astimezone(zone).date() + timedelta(days=1), time(), zone)
