"""jobs that programs outside fetch by their topic"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "a90d4c7be35f"
down_revision: str | None = "b7c39e0d41fa"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_job_due", table_name="job")
    op.create_index(
        "ix_job_due", "job", ["due", "id"], postgresql_where=sa.text("state = 'ready' AND kind <> 'external'")
    )
    op.create_index(
        "ix_job_topic",
        "job",
        [sa.text("(payload ->> 'topic')"), "due", "id"],
        postgresql_where=sa.text("kind = 'external'"),
    )


def downgrade() -> None:
    op.drop_index("ix_job_topic", table_name="job")
    op.drop_index("ix_job_due", table_name="job")
    op.create_index("ix_job_due", "job", ["due", "id"], postgresql_where=sa.text("state = 'ready'"))
