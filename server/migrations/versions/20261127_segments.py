"""segments of leads and contacts, and mailings to them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2bf1d02adc0e"
down_revision: str | None = "2af9cbe8dd80"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("is_list", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed("lower(translate(coalesce(name, ''), 'Ёё', 'Ее'))", persisted=True),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("subject in ('leads', 'contacts')", name=op.f("ck_segments_subject")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_segments_created_by_id_users")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_segments_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_index(op.f("ix_segments_owner_id"), "segments", ["owner_id"], unique=False)
    op.create_index(op.f("ix_segments_sort_key"), "segments", ["sort_key"], unique=False)
    op.create_table(
        "segment_members",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_segment_members_segment_id_segments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_id", "person_id", name=op.f("pk_segment_members")),
    )
    op.create_index("ix_segment_members_person_id", "segment_members", ["person_id"], unique=False)
    op.create_table(
        "mailings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("template_id", sa.BigInteger(), nullable=True),
        sa.Column("sender_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("working_hours", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("started_by_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done')", name=op.f("ck_mailings_state")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_mailings_campaign_id_campaigns"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_mailings_created_by_id_users")),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_mailings_segment_id_segments")),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_mailings_sender_id_users")),
        sa.ForeignKeyConstraint(["started_by_id"], ["users.id"], name=op.f("fk_mailings_started_by_id_users")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["letter_templates.id"], name=op.f("fk_mailings_template_id_letter_templates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_mailings_campaign_id")),
    )
    op.create_index(op.f("ix_mailings_segment_id"), "mailings", ["segment_id"], unique=False)
    op.create_index(op.f("ix_mailings_template_id"), "mailings", ["template_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_mailings_template_id"), table_name="mailings")
    op.drop_index(op.f("ix_mailings_segment_id"), table_name="mailings")
    op.drop_table("mailings")
    op.drop_index("ix_segment_members_person_id", table_name="segment_members")
    op.drop_table("segment_members")
    op.drop_index(op.f("ix_segments_sort_key"), table_name="segments")
    op.drop_index(op.f("ix_segments_owner_id"), table_name="segments")
    op.drop_table("segments")
