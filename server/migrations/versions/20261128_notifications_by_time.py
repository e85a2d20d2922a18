"""notifications are read newest first by their time"""

from collections.abc import Sequence

from alembic import op

revision: str = "a41c7e0d59b8"
down_revision: str | None = "da063b82e4f1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_notifications_user_id_id", table_name="notifications")
    op.create_index("ix_notifications_newest", "notifications", ["user_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notifications_newest", table_name="notifications")
    op.create_index("ix_notifications_user_id_id", "notifications", ["user_id", "id"], unique=False)
