"""What a merge has done, so that it can be undone as a whole."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.records import one_of
from crm_model.users import User
from kernel.db import Base, HasId

MODELS: dict[str, type[Any]] = {"account": Account, "contact": Contact, "lead": Lead}
DONE, UNDONE, FINAL = "done", "undone", "final"
"""A final one can no longer be undone: what it kept is erased."""


class MergeBatch(HasId, Base):
    """`survivor_id` took over what belonged to `loser_id`, which is gone. Rows are kept as JSON, whole: `loser`; `was` and
    `became` of the survivor; `moved` are keys by `table.column`, `removed` rows by table; `closed` consents and
    `suspended` processes by id."""

    __tablename__ = "merge_batches"
    __table_args__ = (
        one_of("kind", tuple(MODELS)),
        one_of("state", (DONE, UNDONE, FINAL)),
        Index(
            "uq_merge_batches_kind_loser_id",
            "kind",
            "loser_id",
            unique=True,
            postgresql_where=text("state <> 'undone'"),
        ),
        Index("ix_merge_batches_kind_survivor_id", "kind", "survivor_id"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    survivor_id: Mapped[int]
    loser_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=DONE)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    loser: Mapped[dict[str, Any]]
    was: Mapped[dict[str, Any]]
    became: Mapped[dict[str, Any]]
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    removed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    closed: Mapped[list[Any]] = mapped_column(default=list)
    suspended: Mapped[list[Any]] = mapped_column(default=list)

    by: Mapped[User | None] = relationship(foreign_keys=by_id)

    @property
    def loser_name(self) -> str:
        return str(self.loser.get("name", ""))

    @property
    def moved_count(self) -> int:
        return sum(len(keys) for keys in self.moved.values())
