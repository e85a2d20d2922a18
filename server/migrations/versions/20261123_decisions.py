"""decisions"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "5d1c7be0a924"
down_revision: str | None = "9abd0a8f3b3f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "decision_definition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_decision_definition_state")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_decision_definition_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_definition")),
    )
    op.create_index(op.f("ix_decision_definition_deployment_id"), "decision_definition", ["deployment_id"])
    op.create_index(op.f("ix_decision_definition_key_version"), "decision_definition", ["key", "version"], unique=True)
    op.create_table(
        "decision_evaluation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_key", sa.Text(), nullable=False),
        sa.Column("evaluations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_evaluation")),
    )
    op.create_index(op.f("ix_decision_evaluation_instance_id"), "decision_evaluation", ["instance_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_decision_evaluation_instance_id"), table_name="decision_evaluation")
    op.drop_table("decision_evaluation")
    op.drop_index(op.f("ix_decision_definition_key_version"), table_name="decision_definition")
    op.drop_index(op.f("ix_decision_definition_deployment_id"), table_name="decision_definition")
    op.drop_table("decision_definition")
