"""score cards with rules, versions and counts; the ledger of points; stars of leads and accounts; reactions as touches"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "11dfc160d2b9"
down_revision: str | None = "5c21fc80bc56"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS_BEFORE = (
    "'letter_sent', 'letter_opened', 'letter_clicked', 'letter_replied', 'form', 'download', 'call', 'meeting', "
    "'event_registered', 'event_attended', 'opted_out'"
)


def upgrade() -> None:
    op.create_table(
        "score_cards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sql_from", sa.BigInteger(), nullable=False),
        sa.Column("high_mql_from", sa.BigInteger(), nullable=False),
        sa.Column("cold_up_to", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "cold_up_to < high_mql_from and high_mql_from < sql_from", name=op.f("ck_score_cards_thresholds")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_score_cards_created_by_id_users")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_score_cards_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_cards")),
    )
    op.create_index(
        "uq_score_cards_default",
        "score_cards",
        [sa.literal_column("(true)")],
        unique=True,
        postgresql_where=sa.text("product_id is null"),
    )
    op.create_index("uq_score_cards_product_id", "score_cards", ["product_id"], unique=True)
    op.create_table(
        "score_card_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("score_card_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_score_card_versions_by_id_users")),
        sa.ForeignKeyConstraint(
            ["score_card_id"],
            ["score_cards.id"],
            name=op.f("fk_score_card_versions_score_card_id_score_cards"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_card_versions")),
    )
    op.create_index(
        op.f("ix_score_card_versions_score_card_id"), "score_card_versions", ["score_card_id"], unique=False
    )
    op.create_table(
        "score_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("score_card_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("condition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("valid_days", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("points <> 0", name=op.f("ck_score_rules_points")),
        sa.CheckConstraint("valid_days > 0", name=op.f("ck_score_rules_valid_days")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_score_rules_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["score_card_id"],
            ["score_cards.id"],
            name=op.f("fk_score_rules_score_card_id_score_cards"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_rules")),
    )
    op.create_index(op.f("ix_score_rules_score_card_id"), "score_rules", ["score_card_id"], unique=False)
    op.create_table(
        "score_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("score_card_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("became_sql", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('running', 'done', 'replaced')", name=op.f("ck_score_runs_state")),
        sa.ForeignKeyConstraint(
            ["score_card_id"],
            ["score_cards.id"],
            name=op.f("fk_score_runs_score_card_id_score_cards"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_runs")),
    )
    op.create_index(op.f("ix_score_runs_score_card_id"), "score_runs", ["score_card_id"], unique=False)
    op.create_table(
        "score_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("cause_type", sa.String(length=20), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_text", sa.String(length=255), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_score_entries_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["score_rules.id"], name=op.f("fk_score_entries_rule_id_score_rules"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entries")),
        sa.UniqueConstraint("lead_id", "rule_id", name=op.f("uq_score_entries_lead_id_rule_id")),
    )
    op.create_index(op.f("ix_score_entries_rule_id"), "score_entries", ["rule_id"], unique=False)
    op.create_index(
        "ix_score_entries_valid_until",
        "score_entries",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("not expired"),
    )
    op.add_column("accounts", sa.Column("stars", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_index("ix_accounts_stars_id", "accounts", ["stars", "id"], unique=False)
    op.add_column("leads", sa.Column("stars", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_index("ix_leads_score_id", "leads", ["score", "id"], unique=False)
    op.drop_constraint(op.f("ck_touches_kind"), "touches", type_="check")
    op.create_check_constraint(op.f("ck_touches_kind"), "touches", f"kind in ({KINDS_BEFORE}, 'reaction')")


def downgrade() -> None:
    op.execute("DELETE FROM touches WHERE kind = 'reaction'")
    op.drop_constraint(op.f("ck_touches_kind"), "touches", type_="check")
    op.create_check_constraint(op.f("ck_touches_kind"), "touches", f"kind in ({KINDS_BEFORE})")
    op.drop_index("ix_leads_score_id", table_name="leads")
    op.drop_column("leads", "stars")
    op.drop_index("ix_accounts_stars_id", table_name="accounts")
    op.drop_column("accounts", "stars")
    op.drop_index("ix_score_entries_valid_until", table_name="score_entries", postgresql_where=sa.text("not expired"))
    op.drop_index(op.f("ix_score_entries_rule_id"), table_name="score_entries")
    op.drop_table("score_entries")
    op.drop_index(op.f("ix_score_runs_score_card_id"), table_name="score_runs")
    op.drop_table("score_runs")
    op.drop_index(op.f("ix_score_rules_score_card_id"), table_name="score_rules")
    op.drop_table("score_rules")
    op.drop_index(op.f("ix_score_card_versions_score_card_id"), table_name="score_card_versions")
    op.drop_table("score_card_versions")
    op.drop_index("uq_score_cards_product_id", table_name="score_cards")
    op.drop_index("uq_score_cards_default", table_name="score_cards", postgresql_where=sa.text("product_id is null"))
    op.drop_table("score_cards")
