"""web forms"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "9cf93c1a45b0"
down_revision: str | None = "5e0b7d6f41aa"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "recent_uses",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("times", postgresql.ARRAY(postgresql.TIMESTAMP(timezone=True)), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_recent_uses")),
    )
    op.create_index(op.f("ix_recent_uses_last_at"), "recent_uses", ["last_at"], unique=False)
    op.create_table(
        "web_forms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("intro", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("button", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("consent_text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("consent_version", sa.BigInteger(), nullable=False),
        sa.Column("thanks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("redirect_url", sa.String(length=255), nullable=True),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("double_opt_in", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("posts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("accepted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("trapped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(name, '') || chr(10) || coalesce(key, ''), 'Ёё', 'Ее'))", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("language in ('ru', 'en')", name=op.f("ck_web_forms_language")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_web_forms_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_web_forms_created_by_id_users")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_web_forms_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_forms")),
        sa.UniqueConstraint("key", name=op.f("uq_web_forms_key")),
    )
    op.create_index(op.f("ix_web_forms_campaign_id"), "web_forms", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_web_forms_product_id"), "web_forms", ["product_id"], unique=False)
    op.create_table(
        "web_form_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("referrer", sa.Text(), nullable=True),
        sa.Column("utm", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=True),
        sa.Column("consent_version", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["form_id"], ["web_forms.id"], name=op.f("fk_web_form_entries_form_id_web_forms"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_web_form_entries_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_form_entries")),
    )
    op.create_index(op.f("ix_web_form_entries_form_id"), "web_form_entries", ["form_id"], unique=False)
    op.create_index(op.f("ix_web_form_entries_lead_id"), "web_form_entries", ["lead_id"], unique=False)
    op.create_index(
        "ix_leads_form_created_at",
        "leads",
        ["form", "created_at"],
        unique=False,
        postgresql_where=sa.text("form is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_leads_form_created_at", table_name="leads", postgresql_where=sa.text("form is not null"))
    op.drop_index(op.f("ix_web_form_entries_lead_id"), table_name="web_form_entries")
    op.drop_index(op.f("ix_web_form_entries_form_id"), table_name="web_form_entries")
    op.drop_table("web_form_entries")
    op.drop_index(op.f("ix_web_forms_product_id"), table_name="web_forms")
    op.drop_index(op.f("ix_web_forms_campaign_id"), table_name="web_forms")
    op.drop_table("web_forms")
    op.drop_index(op.f("ix_recent_uses_last_at"), table_name="recent_uses")
    op.drop_table("recent_uses")
