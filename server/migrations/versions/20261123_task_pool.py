"""tasks that nobody has are found by due date and by the people they are offered to"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7c2f0d3b8e14"
down_revision: str | None = "e41b7a90c5d2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOBODYS = sa.text("state = 'open' AND assignee_id IS NULL")


def upgrade() -> None:
    op.drop_index("ix_user_task_candidates", table_name="user_task")
    op.create_index(
        "ix_user_task_pool",
        "user_task",
        ["due", "id"],
        postgresql_include=["candidate_roles", "follow_up"],
        postgresql_where=NOBODYS,
    )
    op.create_index(
        "ix_user_task_candidate_users",
        "user_task",
        ["candidate_users"],
        postgresql_using="gin",
        postgresql_where=NOBODYS,
    )


def downgrade() -> None:
    op.drop_index("ix_user_task_candidate_users", table_name="user_task")
    op.drop_index("ix_user_task_pool", table_name="user_task")
    op.create_index(
        "ix_user_task_candidates", "user_task", ["candidate_roles"], postgresql_using="gin", postgresql_where=NOBODYS
    )
