"""tasks know that their process is suspended"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "da063b82e4f1"
down_revision: str | None = "c9f52a71d3e0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_user_task_pool", table_name="user_task")
    op.add_column("user_task", sa.Column("suspended", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(
        "UPDATE user_task SET suspended = true FROM process_instance AS instance"
        " WHERE instance.id = user_task.instance_id AND instance.state = 'suspended' AND user_task.state = 'open'"
    )
    _pool("candidate_roles", "follow_up", "suspended")


def downgrade() -> None:
    op.drop_index("ix_user_task_pool", table_name="user_task")
    op.drop_column("user_task", "suspended")
    _pool("candidate_roles", "follow_up")


def _pool(*read: str) -> None:
    """The list of what one may take is read from this index alone."""
    op.create_index(
        "ix_user_task_pool",
        "user_task",
        ["due", "id"],
        postgresql_include=list(read),
        postgresql_where=sa.text("state = 'open' AND assignee_id IS NULL"),
    )
