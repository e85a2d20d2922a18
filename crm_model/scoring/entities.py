"""The tables of scoring: cards with rules, the ledger of points, versions of a card, and runs that count anew."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model.products import Product
from crm_model.records import Record, one_of
from crm_model.users import User
from kernel.db import Base, HasId

RUNNING, DONE, REPLACED = "running", "done", "replaced"
RUN_STATES = (RUNNING, DONE, REPLACED)


class ScoreCard(Record, Base):
    """Скоринговая карта: of a product, or the default one for leads of every product that has none of its own.

    From `sql_from` points on a lead is an SQL, from `high_mql_from` on a high MQL; up to `cold_up_to` it is cold.
    """

    __tablename__ = "score_cards"
    __table_args__ = (
        CheckConstraint("cold_up_to < high_mql_from and high_mql_from < sql_from", name="thresholds"),
        Index("uq_score_cards_product_id", "product_id", unique=True),
        Index("uq_score_cards_default", text("(true)"), unique=True, postgresql_where=text("product_id is null")),
    )

    name: Mapped[str] = mapped_column(String(255))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    active: Mapped[bool] = mapped_column(default=True)
    sql_from: Mapped[int] = mapped_column(default=100)
    high_mql_from: Mapped[int] = mapped_column(default=60)
    cold_up_to: Mapped[int] = mapped_column(default=10)

    product: Mapped[Product | None] = relationship(foreign_keys=product_id)
    rules: Mapped[list["ScoreRule"]] = relationship(
        order_by="ScoreRule.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def is_default(self) -> bool:
        return self.product_id is None


class ScoreRule(Record, Base):
    """Points for a condition, whose keys depend on the kind (`crm_model.scoring.kinds`).

    They last `valid_days` from the day of their cause, or for as long as the condition holds.
    """

    __tablename__ = "score_rules"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("valid_days > 0", name="valid_days"),
    )
    audit_parent = "score_card_id"

    score_card_id: Mapped[int] = mapped_column(ForeignKey("score_cards.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    condition: Mapped[dict[str, Any]]
    points: Mapped[int]
    valid_days: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)


class ScoreEntry(HasId, Base):
    """Балл: what a rule gives a lead, why, since when and until when. `expired` ones are kept, and count no more."""

    __tablename__ = "score_entries"
    __table_args__ = (
        UniqueConstraint("lead_id", "rule_id"),
        Index("ix_score_entries_valid_until", "valid_until", postgresql_where=text("not expired")),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("score_rules.id", ondelete="CASCADE"), index=True)
    points: Mapped[int]
    cause_type: Mapped[str] = mapped_column(String(20))
    cause_id: Mapped[int]
    cause_text: Mapped[str | None] = mapped_column(String(255))
    given_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    expired: Mapped[bool] = mapped_column(default=False)

    rule: Mapped[ScoreRule] = relationship()


class ScoreCardVersion(HasId, Base):
    """What a card and its rules were after a change, so that it can be brought back."""

    __tablename__ = "score_card_versions"

    score_card_id: Mapped[int] = mapped_column(ForeignKey("score_cards.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    content: Mapped[dict[str, Any]]

    by: Mapped[User | None] = relationship()


class ScoreRun(HasId, Base):
    """Counting all leads of a card anew, in chunks, by all rules or only `rule_id`. One that a later change overtook is
    `replaced`."""

    __tablename__ = "score_runs"
    __table_args__ = (one_of("state", RUN_STATES),)

    score_card_id: Mapped[int] = mapped_column(ForeignKey("score_cards.id", ondelete="CASCADE"), index=True)
    rule_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(20), default=RUNNING)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    became_sql: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def progress(self) -> int:
        """Per cent."""
        return 100 if self.state == DONE else 100 * self.done // self.total if self.total else 0
