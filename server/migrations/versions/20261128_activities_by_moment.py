"""the newest activities of a record are found without reading all of them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "f61b8d2a7c35"
down_revision: str | None = "e7a30c94d1f6"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LINKS = ("deal_id", "account_id", "contact_id", "lead_id")
MOMENT = sa.text("coalesce(completed_at, start, due, created_at)")


def upgrade() -> None:
    for link in LINKS:
        op.drop_index(f"ix_activities_{link}_id", table_name="activities")
        _index(f"ix_activities_{link}_moment", [link, MOMENT, "id"], link)


def downgrade() -> None:
    for link in LINKS:
        op.drop_index(f"ix_activities_{link}_moment", table_name="activities")
        _index(f"ix_activities_{link}_id", [link, "id"], link)


def _index(name: str, columns: list[str | sa.TextClause], link: str) -> None:
    op.create_index(name, "activities", columns, postgresql_where=sa.text(f"{link} IS NOT NULL"))
