"""substitutions: who stands in for whom while they are away"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "9a6be0f2d713"
down_revision: str | None = "c41d7a90be35"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "substitutions",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("begins <= ends", name=op.f("ck_substitutions_ends_after_it_begins")),
        sa.CheckConstraint("user_id <> substitute_id", name=op.f("ck_substitutions_somebody_else")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_substitutions_user_id_users")),
        sa.ForeignKeyConstraint(["substitute_id"], ["users.id"], name=op.f("fk_substitutions_substitute_id_users")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_substitutions_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    op.create_index(op.f("ix_substitutions_substitute_id_ends"), "substitutions", ["substitute_id", "ends"])
    op.create_index(op.f("ix_substitutions_user_id_ends"), "substitutions", ["user_id", "ends"])


def downgrade() -> None:
    op.drop_table("substitutions")
