"""the variables that a step wrote stand in the step's own row of the history"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "f30b6c1d92ea"
down_revision: str | None = "d27c1f5e8a64"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("history_step", sa.Column("at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("history_step", sa.Column("actor_id", sa.BigInteger(), nullable=True))
    op.add_column("history_step", sa.Column("changes", postgresql.JSONB(none_as_null=True), nullable=True))
    op.alter_column("history_step", "taken", nullable=True)
    # The earliest release did not number steps: what was written at one moment is one, and the last of them is 0.
    op.execute(
        "INSERT INTO history_step (instance_id, step, at, actor_id, changes)"
        " SELECT instance_id, place, min(at), (array_agg(actor_id ORDER BY id))[1],"
        " jsonb_agg(jsonb_build_array(run, name, was, became) ORDER BY id)"
        " FROM (SELECT *, CASE WHEN step > 0 THEN step ELSE"
        " 1 - dense_rank() OVER (PARTITION BY instance_id, step > 0 ORDER BY at DESC) END AS place"
        " FROM variable_change) numbered GROUP BY instance_id, place"
        " ON CONFLICT (instance_id, step)"
        " DO UPDATE SET at = excluded.at, actor_id = excluded.actor_id, changes = excluded.changes"
    )
    op.drop_table("variable_change")


def downgrade() -> None:
    op.create_table(
        "variable_change",
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("was", postgresql.JSONB(), nullable=True),
        sa.Column("became", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variable_change")),
    )
    op.create_index(op.f("ix_variable_change_instance_id"), "variable_change", ["instance_id"], unique=False)
    op.execute(
        "INSERT INTO variable_change (instance_id, at, actor_id, step, run, name, was, became)"
        " SELECT instance_id, at, actor_id, greatest(step, 0), (value ->> 0)::int, value ->> 1, value -> 2, value -> 3"
        " FROM history_step, jsonb_array_elements(changes) WITH ORDINALITY AS change(value, place)"
        " ORDER BY instance_id, history_step.step, place"
    )
    op.execute("DELETE FROM history_step WHERE taken IS NULL")
    op.alter_column("history_step", "taken", nullable=False)
    op.drop_column("history_step", "changes")
    op.drop_column("history_step", "actor_id")
    op.drop_column("history_step", "at")
