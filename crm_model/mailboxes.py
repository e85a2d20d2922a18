"""The mailbox that is read for letters of clients: where it is, how often it is looked into, and how the last look went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from crm_model import fields, inputs
from crm_model.inputs import Field
from crm_model.mail_settings import SECURITIES, TLS
from crm_model.records import Record, change, one_of
from kernel import vault
from kernel.context import Context
from kernel.db import Base
from kernel.errors import NotFound
from kernel.permissions import use_case

LONGEST_POLL = 24 * 60
USUAL_FOLDER = "INBOX"


@dataclass(frozen=True, slots=True)
class Access:
    """What is needed to read the mailbox, once it has been claimed."""

    mailbox_id: int
    host: str
    port: int
    security: str
    username: str
    sealed_password: str
    folder: str

    @property
    def password(self) -> str:
        """Raises SecretUnreadable."""
        return vault.reveal(self.sealed_password) or ""


class Mailbox(Record, Base):
    """Почтовый ящик: one row, once somebody has saved it. `check_at` is when it is looked into next."""

    __tablename__ = "mailboxes"
    __table_args__ = (one_of("security", SECURITIES),)
    audit_skip: ClassVar[frozenset[str]] = frozenset({"sealed_password", "check_at", "checked_at", "trouble"})

    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    security: Mapped[str] = mapped_column(String(20), default=TLS)
    username: Mapped[str] = mapped_column(String(255))
    sealed_password: Mapped[str] = mapped_column("password", Text)
    folder: Mapped[str] = mapped_column(String(255), default=USUAL_FOLDER)
    poll_minutes: Mapped[int] = mapped_column(default=5)
    active: Mapped[bool] = mapped_column(default=True)
    check_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(Text)

    def access(self) -> Access:
        return Access(
            mailbox_id=self.id,
            host=self.host,
            port=self.port,
            security=self.security,
            username=self.username,
            sealed_password=self.sealed_password,
            folder=self.folder,
        )


FIELDS = {
    "host": Field(inputs.name, required=True),
    "port": Field(fields.whole(65535, 1), required=True),
    "security": Field(inputs.choice(SECURITIES), nullable=False),
    "username": Field(inputs.name, required=True),
    "password": Field(inputs.name, nullable=False),
    "folder": Field(inputs.name, nullable=False),
    "poll_minutes": Field(fields.whole(LONGEST_POLL, 1), nullable=False),
    "active": Field(inputs.boolean, nullable=False),
}


@use_case("mailbox.manage")
def get_mailbox(ctx: Context) -> Mailbox | None:
    return ctx.session.scalar(select(Mailbox).limit(1))


@use_case("mailbox.manage")
def save_mailbox(ctx: Context, values: Mapping[str, Any]) -> Mailbox:
    """A password that is left out stays as it is. The mailbox is looked into at once."""
    mailbox = ctx.session.scalar(select(Mailbox).limit(1).with_for_update())
    needed = {**FIELDS, "password": Field(inputs.name, required=mailbox is None, nullable=False)}
    clean = inputs.read(ctx, values, needed)
    if "password" in clean:
        clean["sealed_password"] = vault.seal(clean.pop("password"))
    if mailbox is None:
        mailbox = Mailbox(**clean)
        ctx.session.add(mailbox)
    else:
        change(mailbox, clean)
    mailbox.check_at, mailbox.checked_at, mailbox.trouble = ctx.now(), None, None
    ctx.session.flush()
    return mailbox


@use_case("mailbox.manage")
def check_now(ctx: Context) -> Mailbox:
    """Has the worker look into it at once."""
    mailbox = ctx.session.scalar(select(Mailbox).limit(1).with_for_update())
    if mailbox is None:
        raise NotFound()
    mailbox.check_at = ctx.now()
    ctx.session.flush()
    return mailbox


def claim(ctx: Context) -> Access | None:
    """The mailbox if it is due, and nobody else's until its next time; however the look ends, it is repeated then."""
    due = select(Mailbox).where(Mailbox.active, Mailbox.check_at <= ctx.now())
    mailbox = ctx.session.scalar(due.limit(1).with_for_update(skip_locked=True))
    if mailbox is None:
        return None
    mailbox.check_at = ctx.now() + timedelta(minutes=mailbox.poll_minutes)
    return mailbox.access()


def note_look(ctx: Context, access: Access, trouble: str | None) -> None:
    """How the look went, for the settings page."""
    mailbox = ctx.session.get(Mailbox, access.mailbox_id)
    if mailbox is not None:
        mailbox.checked_at, mailbox.trouble = ctx.now(), trouble
