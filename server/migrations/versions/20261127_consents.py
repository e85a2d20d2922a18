"""a ledger of consents; what was known before becomes its first rows"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "5e0b7d6f41aa"
down_revision: str | None = "0709f28967dc"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("proof", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_source", sa.String(length=40), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("purpose in ('marketing', 'processing', 'other')", name=op.f("ck_consents_purpose")),
        sa.CheckConstraint(
            "channel in ('email', 'phone', 'sms', 'messenger', 'any')", name=op.f("ck_consents_channel")
        ),
        sa.CheckConstraint("basis in ('consent', 'contract', 'legitimate_interest')", name=op.f("ck_consents_basis")),
        sa.CheckConstraint("num_nonnulls(lead_id, contact_id) = 1", name=op.f("ck_consents_one_person")),
        sa.CheckConstraint("num_nonnulls(given_at, withdrawn_at) > 0", name=op.f("ck_consents_said")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_consents_lead_id_leads"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_consents_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["given_by_id"], ["users.id"], name=op.f("fk_consents_given_by_id_users")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["users.id"], name=op.f("fk_consents_withdrawn_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_lead_id_id"), "consents", ["lead_id", "id"])
    op.create_index(op.f("ix_consents_contact_id_id"), "consents", ["contact_id", "id"])
    op.add_column("leads", sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("leads", sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE leads SET consent_at = created_at WHERE consent")
    op.execute("UPDATE leads SET opted_out_at = updated_at WHERE opted_out")
    op.execute("UPDATE contacts SET consent_at = created_at WHERE consent AND consent_at IS NULL")
    for kind in ("lead", "contact"):
        op.execute(
            f"INSERT INTO consents ({kind}_id, purpose, channel, basis, given_at, source, proof)"
            f" SELECT id, 'marketing', 'email', 'consent', consent_at, 'earlier', '{{}}' FROM {kind}s WHERE consent"
        )
        op.execute(
            f"INSERT INTO consents ({kind}_id, purpose, channel, basis, source, proof, withdrawn_at, withdrawn_source)"
            f" SELECT id, 'marketing', 'email', 'consent', 'earlier', '{{}}', opted_out_at, 'earlier'"
            f" FROM {kind}s WHERE opted_out AND NOT consent AND opted_out_at IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_column("leads", "opted_out_at")
    op.drop_column("leads", "consent_at")
    op.drop_table("consents")
