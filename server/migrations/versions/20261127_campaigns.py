"""campaigns with members and touches"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "bd66877c404c"
down_revision: str | None = "c41f82d9a6b0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=255), nullable=True),
        sa.Column("budget", sa.Numeric(precision=15, scale=2), nullable=True),
        sa.Column("cost", sa.Numeric(precision=15, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(name, '') || chr(10) || coalesce(place, '') || chr(10) || coalesce(note, ''), 'Ёё', 'Ее'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind in ('mailing', 'exhibition', 'webinar', 'publication', 'advertising', 'landing', 'other')",
            name=op.f("ck_campaigns_kind"),
        ),
        sa.CheckConstraint(
            "status in ('planned', 'active', 'finished', 'cancelled')", name=op.f("ck_campaigns_status")
        ),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_campaigns_budget")),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_campaigns_cost")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_campaigns_created_by_id_users")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_campaigns_owner_id_users")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_campaigns_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(op.f("ix_campaigns_owner_id"), "campaigns", ["owner_id"], unique=False)
    op.create_index(op.f("ix_campaigns_product_id"), "campaigns", ["product_id"], unique=False)
    op.create_index(op.f("ix_campaigns_sort_key"), "campaigns", ["sort_key"], unique=False)
    op.create_table(
        "campaign_members",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state in ('invited', 'registered', 'attended', 'absent', 'declined')",
            name=op.f("ck_campaign_members_state"),
        ),
        sa.CheckConstraint("num_nonnulls(lead_id, contact_id) = 1", name=op.f("ck_campaign_members_one_person")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_members_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_campaign_members_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_campaign_members_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_campaign_members_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_members")),
    )
    op.create_index(op.f("ix_campaign_members_contact_id"), "campaign_members", ["contact_id"], unique=False)
    op.create_index(op.f("ix_campaign_members_lead_id"), "campaign_members", ["lead_id"], unique=False)
    op.create_index(
        "uq_campaign_members_campaign_id_contact_id", "campaign_members", ["campaign_id", "contact_id"], unique=True
    )
    op.create_index(
        "uq_campaign_members_campaign_id_lead_id", "campaign_members", ["campaign_id", "lead_id"], unique=True
    )
    op.create_table(
        "touches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "kind in ('letter_sent', 'letter_opened', 'letter_clicked', 'letter_replied', 'form', 'download', 'call', 'meeting', 'event_registered', 'event_attended', 'opted_out')",
            name=op.f("ck_touches_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_touches_campaign_id_campaigns"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_touches_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_touches_lead_id_leads"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touches")),
    )
    op.create_index("ix_touches_campaign_id_kind", "touches", ["campaign_id", "kind"], unique=False)
    op.create_index("ix_touches_contact_id_kind_at", "touches", ["contact_id", "kind", "at"], unique=False)
    op.create_index("ix_touches_lead_id_kind_at", "touches", ["lead_id", "kind", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_touches_lead_id_kind_at", table_name="touches")
    op.drop_index("ix_touches_contact_id_kind_at", table_name="touches")
    op.drop_index("ix_touches_campaign_id_kind", table_name="touches")
    op.drop_table("touches")
    op.drop_index("uq_campaign_members_campaign_id_lead_id", table_name="campaign_members")
    op.drop_index("uq_campaign_members_campaign_id_contact_id", table_name="campaign_members")
    op.drop_index(op.f("ix_campaign_members_lead_id"), table_name="campaign_members")
    op.drop_index(op.f("ix_campaign_members_contact_id"), table_name="campaign_members")
    op.drop_table("campaign_members")
    op.drop_index(op.f("ix_campaigns_sort_key"), table_name="campaigns")
    op.drop_index(op.f("ix_campaigns_product_id"), table_name="campaigns")
    op.drop_index(op.f("ix_campaigns_owner_id"), table_name="campaigns")
    op.drop_table("campaigns")
