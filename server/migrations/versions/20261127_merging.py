"""merged records and pairs of duplicates"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "a1be9611b46b"
down_revision: str | None = "11dfc160d2b9"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "duplicate_keys",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "record_id", name=op.f("pk_duplicate_keys")),
    )
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("second_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('account', 'contact', 'lead')", name=op.f("ck_duplicate_pairs_kind")),
        sa.CheckConstraint("state in ('open', 'different')", name=op.f("ck_duplicate_pairs_state")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_duplicate_pairs_decided_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("kind", "first_id", "second_id", name=op.f("uq_duplicate_pairs_kind_first_id_second_id")),
    )
    op.create_index("ix_duplicate_pairs_kind_second_id", "duplicate_pairs", ["kind", "second_id"], unique=False)
    op.create_index("ix_duplicate_pairs_state_score_id", "duplicate_pairs", ["state", "score", "id"], unique=False)
    op.create_table(
        "duplicate_searches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state in ('running', 'finished')", name=op.f("ck_duplicate_searches_state")),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["users.id"], name=op.f("fk_duplicate_searches_started_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_searches")),
    )
    op.create_table(
        "merge_batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("survivor_id", sa.BigInteger(), nullable=False),
        sa.Column("loser_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.Column("loser", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("became", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("removed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("closed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("suspended", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("kind in ('account', 'contact', 'lead')", name=op.f("ck_merge_batches_kind")),
        sa.CheckConstraint("state in ('done', 'undone', 'final')", name=op.f("ck_merge_batches_state")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_merge_batches_by_id_users")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_merge_batches_undone_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_batches")),
    )
    op.create_index("ix_merge_batches_kind_survivor_id", "merge_batches", ["kind", "survivor_id"], unique=False)
    op.create_index(
        "uq_merge_batches_kind_loser_id",
        "merge_batches",
        ["kind", "loser_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'undone'"),
    )
    op.create_index(
        "ix_process_instance_subject",
        "process_instance",
        ["subject_type", "subject_id"],
        unique=False,
        postgresql_where=sa.text(
            "subject_id IS NOT NULL AND business_key IS DISTINCT FROM subject_type || ':' || subject_id"
        ),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_process_instance_subject",
        table_name="process_instance",
        postgresql_where=sa.text(
            "subject_id IS NOT NULL AND business_key IS DISTINCT FROM subject_type || ':' || subject_id"
        ),
    )
    op.drop_index(
        "uq_merge_batches_kind_loser_id", table_name="merge_batches", postgresql_where=sa.text("state <> 'undone'")
    )
    op.drop_index("ix_merge_batches_kind_survivor_id", table_name="merge_batches")
    op.drop_table("merge_batches")
    op.drop_table("duplicate_searches")
    op.drop_index("ix_duplicate_pairs_state_score_id", table_name="duplicate_pairs")
    op.drop_index("ix_duplicate_pairs_kind_second_id", table_name="duplicate_pairs")
    op.drop_table("duplicate_pairs")
    op.drop_table("duplicate_keys")
