"""Settings: flags win over the environment, the environment over defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from crm_model import mail_settings
from crm_model.mail_settings import MailServer
from kernel import vault

DEFAULT_PORT = 8000
DEFAULT_DATA = Path("var")


class SettingsError(ValueError):
    """A setting that cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`database_url` None means the embedded PostgreSQL in `data`."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    data: Path = DEFAULT_DATA
    database_url: str | None = None
    demo: bool = False
    web_processes: int = 1
    threads: int = 8
    mail_server: MailServer | None = None
    public_url: str | None = None
    secret_key: str | None = None
    """Keys of `kernel.vault`, separated by commas; None means the one of the data folder."""

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"


def read(
    *,
    host: str | None = None,
    port: int | None = None,
    data: str | None = None,
    demo: bool = False,
    web_processes: int | None = None,
) -> Settings:
    """Settings from flags (those given) and the environment."""
    environment = os.environ
    if port is not None and not 0 < port < 65536:
        raise SettingsError(f"The port must be a number from 1 to 65535, not {port}.")
    return Settings(
        host=host or environment.get("PROCESSION_HOST") or "127.0.0.1",
        port=port if port is not None else _number("PROCESSION_PORT", DEFAULT_PORT),
        data=Path(data or environment.get("PROCESSION_DATA") or DEFAULT_DATA).expanduser().resolve(),
        database_url=with_driver(environment.get("DATABASE_URL") or None),
        demo=demo or environment.get("PROCESSION_DEMO", "") not in ("", "0"),
        web_processes=web_processes or _number("PROCESSION_WEB_PROCESSES", 1),
        threads=_number("PROCESSION_THREADS", 8),
        mail_server=_mail_server(environment.get("PROCESSION_SMTP_URL", "")),
        public_url=(environment.get("PROCESSION_PUBLIC_URL") or "").rstrip("/") or None,
        secret_key=_secret_key(environment.get("PROCESSION_SECRET_KEY", "")),
    )


def _secret_key(keys: str) -> str | None:
    try:
        if keys.strip():
            vault.box_of(keys)
    except ValueError as error:
        raise SettingsError(
            "PROCESSION_SECRET_KEY must be 32 random bytes in Base64, as `openssl rand -base64 32` prints them."
        ) from error
    return keys.strip() or None


def _mail_server(url: str) -> MailServer | None:
    try:
        return mail_settings.from_url(url) if url else None
    except ValueError as error:
        raise SettingsError(f"PROCESSION_SMTP_URL cannot be used. {error}") from error


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise SettingsError(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def with_driver(url: str | None) -> str | None:
    """postgres:// and postgresql:// as SQLAlchemy wants them with psycopg; several hosts, as libpq writes them, go into
    the query."""
    if url is None:
        return None
    for prefix in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + _hosts_in_query(url.removeprefix(prefix))
    raise SettingsError("DATABASE_URL must start with postgresql://.")


def _hosts_in_query(rest: str) -> str:
    authority, _, path = rest.partition("/")
    user, at, hosts = authority.rpartition("@")
    if "," not in hosts:
        return rest
    database, _, query = path.partition("?")
    listed = "&".join(f"host={host if ':' in host else f'{host}:5432'}" for host in hosts.split(","))
    return f"{user}{at}/{database}?{listed}" + (f"&{query}" if query else "")


def database_of(settings: Settings, command: str) -> str:
    """The database's address for a command that does not start one. Raises SettingsError without it."""
    if settings.database_url is None:
        raise SettingsError(f"DATABASE_URL is not set: `serve` starts a database, `{command}` needs one.")
    return settings.database_url
