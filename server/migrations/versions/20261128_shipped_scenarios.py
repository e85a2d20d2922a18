"""scenarios that come with the product, and those that do not guard publications"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "5c1e0d94b7a2"
down_revision: str | None = "a41c7e0d59b8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    titles = sa.Column(
        "titles", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
    )
    op.add_column("process_scenario", titles)
    op.add_column("process_scenario", sa.Column("shipped", sa.Text(), nullable=True))
    op.add_column("process_scenario", sa.Column("guards", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM process_scenario WHERE shipped IS NOT NULL")
    op.drop_column("process_scenario", "guards")
    op.drop_column("process_scenario", "shipped")
    op.drop_column("process_scenario", "titles")
