"""decisions have their names by language"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "e7a30c94d1f6"
down_revision: str | None = "5c1e0d94b7a2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    nothing = sa.text("'{}'::jsonb")
    op.add_column(
        "decision_definition",
        sa.Column("titles", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=nothing),
    )
    op.alter_column("decision_definition", "titles", server_default=None)
    # Those that came with the product had both languages in one name.
    op.execute(
        "UPDATE decision_definition"
        " SET titles = jsonb_build_object('en', split_part(name, ' / ', 1), 'ru', split_part(name, ' / ', 2))"
        " WHERE key IN ('lead_ripeness', 'lead_verdict', 'nurture_letter') AND name LIKE '_% / _%'"
    )


def downgrade() -> None:
    op.drop_column("decision_definition", "titles")
