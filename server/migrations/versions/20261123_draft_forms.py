"""forms and decisions in drafts"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "8a5f30d2c6b1"
down_revision: str | None = "c2e84f61b7d0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("process_draft", sa.Column("kind", sa.Text(), server_default="process", nullable=False))
    op.add_column("process_draft", sa.Column("decision_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "process_draft", sa.Column("forms", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False)
    )
    op.alter_column("process_draft", "kind", server_default=None)
    op.alter_column("process_draft", "forms", server_default=None)
    op.create_check_constraint(op.f("ck_process_draft_kind"), "process_draft", "kind IN ('process', 'decision')")
    op.create_foreign_key(
        op.f("fk_process_draft_decision_id_decision_definition"),
        "process_draft", "decision_definition", ["decision_id"], ["id"],
    )  # fmt: skip
    op.create_index(op.f("ix_process_draft_decision_id"), "process_draft", ["decision_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_process_draft_decision_id"), table_name="process_draft")
    op.drop_constraint(op.f("fk_process_draft_decision_id_decision_definition"), "process_draft", type_="foreignkey")
    op.drop_constraint(op.f("ck_process_draft_kind"), "process_draft", type_="check")
    op.drop_column("process_draft", "forms")
    op.drop_column("process_draft", "decision_id")
    op.drop_column("process_draft", "kind")
