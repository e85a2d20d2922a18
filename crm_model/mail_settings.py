"""The mail server that letters leave by: set by an administrator on the screen, or by an address of the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from crm_model import fields, inputs
from crm_model.inputs import Field
from crm_model.records import Record, change, one_of
from kernel import vault
from kernel.context import Context
from kernel.db import Base
from kernel.permissions import use_case

PLAIN, STARTTLS, TLS = "plain", "starttls", "tls"
SECURITIES = (PLAIN, STARTTLS, TLS)
SCHEMES = {"smtp": PLAIN, "smtp+starttls": STARTTLS, "smtps": TLS}
PORTS = {PLAIN: 25, STARTTLS: 587, TLS: 465}
USUAL_RATE = 60
FASTEST = 6000


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach a mail server, in whose name, and how many letters a minute it takes."""

    host: str
    port: int
    security: str
    from_address: str
    from_name: str | None = None
    username: str | None = None
    password: str | None = None
    per_minute: int = USUAL_RATE


class MailSettings(Record, Base):
    """Настройки почты: one row, once somebody has saved them."""

    __tablename__ = "mail_settings"
    __table_args__ = (one_of("security", SECURITIES),)
    audit_skip: ClassVar[frozenset[str]] = frozenset({"sealed_password"})

    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    security: Mapped[str] = mapped_column(String(20), default=STARTTLS)
    username: Mapped[str | None] = mapped_column(String(255))
    sealed_password: Mapped[str | None] = mapped_column("password", Text)
    from_address: Mapped[str] = mapped_column(String(255))
    from_name: Mapped[str | None] = mapped_column(String(255))
    per_minute: Mapped[int] = mapped_column(default=USUAL_RATE)
    public_url: Mapped[str | None] = mapped_column(String(255))

    @property
    def has_password(self) -> bool:
        return self.sealed_password is not None

    def server(self) -> MailServer:
        """Raises SecretUnreadable."""
        return MailServer(
            host=self.host,
            port=self.port,
            security=self.security,
            from_address=self.from_address,
            from_name=self.from_name,
            username=self.username,
            password=vault.reveal(self.sealed_password),
            per_minute=self.per_minute,
        )


FIELDS = {
    "host": Field(inputs.name, required=True),
    "port": Field(fields.whole(65535, 1), required=True),
    "security": Field(inputs.choice(SECURITIES), nullable=False),
    "username": Field(inputs.name),
    "password": Field(inputs.name),
    "from_address": Field(fields.email, required=True),
    "from_name": Field(inputs.name),
    "per_minute": Field(fields.whole(FASTEST, 1), nullable=False),
    "public_url": Field(fields.website),
}


@use_case("letters.server")
def get_mail_settings(ctx: Context) -> MailSettings | None:
    return stored(ctx.session)


@use_case("letters.server")
def save_mail_settings(ctx: Context, values: Mapping[str, Any]) -> MailSettings:
    """A password that is left out stays as it is."""
    settings = ctx.session.scalar(select(MailSettings).limit(1).with_for_update())
    clean = inputs.read(ctx, {key: value for key, value in values.items() if key != "version"}, FIELDS)
    if settings is None:
        settings = MailSettings(security=STARTTLS, per_minute=USUAL_RATE)
        ctx.session.add(settings)
    else:
        inputs.check_version(settings, values)
    if "password" in clean:
        settings.sealed_password = vault.seal(clean.pop("password"))
    change(settings, clean)
    ctx.session.flush()
    return settings


def stored(session: Session) -> MailSettings | None:
    return session.scalar(select(MailSettings).limit(1))


def from_url(url: str) -> MailServer:
    """`smtps://user:password@host:465?from=sales@example.com&name=Company&rate=60`; also smtp+starttls:// and, without
    encryption, smtp://. ValueError with what is wrong."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(f"It must begin with {', '.join(f'{scheme}://' for scheme in SCHEMES)} and name a host.")
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if not fields.may_be_address(query.get("from", "")):
        raise ValueError("It must say whose letters they are: ?from=sales@example.com.")
    rate = query.get("rate", str(USUAL_RATE))
    if not rate.isascii() or not rate.isdigit() or not 1 <= int(rate) <= FASTEST:
        raise ValueError(f"The rate is a number of letters a minute, from 1 to {FASTEST}.")
    security = SCHEMES[parts.scheme]
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[security],
        security=security,
        from_address=query["from"],
        from_name=query.get("name"),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        per_minute=int(rate),
    )
