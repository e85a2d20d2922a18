"""Telephony with its calls, what activities say of them, and the key of a letter that confirms a consent."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "61cd1ec1565e"
down_revision: str | None = "a1be9611b46b"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "telephony_settings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("missed_makes_lead", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_telephony_settings_created_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephony_settings")),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.String(length=255), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=True),
        sa.Column("seconds", sa.BigInteger(), nullable=True),
        sa.Column("recording_url", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("deal_id", sa.BigInteger(), nullable=True),
        sa.Column("activity_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("direction in ('in', 'out')", name=op.f("ck_calls_direction")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_calls_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_calls_activity_id_activities"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_calls_contact_id_contacts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_calls_deal_id_deals"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_calls_lead_id_leads"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_calls_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("call_id", name=op.f("uq_calls_call_id")),
    )
    op.create_index(op.f("ix_calls_account_id"), "calls", ["account_id"], unique=False)
    op.create_index(op.f("ix_calls_activity_id"), "calls", ["activity_id"], unique=False)
    op.create_index(op.f("ix_calls_contact_id"), "calls", ["contact_id"], unique=False)
    op.create_index(op.f("ix_calls_deal_id"), "calls", ["deal_id"], unique=False)
    op.create_index(op.f("ix_calls_lead_id"), "calls", ["lead_id"], unique=False)
    op.create_index(op.f("ix_calls_owner_id"), "calls", ["owner_id"], unique=False)
    op.add_column("activities", sa.Column("direction", sa.String(length=3), nullable=True))
    op.add_column("activities", sa.Column("answered", sa.Boolean(), nullable=True))
    op.add_column("activities", sa.Column("seconds", sa.BigInteger(), nullable=True))
    op.add_column("activities", sa.Column("recording_url", sa.Text(), nullable=True))
    op.add_column("web_form_entries", sa.Column("confirm_key", sa.String(length=64), nullable=True))
    op.create_unique_constraint(op.f("uq_web_form_entries_confirm_key"), "web_form_entries", ["confirm_key"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_web_form_entries_confirm_key"), "web_form_entries", type_="unique")
    op.drop_column("web_form_entries", "confirm_key")
    op.drop_column("activities", "recording_url")
    op.drop_column("activities", "seconds")
    op.drop_column("activities", "answered")
    op.drop_column("activities", "direction")
    op.drop_index(op.f("ix_calls_owner_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_lead_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_deal_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_contact_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_activity_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_account_id"), table_name="calls")
    op.drop_table("calls")
    op.drop_table("telephony_settings")
