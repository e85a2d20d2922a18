"""which import made somebody a member of a campaign"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5c21fc80bc56"
down_revision: str | None = "7702ff074a16"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("campaign_members", sa.Column("import_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_campaign_members_import_id"), "campaign_members", ["import_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_campaign_members_import_id_imports"),
        "campaign_members",
        "imports",
        ["import_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_campaign_members_import_id_imports"), "campaign_members", type_="foreignkey")
    op.drop_index(op.f("ix_campaign_members_import_id"), table_name="campaign_members")
    op.drop_column("campaign_members", "import_id")
