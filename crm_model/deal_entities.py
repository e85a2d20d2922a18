"""The tables of a deal: the deal itself, who takes part in it, who competes for it, what is sold, and where it has been."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Interval,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model.accounts import Account
from crm_model.business_lines import BusinessLine
from crm_model.contacts import Contact
from crm_model.products import Product
from crm_model.records import Audited, Record, one_of, search_key, sort_key
from crm_model.users import User
from kernel.db import Base, HasId

OPEN, WON, LOST, REROUTED = "open", "won", "lost", "rerouted"
STATUSES = (OPEN, WON, LOST, REROUTED)

COMPETITOR_WON = "competitor_won"
CLOSE_REASONS = (
    COMPETITOR_WON,
    "no_budget",
    "no_need",
    "postponed",
    "price",
    "no_decision",
    "declined_by_us",
    "other",
)

PARTICIPANT_ROLES = ("decision_maker", "owner", "influencer", "user", "accountant", "lawyer", "secretary")
INFLUENCES = ("low", "medium", "high")
LOYALTIES = ("negative", "neutral", "positive")

CAUSES = ("made", "process", "change", "manual", "reopen", "migration")

deal_products = Table(
    "deal_products",
    Base.metadata,
    Column("deal_id", ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Deal(Record, Base):
    """A sale in progress or finished. `stage` is written by `crm_model.stage_history` alone.

    `probability` is a percentage; it follows the stage unless `probability_is_manual`.
    `stage_entered_at` is the time of the newest row of the stage history.
    """

    __tablename__ = "deals"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("close_reason", CLOSE_REASONS),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("probability between 0 and 100", name="probability"),
        Index(
            "ix_deals_open",
            "stage",
            text("amount desc nulls last"),
            "id",
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_deals_owner_id_id", "owner_id", "id"),
        Index("ix_deals_account_id_id", "account_id", "id"),
    )

    number: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(255))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    business_line_id: Mapped[int | None] = mapped_column(ForeignKey("business_lines.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL", use_alter=True), index=True)

    stage: Mapped[str] = mapped_column(String(40))
    stage_entered_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default=OPEN)
    close_reason: Mapped[str | None] = mapped_column(String(40))
    winner_competitor_id: Mapped[int | None] = mapped_column(
        ForeignKey("deal_competitors.id", ondelete="SET NULL", use_alter=True), index=True
    )
    rerouted_to: Mapped[str | None] = mapped_column(String(255))
    closed_at: Mapped[datetime | None]

    amount: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    probability: Mapped[int] = mapped_column(SmallInteger, default=0)
    probability_is_manual: Mapped[bool] = mapped_column(default=False)
    expected_close_date: Mapped[date | None]
    decision_date: Mapped[date | None]
    need: Mapped[str | None] = mapped_column(Text)
    tactics: Mapped[str | None] = mapped_column(Text)
    sort_key: Mapped[str] = sort_key("title")
    search_key: Mapped[str] = search_key("title", "number", "need")

    account: Mapped[Account | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    business_line: Mapped[BusinessLine | None] = relationship()
    products: Mapped[list[Product]] = relationship(secondary=deal_products, order_by=Product.id)

    @property
    def product_ids(self) -> list[int]:
        return [product.id for product in self.products]

    @property
    def is_open(self) -> bool:
        return self.status == OPEN


class DealParticipant(Audited, HasId, Base):
    """A contact and the part it plays in the decision."""

    audit_parent = "deal_id"
    __tablename__ = "deal_participants"
    __table_args__ = (
        UniqueConstraint("deal_id", "contact_id"),
        one_of("role", PARTICIPANT_ROLES),
        one_of("influence", INFLUENCES),
        one_of("loyalty", LOYALTIES),
    )

    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    influence: Mapped[str | None] = mapped_column(String(10))
    loyalty: Mapped[str | None] = mapped_column(String(10))
    motives: Mapped[str | None] = mapped_column(Text)
    attended_presentation: Mapped[bool] = mapped_column(default=False)

    contact: Mapped[Contact] = relationship()


class DealCompetitor(Audited, HasId, Base):
    """Someone else who wants the deal. Who won it is said once, by the deal's `winner_competitor_id`."""

    audit_parent = "deal_id"
    __tablename__ = "deal_competitors"

    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    strengths: Mapped[str | None] = mapped_column(Text)
    weaknesses: Mapped[str | None] = mapped_column(Text)

    deal: Mapped[Deal] = relationship(foreign_keys=deal_id)

    @property
    def is_winner(self) -> bool:
        return self.deal.winner_competitor_id == self.id


class LineItem(Audited, HasId, Base):
    """One line of what is sold. Prices contain VAT; `amount` is quantity × price less the discount."""

    audit_parent = "deal_id"
    __tablename__ = "line_items"
    __table_args__ = (
        Index("ix_line_items_deal_id_position", "deal_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("discount between 0 and 100", name="discount"),
        CheckConstraint("vat between 0 and 100", name="vat"),
    )

    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    position: Mapped[int]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3), default=Decimal(1))
    price: Mapped[Decimal] = mapped_column(Numeric(15, 2))
    discount: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    vat: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2))

    product: Mapped[Product | None] = relationship()

    @property
    def vat_amount(self) -> Decimal:
        """The VAT inside the amount."""
        return (self.amount * self.vat / (100 + self.vat)).quantize(Decimal("0.01"))


class StageHistory(HasId, Base):
    """One entry of a deal into a stage. `duration` is how long it had been in the stage it came from."""

    __tablename__ = "stage_history"
    __table_args__ = (
        one_of("cause", CAUSES),
        Index("ix_stage_history_deal_id_id", "deal_id", "id"),
        Index("ix_stage_history_to_stage_at", "to_stage", "at"),
    )

    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    from_stage: Mapped[str | None] = mapped_column(String(40))
    to_stage: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cause: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    instance_id: Mapped[int | None] = mapped_column(index=True)
    element_id: Mapped[str | None] = mapped_column(String(255))
    visit: Mapped[int]
    duration: Mapped[timedelta | None] = mapped_column(Interval)

    by: Mapped[User | None] = relationship()
    deal: Mapped[Deal] = relationship()
