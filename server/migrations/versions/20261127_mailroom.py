"""The mailbox that is read for letters of clients, and what came into it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2af9cbe8dd80"
down_revision: str | None = "61cd1ec1565e"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", sa.BigInteger(), nullable=False),
        sa.Column("security", sa.String(length=20), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("folder", sa.String(length=255), nullable=False),
        sa.Column("poll_minutes", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("security in ('plain', 'starttls', 'tls')", name=op.f("ck_mailboxes_security")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_mailboxes_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
    )
    op.create_table(
        "inbound_letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("from_name", sa.String(length=255), nullable=True),
        sa.Column("from_address", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=50), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("activity_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(from_name, '') || chr(10) || coalesce(from_address, '') || chr(10) || coalesce(subject, ''), 'Ёё', 'Ее'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("kind in ('letter', 'auto_reply', 'bounce')", name=op.f("ck_inbound_letters_kind")),
        sa.CheckConstraint(
            "outcome in ('new_lead', 'added', 'set_aside', 'failed')", name=op.f("ck_inbound_letters_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_inbound_letters_activity_id_activities"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_inbound_letters_contact_id_contacts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_inbound_letters_lead_id_leads"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_letters")),
        sa.UniqueConstraint("message_key", name=op.f("uq_inbound_letters_message_key")),
    )
    op.create_index(op.f("ix_inbound_letters_activity_id"), "inbound_letters", ["activity_id"], unique=False)
    op.create_index(op.f("ix_inbound_letters_contact_id"), "inbound_letters", ["contact_id"], unique=False)
    op.create_index(op.f("ix_inbound_letters_lead_id"), "inbound_letters", ["lead_id"], unique=False)
    op.create_index("ix_inbound_letters_outcome_id", "inbound_letters", ["outcome", "id"], unique=False)
    op.create_table(
        "inbound_attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["inbound_letters.id"],
            name=op.f("fk_inbound_attachments_letter_id_inbound_letters"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_attachments")),
    )
    op.create_index(op.f("ix_inbound_attachments_letter_id"), "inbound_attachments", ["letter_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_inbound_attachments_letter_id"), table_name="inbound_attachments")
    op.drop_table("inbound_attachments")
    op.drop_index("ix_inbound_letters_outcome_id", table_name="inbound_letters")
    op.drop_index(op.f("ix_inbound_letters_lead_id"), table_name="inbound_letters")
    op.drop_index(op.f("ix_inbound_letters_contact_id"), table_name="inbound_letters")
    op.drop_index(op.f("ix_inbound_letters_activity_id"), table_name="inbound_letters")
    op.drop_table("inbound_letters")
    op.drop_table("mailboxes")
