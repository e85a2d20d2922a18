"""the way of leads through their statuses; for leads there already, what is known of it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "8d1f0a6be2c4"
down_revision: str | None = "2bf1d02adc0e"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "lead_status_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", sa.String(length=20), nullable=True),
        sa.Column("to_status", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_lead_status_changes_by_id_users")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_status_changes_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_status_changes")),
    )
    op.execute(
        "INSERT INTO lead_status_changes (lead_id, from_status, to_status, at)"
        " SELECT id, NULL, 'new', created_at FROM leads ORDER BY id"
    )
    op.execute(
        "INSERT INTO lead_status_changes (lead_id, from_status, to_status, at, reason)"
        " SELECT id, 'new', status, updated_at, disqualify_reason FROM leads WHERE status <> 'new' ORDER BY id"
    )
    op.create_index("ix_lead_status_changes_lead_id_id", "lead_status_changes", ["lead_id", "id"], unique=False)
    op.create_index("ix_lead_status_changes_to_status_at", "lead_status_changes", ["to_status", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_lead_status_changes_to_status_at", table_name="lead_status_changes")
    op.drop_index("ix_lead_status_changes_lead_id_id", table_name="lead_status_changes")
    op.drop_table("lead_status_changes")
