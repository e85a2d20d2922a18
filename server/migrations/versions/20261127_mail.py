"""the mail server, clicks on links of letters, and letters that are called off"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7702ff074a16"
down_revision: str | None = "366bead59f20"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


REASONS = "'no_address', 'no_consent', 'bounced', 'complained', 'by_hand', 'opted_out'"


def upgrade() -> None:
    op.drop_constraint("ck_letters_reason", "letters")
    op.create_check_constraint(
        op.f("ck_letters_reason"),
        "letters",
        "reason in ('no_address', 'no_consent', 'called_off', 'bounced', 'complained', 'by_hand', 'opted_out')",
    )
    op.create_table(
        "mail_settings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", sa.BigInteger(), nullable=False),
        sa.Column("security", sa.String(length=20), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("from_address", sa.String(length=255), nullable=False),
        sa.Column("from_name", sa.String(length=255), nullable=True),
        sa.Column("per_minute", sa.BigInteger(), nullable=False),
        sa.Column("public_url", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("security in ('plain', 'starttls', 'tls')", name=op.f("ck_mail_settings_security")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_mail_settings_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_settings")),
    )
    op.create_table(
        "letter_clicks",
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_clicks_letter_id_letters"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "number", name=op.f("pk_letter_clicks")),
    )


def downgrade() -> None:
    op.drop_table("letter_clicks")
    op.drop_table("mail_settings")
    op.execute("UPDATE letters SET reason = NULL WHERE reason = 'called_off'")
    op.drop_constraint("ck_letters_reason", "letters")
    op.create_check_constraint(op.f("ck_letters_reason"), "letters", f"reason in ({REASONS})")
