"""The database: declarative base, and the only place where a transaction begins and ends."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import BigInteger, DateTime, Engine, Identity, MetaData, create_engine, make_url
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

MINIMUM_SERVER_VERSION = 150000
"""PostgreSQL 15, as `server_version_num` reports it."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

CLIENT_LIMITS = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""A server that is silent for half a minute is away: without these we would wait for it for hours."""
SERVER_LIMITS = {
    "timezone": "UTC",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30s",
}
"""The same the other way round: a machine that was cut off must not keep its locks."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
    }


class Cursor(psycopg.Cursor[Any]):
    """Tells of its columns what SQLAlchemy reads after each statement, name and type; the driver's own looks up more."""

    @property
    def description(self) -> Any:
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        columns = ((result.fname(number) or b"", result.ftype(number)) for number in range(result.nfields))
        return [(name.decode(), type, None, None, None, None, None) for name, type in columns]


class HasId:
    """A numeric identity, the key of almost every table."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-1)


class Database:
    """One engine and its pool; a process makes one after it has forked.

    `limits` are settings of PostgreSQL for its sessions; what the address says itself, by `?options=` too, wins.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        application_name: str = "procession",
        limits: Mapping[str, str] | None = None,
    ) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=False,
            connect_args={
                "application_name": application_name,
                "cursor_factory": Cursor,
                **_connection(url, limits or {}),
            },
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is kept if the block ends well and undone otherwise."""
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def read_only(self, *, snapshot: bool = False) -> Iterator[Session]:
        """A session that cannot write: PostgreSQL itself refuses. A `snapshot` sees all as it was at its first look."""
        with Session(self.engine, expire_on_commit=False) as session:
            isolation = {"isolation_level": "REPEATABLE READ"} if snapshot else {}
            session.connection(execution_options={"postgresql_readonly": True, **isolation})
            try:
                yield session
            except BaseException:
                session.rollback()
                raise
            # Nothing is written, but with a rollback the driver would forget the statements it has prepared.
            session.expunge_all()
            session.commit()

    def close(self) -> None:
        self.engine.dispose()


def _connection(url: str, limits: Mapping[str, str]) -> dict[str, str]:
    said = make_url(url).query
    options = [f"-c {name}={value}" for name, value in {**SERVER_LIMITS, **limits}.items()]
    own = {name: value for name, value in CLIENT_LIMITS.items() if name not in said}
    return {**own, "options": " ".join([*options, str(said.get("options", ""))]).strip()}


@contextmanager
def savepoint(session: Session, *, keep: bool = True) -> Iterator[None]:
    """A part of the transaction that can be undone alone; `keep=False` always undoes it (a preview)."""
    nested = session.begin_nested()
    try:
        yield
    except BaseException:
        if nested.is_active:
            nested.rollback()
        raise
    if keep:
        nested.commit()
    else:
        session.flush()
        nested.rollback()
        session.expire_all()
