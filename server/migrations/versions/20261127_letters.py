"""letters, their templates, and addresses that get none"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0709f28967dc"
down_revision: str | None = "bd66877c404c"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "letter_templates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(name, '') || chr(10) || coalesce(code, '') || chr(10) || coalesce(subject, ''), 'Ёё', 'Ее'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_letter_templates_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_templates")),
        sa.UniqueConstraint("code", name=op.f("uq_letter_templates_code")),
    )
    op.create_index(op.f("ix_letter_templates_sort_key"), "letter_templates", ["sort_key"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "reason in ('bounced', 'complained', 'by_hand', 'opted_out')", name=op.f("ck_suppressions_reason")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_suppressions_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint("address", name=op.f("uq_suppressions_address")),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("to_address", sa.String(length=255), nullable=False),
        sa.Column("address_key", sa.String(length=255), nullable=False),
        sa.Column("to_name", sa.String(length=255), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("reply_to", sa.String(length=255), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("template_id", sa.BigInteger(), nullable=True),
        sa.Column("sender_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("purpose in ('marketing', 'service')", name=op.f("ck_letters_purpose")),
        sa.CheckConstraint(
            "reason in ('no_address', 'no_consent', 'bounced', 'complained', 'by_hand', 'opted_out')",
            name=op.f("ck_letters_reason"),
        ),
        sa.CheckConstraint(
            "status in ('queued', 'sending', 'sent', 'unknown', 'failed', 'bounced', 'suppressed')",
            name=op.f("ck_letters_status"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_letters_campaign_id_campaigns"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_letters_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_letters_lead_id_leads"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_letters_sender_id_users")),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["letter_templates.id"],
            name=op.f("fk_letters_template_id_letter_templates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("key", name=op.f("uq_letters_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letters_message_id")),
        sa.UniqueConstraint("token", name=op.f("uq_letters_token")),
    )
    op.create_index(op.f("ix_letters_address_key"), "letters", ["address_key"], unique=False)
    op.create_index("ix_letters_campaign_id_status", "letters", ["campaign_id", "status"], unique=False)
    op.create_index("ix_letters_contact_id_id", "letters", ["contact_id", "id"], unique=False)
    op.create_index(
        "ix_letters_due", "letters", ["due", "id"], unique=False, postgresql_where=sa.text("status = 'queued'")
    )
    op.create_index("ix_letters_lead_id_id", "letters", ["lead_id", "id"], unique=False)
    op.create_index(op.f("ix_letters_sender_id"), "letters", ["sender_id"], unique=False)
    op.create_index("ix_letters_status_id", "letters", ["status", "id"], unique=False)
    op.create_index(op.f("ix_letters_template_id"), "letters", ["template_id"], unique=False)
    op.create_index(op.f("ix_letters_tried_at"), "letters", ["tried_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_letters_tried_at"), table_name="letters")
    op.drop_index(op.f("ix_letters_template_id"), table_name="letters")
    op.drop_index("ix_letters_status_id", table_name="letters")
    op.drop_index(op.f("ix_letters_sender_id"), table_name="letters")
    op.drop_index("ix_letters_lead_id_id", table_name="letters")
    op.drop_index("ix_letters_due", table_name="letters", postgresql_where=sa.text("status = 'queued'"))
    op.drop_index("ix_letters_contact_id_id", table_name="letters")
    op.drop_index("ix_letters_campaign_id_status", table_name="letters")
    op.drop_index(op.f("ix_letters_address_key"), table_name="letters")
    op.drop_table("letters")
    op.drop_table("suppressions")
    op.drop_index(op.f("ix_letter_templates_sort_key"), table_name="letter_templates")
    op.drop_table("letter_templates")
