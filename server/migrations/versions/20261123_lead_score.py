"""a lead keeps the points it was given"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b7c39e0d41fa"
down_revision: str | None = "7c2f0d3b8e14"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("score", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("leads", "score")
