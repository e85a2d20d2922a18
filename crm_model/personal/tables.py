"""Protocols of erasures: who erased whose data when and why, what was erased and what had to stay; none of the data."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model.records import one_of
from crm_model.users import User
from kernel.db import Base, HasId

RUNNING, FINISHED = "running", "finished"


class Erasure(HasId, Base):
    """`records` are the erased ones as {type, id}; `counts` rows by table; `kept` what stays, each with why and until when.
    `patterns` tell what is still looked for, and are emptied in the end."""

    __tablename__ = "erasures"
    __table_args__ = (one_of("state", (RUNNING, FINISHED)),)

    state: Mapped[str] = mapped_column(String(10), default=RUNNING)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    finished_at: Mapped[datetime | None]
    records: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[list[Any]] = mapped_column(default=list)
    patterns: Mapped[list[str]] = mapped_column(default=list)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)

    by: Mapped[User | None] = relationship()

    @property
    def progress(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def erased(self) -> int:
        return sum(self.counts.values())
