"""working calendars, one for everybody, a business line or a team"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "d27c1f5e8a64"
down_revision: str | None = "9a6be0f2d713"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "working_calendars",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("national", sa.Boolean(), nullable=False),
        sa.Column("days_off", postgresql.ARRAY(sa.String(length=10)), nullable=False),
        sa.Column("days_on", postgresql.ARRAY(sa.String(length=10)), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_working_calendars_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_calendars")),
        sa.UniqueConstraint("name", name=op.f("uq_working_calendars_name")),
    )
    op.create_index(
        "uq_working_calendars_default",
        "working_calendars",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    for table in ("business_lines", "teams"):
        op.add_column(table, sa.Column("calendar_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_calendar_id_working_calendars"), table, "working_calendars", ["calendar_id"], ["id"]
        )
        op.create_index(op.f(f"ix_{table}_calendar_id"), table, ["calendar_id"])


def downgrade() -> None:
    for table in ("business_lines", "teams"):
        op.drop_column(table, "calendar_id")
    op.drop_table("working_calendars")
