"""what each step of an instance took away, and in which step a variable was written: the way back for rewinding"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c41d7a90be35"
down_revision: str | None = "ae847292a128"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "history_step",
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("instance_id", "step", name=op.f("pk_history_step")),
    )
    op.add_column("variable_change", sa.Column("step", sa.Integer(), server_default="0", nullable=False))
    op.add_column("variable_change", sa.Column("run", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("variable_change", "run")
    op.drop_column("variable_change", "step")
    op.drop_table("history_step")
