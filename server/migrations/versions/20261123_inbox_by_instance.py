"""a kept message remembers for which instance it is, and whether a process threw it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "e41b7a90c5d2"
down_revision: str | None = "5bd6e1cb14ca"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("inbox_message", sa.Column("instance_id", sa.BigInteger(), nullable=True))
    op.add_column("inbox_message", sa.Column("thrown", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("inbox_message", "thrown")
    op.drop_column("inbox_message", "instance_id")
