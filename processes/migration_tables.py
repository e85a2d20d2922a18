"""Tables of migrations: what was asked, and what became of every instance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, HasId


class MigrationRow(HasId, Base):
    __tablename__ = "migration"

    from_definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    to_definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    mapping: Mapped[dict[str, str]]
    reason: Mapped[str | None] = mapped_column(Text)
    total: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class MigrationItemRow(Base):
    """`misfits` is None where nothing is in the way; `goes` are the elements, as (from, to)."""

    __tablename__ = "migration_item"
    __table_args__ = (Index("ix_migration_item_state", "migration_id", "state", "instance_id"),)

    migration_id: Mapped[int] = mapped_column(ForeignKey("migration.id", ondelete="CASCADE"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    goes: Mapped[list[Any] | None]
    misfits: Mapped[list[Any] | None] = mapped_column(JSONB)
