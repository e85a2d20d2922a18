"""scenarios of processes, and what was done to their versions"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "366bead59f20"
down_revision: str | None = "9cf93c1a45b0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "version_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("definition_key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_event")),
    )
    op.create_index(op.f("ix_version_event_definition_key_id"), "version_event", ["definition_key", "id"], unique=False)
    op.create_table(
        "process_scenario",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("definition_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("script", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expected", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_definition_id", sa.BigInteger(), nullable=True),
        sa.Column("difference", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_scenario_checked_definition_id_process_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_scenario")),
    )
    op.create_index(
        op.f("ix_process_scenario_checked_definition_id"), "process_scenario", ["checked_definition_id"], unique=False
    )
    op.create_index(
        op.f("ix_process_scenario_definition_key_name"), "process_scenario", ["definition_key", "name"], unique=True
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_process_scenario_definition_key_name"), table_name="process_scenario")
    op.drop_index(op.f("ix_process_scenario_checked_definition_id"), table_name="process_scenario")
    op.drop_table("process_scenario")
    op.drop_index(op.f("ix_version_event_definition_key_id"), table_name="version_event")
    op.drop_table("version_event")
