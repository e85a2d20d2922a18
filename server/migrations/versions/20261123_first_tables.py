"""first tables"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "9abd0a8f3b3f"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "deployment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "history_entry",
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("flows", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("instance_id", "run", name=op.f("pk_history_entry")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("correlation", sa.Text(), nullable=True),
        sa.Column("variables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
    )
    op.create_index(op.f("ix_inbox_message_expires_at"), "inbox_message", ["expires_at"], unique=False)
    op.create_index(op.f("ix_inbox_message_name"), "inbox_message", ["name"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_instance_id"), "incident", ["instance_id"], unique=False)
    op.create_index(
        "ix_incident_open", "incident", ["instance_id"], unique=False, postgresql_where=sa.text("resolved_at IS NULL")
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("event", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("retries", sa.SmallInteger(), server_default="3", nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("locked_by", sa.Text(), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('ready', 'failed', 'suspended')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_due", "job", ["due", "id"], unique=False, postgresql_where=sa.text("state = 'ready'"))
    op.create_index("ix_job_token", "job", ["instance_id", "token"], unique=False)
    op.create_table(
        "operator_action",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("became", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_action")),
    )
    op.create_index(op.f("ix_operator_action_instance_id"), "operator_action", ["instance_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.String(length=150), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("phone", sa.String(length=50), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_users_created_by_id_users")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_users_team_id_teams"), use_alter=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_index("ix_users_roles", "users", ["roles"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_users_sort_key"), "users", ["sort_key"], unique=False)
    op.create_index(op.f("ix_users_team_id"), "users", ["team_id"], unique=False)
    op.create_table(
        "variable_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("became", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variable_change")),
    )
    op.create_index(op.f("ix_variable_change_instance_id"), "variable_change", ["instance_id"], unique=False)
    op.create_table(
        "wrong_passwords",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.String(length=150), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_passwords")),
    )
    op.create_index("ix_wrong_passwords_address_at", "wrong_passwords", ["address", "at"], unique=False)
    op.create_index("ix_wrong_passwords_at", "wrong_passwords", ["at"], unique=False)
    op.create_index("ix_wrong_passwords_username_at", "wrong_passwords", ["username", "at"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("legal_name", sa.String(length=255), nullable=True),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("inn", sa.String(length=12), nullable=True),
        sa.Column("kpp", sa.String(length=9), nullable=True),
        sa.Column("ogrn", sa.String(length=15), nullable=True),
        sa.Column("bank_details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("industry", sa.String(length=255), nullable=True),
        sa.Column("employees", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.String(length=255), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("website", sa.String(length=255), nullable=True),
        sa.Column("abc_class", sa.String(length=1), nullable=True),
        sa.Column("potential", sa.Numeric(precision=15, scale=2), nullable=True),
        sa.Column("journey_stage", sa.String(length=20), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("preferred_channel", sa.String(length=20), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(name, '') || chr(10) || coalesce(legal_name, '') || chr(10) || coalesce(inn, '') || chr(10) || coalesce(website, ''), 'Ёё', 'Ее'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("phones", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("emails", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("phone_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("email_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("abc_class in ('A', 'B', 'C', 'D')", name=op.f("ck_accounts_abc_class")),
        sa.CheckConstraint(
            "journey_stage in ('acquaintance', 'study', 'choice', 'test_drive', 'purchase', 'repeat', 'loyal', 'advocate')",
            name=op.f("ck_accounts_journey_stage"),
        ),
        sa.CheckConstraint(
            "preferred_channel in ('phone', 'email', 'messenger', 'meeting', 'post')",
            name=op.f("ck_accounts_preferred_channel"),
        ),
        sa.CheckConstraint(
            "type in ('customer', 'prospect', 'partner', 'competitor', 'supplier')", name=op.f("ck_accounts_type")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_accounts_created_by_id_users")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_accounts_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_index("ix_accounts_email_keys", "accounts", ["email_keys"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_accounts_inn"), "accounts", ["inn"], unique=False)
    op.create_index("ix_accounts_owner_id_id", "accounts", ["owner_id", "id"], unique=False)
    op.create_index("ix_accounts_phone_keys", "accounts", ["phone_keys"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_accounts_sort_key"), "accounts", ["sort_key"], unique=False)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_user_id"), "api_tokens", ["user_id"], unique=False)
    op.create_table(
        "articles",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.String(length=50)), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("content_type", sa.String(length=100), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(title, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("kind in ('presentation', 'script', 'case')", name=op.f("ck_articles_kind")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_articles_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index(op.f("ix_articles_sort_key"), "articles", ["sort_key"], unique=False)
    op.create_index("ix_articles_tags", "articles", ["tags"], unique=False, postgresql_using="gin")
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cause", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_entries_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"], unique=False, postgresql_using="brin")
    op.create_index(
        "ix_audit_entries_record_type_record_id_id", "audit_entries", ["record_type", "record_id", "id"], unique=False
    )
    op.create_table(
        "business_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("head_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_business_lines_created_by_id_users")),
        sa.ForeignKeyConstraint(["head_id"], ["users.id"], name=op.f("fk_business_lines_head_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_lines")),
        sa.UniqueConstraint("name", name=op.f("uq_business_lines_name")),
    )
    op.create_index(op.f("ix_business_lines_head_id"), "business_lines", ["head_id"], unique=False)
    op.create_table(
        "form_definition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_form_definition_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_definition")),
    )
    op.create_index(
        op.f("ix_form_definition_deployment_id_key"), "form_definition", ["deployment_id", "key"], unique=True
    )
    op.create_table(
        "known_addresses",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_known_addresses_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "address", name=op.f("pk_known_addresses")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notifications_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index("ix_notifications_user_id_id", "notifications", ["user_id", "id"], unique=False)
    op.create_table(
        "process_definition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("titles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("repairs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f("ck_process_definition_state")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_process_definition_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
    )
    op.create_index(op.f("ix_process_definition_key_version"), "process_definition", ["key", "version"], unique=True)
    op.create_index(
        "ix_process_definition_published",
        "process_definition",
        ["key", "version"],
        unique=False,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(precision=15, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_products_price")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_products_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", name=op.f("uq_products_sku")),
    )
    op.create_index(op.f("ix_products_sort_key"), "products", ["sort_key"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("head_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_teams_created_by_id_users")),
        sa.ForeignKeyConstraint(["head_id"], ["users.id"], name=op.f("fk_teams_head_id_users"), use_alter=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_index(op.f("ix_teams_head_id"), "teams", ["head_id"], unique=False)
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("csrf_secret", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    op.create_index(op.f("ix_user_sessions_expires_at"), "user_sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"], unique=False)
    op.create_table(
        "article_files",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_files_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_files")),
    )
    op.create_table(
        "article_products",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_products_article_id_articles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_article_products_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "product_id", name=op.f("pk_article_products")),
    )
    op.create_index(op.f("ix_article_products_product_id"), "article_products", ["product_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("job_title", sa.String(length=255), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("is_decision_maker", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("messengers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("preferred_channel", sa.String(length=20), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("journey_stage", sa.String(length=20), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(name, '') || chr(10) || coalesce(job_title, ''), 'Ёё', 'Ее'))", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("phones", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("emails", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("phone_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("email_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "journey_stage in ('acquaintance', 'study', 'choice', 'test_drive', 'purchase', 'repeat', 'loyal', 'advocate')",
            name=op.f("ck_contacts_journey_stage"),
        ),
        sa.CheckConstraint(
            "preferred_channel in ('phone', 'email', 'messenger', 'meeting', 'post')",
            name=op.f("ck_contacts_preferred_channel"),
        ),
        sa.CheckConstraint(
            "role in ('decision_maker', 'owner', 'influencer', 'user', 'accountant', 'lawyer', 'secretary')",
            name=op.f("ck_contacts_role"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contacts_account_id_accounts")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_contacts_created_by_id_users")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_contacts_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_account_id_id", "contacts", ["account_id", "id"], unique=False)
    op.create_index("ix_contacts_email_keys", "contacts", ["email_keys"], unique=False, postgresql_using="gin")
    op.create_index("ix_contacts_owner_id_id", "contacts", ["owner_id", "id"], unique=False)
    op.create_index("ix_contacts_phone_keys", "contacts", ["phone_keys"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_contacts_sort_key"), "contacts", ["sort_key"], unique=False)
    op.create_table(
        "process_instance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("definition_key", sa.Text(), nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_token", sa.Integer(), nullable=True),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("origin_key", sa.Text(), nullable=True),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_event", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'completed', 'cancelled', 'failed')",
            name=op.f("ck_process_instance_state"),
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_instance_definition_id_process_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    op.create_index(
        op.f("ix_process_instance_business_key"),
        "process_instance",
        ["business_key"],
        unique=False,
        postgresql_where=sa.text("business_key IS NOT NULL"),
    )
    op.create_index(op.f("ix_process_instance_definition_id"), "process_instance", ["definition_id"], unique=False)
    op.create_index(
        op.f("ix_process_instance_definition_key_state_id"),
        "process_instance",
        ["definition_key", "state", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_process_instance_origin_key"),
        "process_instance",
        ["origin_key"],
        unique=False,
        postgresql_where=sa.text("origin_key IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_process_instance_parent_id"),
        "process_instance",
        ["parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_process_instance_root_id"), "process_instance", ["root_id"], unique=False)
    op.create_table(
        "start_subscription",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_start_subscription_definition_id_process_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_subscription")),
    )
    op.create_index(op.f("ix_start_subscription_definition_id"), "start_subscription", ["definition_id"], unique=False)
    op.create_index(op.f("ix_start_subscription_kind_name"), "start_subscription", ["kind", "name"], unique=False)
    op.create_table(
        "deals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("business_line_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("stage_entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("close_reason", sa.String(length=40), nullable=True),
        sa.Column("winner_competitor_id", sa.BigInteger(), nullable=True),
        sa.Column("rerouted_to", sa.String(length=255), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount", sa.Numeric(precision=15, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("probability", sa.SmallInteger(), nullable=False),
        sa.Column("probability_is_manual", sa.Boolean(), nullable=False),
        sa.Column("expected_close_date", sa.Date(), nullable=True),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("tactics", sa.Text(), nullable=True),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(title, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(title, '') || chr(10) || coalesce(number, '') || chr(10) || coalesce(need, ''), 'Ёё', 'Ее'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "close_reason in ('competitor_won', 'no_budget', 'no_need', 'postponed', 'price', 'no_decision', 'declined_by_us', 'other')",
            name=op.f("ck_deals_close_reason"),
        ),
        sa.CheckConstraint("status in ('open', 'won', 'lost', 'rerouted')", name=op.f("ck_deals_status")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_deals_amount")),
        sa.CheckConstraint("probability between 0 and 100", name=op.f("ck_deals_probability")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deals_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["business_line_id"], ["business_lines.id"], name=op.f("fk_deals_business_line_id_business_lines")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_deals_contact_id_contacts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_deals_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_deals_lead_id_leads"), ondelete="SET NULL", use_alter=True
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_deals_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["winner_competitor_id"],
            ["deal_competitors.id"],
            name=op.f("fk_deals_winner_competitor_id_deal_competitors"),
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
    )
    op.create_index("ix_deals_account_id_id", "deals", ["account_id", "id"], unique=False)
    op.create_index(op.f("ix_deals_business_line_id"), "deals", ["business_line_id"], unique=False)
    op.create_index(op.f("ix_deals_contact_id"), "deals", ["contact_id"], unique=False)
    op.create_index(op.f("ix_deals_lead_id"), "deals", ["lead_id"], unique=False)
    op.create_index(
        "ix_deals_open",
        "deals",
        ["stage", sa.literal_column("amount desc nulls last"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_deals_owner_id_id", "deals", ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_deals_sort_key"), "deals", ["sort_key"], unique=False)
    op.create_index(op.f("ix_deals_winner_competitor_id"), "deals", ["winner_competitor_id"], unique=False)
    op.create_table(
        "event_subscription",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("event", sa.SmallInteger(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_event_subscription_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_subscription")),
    )
    op.create_index("ix_event_subscription_name", "event_subscription", ["kind", "name"], unique=False)
    op.create_index("ix_event_subscription_token", "event_subscription", ["instance_id", "token"], unique=False)
    op.create_table(
        "leads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("company", sa.String(length=255), nullable=True),
        sa.Column("phone", sa.String(length=255), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("phone_key", sa.String(length=255), nullable=True),
        sa.Column("email_key", sa.String(length=255), nullable=True),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("request", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=255), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("disqualify_reason", sa.String(length=20), nullable=True),
        sa.Column("disqualify_note", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("deal_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(name, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed(
                "lower(translate(coalesce(name, '') || chr(10) || coalesce(company, '') || chr(10) || coalesce(email, '') || chr(10) || coalesce(phone, '') || chr(10) || coalesce(need, ''), 'Ёё', 'Ее'))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "disqualify_reason in ('incorrect_data', 'unreachable', 'already_in_work', 'no_need', 'no_budget', 'spam', 'other')",
            name=op.f("ck_leads_disqualify_reason"),
        ),
        sa.CheckConstraint(
            "request in ('meeting', 'tender', 'webinar', 'download', 'none')", name=op.f("ck_leads_request")
        ),
        sa.CheckConstraint(
            "source in ('api', 'web_form', 'email', 'campaign', 'import', 'phone', 'manual')",
            name=op.f("ck_leads_source"),
        ),
        sa.CheckConstraint(
            "status in ('new', 'qualification', 'nurturing', 'mql', 'sql', 'handed_off', 'disqualified')",
            name=op.f("ck_leads_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_leads_account_id_accounts")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_leads_contact_id_contacts")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_leads_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_leads_deal_id_deals"), ondelete="SET NULL", use_alter=True
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_leads_owner_id_users")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_leads_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    op.create_index(op.f("ix_leads_account_id"), "leads", ["account_id"], unique=False)
    op.create_index(op.f("ix_leads_campaign_id"), "leads", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_leads_contact_id"), "leads", ["contact_id"], unique=False)
    op.create_index(op.f("ix_leads_deal_id"), "leads", ["deal_id"], unique=False)
    op.create_index(op.f("ix_leads_email_key"), "leads", ["email_key"], unique=False)
    op.create_index("ix_leads_owner_id_id", "leads", ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_leads_phone_key"), "leads", ["phone_key"], unique=False)
    op.create_index(op.f("ix_leads_product_id"), "leads", ["product_id"], unique=False)
    op.create_index(op.f("ix_leads_sort_key"), "leads", ["sort_key"], unique=False)
    op.create_index("ix_leads_status_id", "leads", ["status", "id"], unique=False)
    op.create_table(
        "user_task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("definition_key", sa.Text(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("delegation", sa.Text(), nullable=True),
        sa.Column("candidate_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("candidate_users", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up", sa.DateTime(timezone=True), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'completed', 'cancelled')", name=op.f("ck_user_task_state")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_user_task_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
    )
    op.create_index(
        "ix_user_task_assignee",
        "user_task",
        ["assignee_id", "due", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_user_task_candidates",
        "user_task",
        ["candidate_roles"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'open' AND assignee_id IS NULL"),
    )
    op.create_index("ix_user_task_subject", "user_task", ["subject_type", "subject_id"], unique=False)
    op.create_index("ix_user_task_token", "user_task", ["instance_id", "token"], unique=True)
    op.create_table(
        "activities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=100), nullable=True),
        sa.Column("result_note", sa.Text(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("counts_as_contact", sa.Boolean(), nullable=False),
        sa.Column("next_id", sa.BigInteger(), nullable=True),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("deal_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind in ('call', 'meeting', 'presentation', 'email', 'task', 'document_work', 'approval')",
            name=op.f("ck_activities_kind"),
        ),
        sa.CheckConstraint(
            "status in ('planned', 'in_progress', 'completed', 'cancelled', 'rescheduled')",
            name=op.f("ck_activities_status"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_activities_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["completed_by_id"], ["users.id"], name=op.f("fk_activities_completed_by_id_users")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_activities_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_activities_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_activities_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_activities_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["next_id"], ["activities.id"], name=op.f("fk_activities_next_id_activities"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_activities_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_index(
        "ix_activities_account_contacts",
        "activities",
        ["account_id", "completed_at"],
        unique=False,
        postgresql_where=sa.text("counts_as_contact"),
    )
    op.create_index(
        "ix_activities_account_id_id",
        "activities",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("account_id is not null"),
    )
    op.create_index(
        "ix_activities_contact_contacts",
        "activities",
        ["contact_id", "completed_at"],
        unique=False,
        postgresql_where=sa.text("counts_as_contact"),
    )
    op.create_index(
        "ix_activities_contact_id_id",
        "activities",
        ["contact_id", "id"],
        unique=False,
        postgresql_where=sa.text("contact_id is not null"),
    )
    op.create_index(
        "ix_activities_deal_id_id",
        "activities",
        ["deal_id", "id"],
        unique=False,
        postgresql_where=sa.text("deal_id is not null"),
    )
    op.create_index(
        "ix_activities_instance_id_element_id",
        "activities",
        ["instance_id", "element_id"],
        unique=False,
        postgresql_where=sa.text("instance_id is not null"),
    )
    op.create_index(
        "ix_activities_lead_id_id",
        "activities",
        ["lead_id", "id"],
        unique=False,
        postgresql_where=sa.text("lead_id is not null"),
    )
    op.create_index(
        "ix_activities_next_id",
        "activities",
        ["next_id"],
        unique=False,
        postgresql_where=sa.text("next_id is not null"),
    )
    op.create_index(
        "ix_activities_open",
        "activities",
        ["owner_id", "due", "id"],
        unique=False,
        postgresql_where=sa.text("completed_at is null"),
    )
    op.create_index("ix_activities_owner_id_id", "activities", ["owner_id", "id"], unique=False)
    op.create_index("ix_activities_owner_id_start", "activities", ["owner_id", "start"], unique=False)
    op.create_index(
        "uq_activities_task_id", "activities", ["task_id"], unique=True, postgresql_where=sa.text("task_id is not null")
    )
    op.create_table(
        "deal_competitors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=True),
        sa.Column("weaknesses", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_competitors_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_competitors")),
    )
    op.create_index(op.f("ix_deal_competitors_deal_id"), "deal_competitors", ["deal_id"], unique=False)
    op.create_table(
        "deal_guests",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_guests_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deal_guests_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "deal_id", "user_id", name=op.f("pk_deal_guests")),
    )
    op.create_index(op.f("ix_deal_guests_user_id"), "deal_guests", ["user_id"], unique=False)
    op.create_table(
        "deal_participants",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("influence", sa.String(length=10), nullable=True),
        sa.Column("loyalty", sa.String(length=10), nullable=True),
        sa.Column("motives", sa.Text(), nullable=True),
        sa.Column("attended_presentation", sa.Boolean(), nullable=False),
        sa.CheckConstraint("influence in ('low', 'medium', 'high')", name=op.f("ck_deal_participants_influence")),
        sa.CheckConstraint("loyalty in ('negative', 'neutral', 'positive')", name=op.f("ck_deal_participants_loyalty")),
        sa.CheckConstraint(
            "role in ('decision_maker', 'owner', 'influencer', 'user', 'accountant', 'lawyer', 'secretary')",
            name=op.f("ck_deal_participants_role"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_deal_participants_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_participants_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_participants")),
        sa.UniqueConstraint("deal_id", "contact_id", name=op.f("uq_deal_participants_deal_id_contact_id")),
    )
    op.create_index(op.f("ix_deal_participants_contact_id"), "deal_participants", ["contact_id"], unique=False)
    op.create_table(
        "deal_products",
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_products_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_deal_products_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("deal_id", "product_id", name=op.f("pk_deal_products")),
    )
    op.create_index(op.f("ix_deal_products_product_id"), "deal_products", ["product_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("approval", sa.String(length=20), nullable=False),
        sa.Column("versions", sa.BigInteger(), nullable=False),
        sa.Column(
            "sort_key", sa.Text(), sa.Computed("lower(translate(title, 'Ёё', 'Ее'))", persisted=True), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "approval in ('draft', 'on_approval', 'approved', 'rejected', 'rework')", name=op.f("ck_documents_approval")
        ),
        sa.CheckConstraint("kind in ('calculation', 'proposal', 'contract', 'other')", name=op.f("ck_documents_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_documents_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_documents_created_by_id_users")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_documents_deal_id_deals"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_documents_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(
        "ix_documents_account_id_id",
        "documents",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("account_id is not null"),
    )
    op.create_index(
        "ix_documents_deal_id_kind_id",
        "documents",
        ["deal_id", "kind", "id"],
        unique=False,
        postgresql_where=sa.text("deal_id is not null"),
    )
    op.create_index("ix_documents_owner_id_id", "documents", ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_documents_sort_key"), "documents", ["sort_key"], unique=False)
    op.create_table(
        "line_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("price", sa.Numeric(precision=15, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("vat", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=15, scale=2), nullable=False),
        sa.CheckConstraint("discount between 0 and 100", name=op.f("ck_line_items_discount")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_line_items_price")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_line_items_quantity")),
        sa.CheckConstraint("vat between 0 and 100", name=op.f("ck_line_items_vat")),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_line_items_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_line_items_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_items")),
    )
    op.create_index("ix_line_items_deal_id_position", "line_items", ["deal_id", "position"], unique=False)
    op.create_index(op.f("ix_line_items_product_id"), "line_items", ["product_id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notes_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_notes_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_notes_created_by_id_users")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_notes_deal_id_deals"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_notes_lead_id_leads"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(
        "ix_notes_account_id_id",
        "notes",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("account_id is not null"),
    )
    op.create_index(
        "ix_notes_contact_id_id",
        "notes",
        ["contact_id", "id"],
        unique=False,
        postgresql_where=sa.text("contact_id is not null"),
    )
    op.create_index(
        "ix_notes_deal_id_id", "notes", ["deal_id", "id"], unique=False, postgresql_where=sa.text("deal_id is not null")
    )
    op.create_index(
        "ix_notes_lead_id_id", "notes", ["lead_id", "id"], unique=False, postgresql_where=sa.text("lead_id is not null")
    )
    op.create_table(
        "stage_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("from_stage", sa.String(length=40), nullable=True),
        sa.Column("to_stage", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("visit", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.Interval(), nullable=True),
        sa.CheckConstraint(
            "cause in ('made', 'process', 'change', 'manual', 'reopen', 'migration')",
            name=op.f("ck_stage_history_cause"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_stage_history_by_id_users")),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_stage_history_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_history")),
    )
    op.create_index("ix_stage_history_deal_id_id", "stage_history", ["deal_id", "id"], unique=False)
    op.create_index(op.f("ix_stage_history_instance_id"), "stage_history", ["instance_id"], unique=False)
    op.create_index("ix_stage_history_to_stage_at", "stage_history", ["to_stage", "at"], unique=False)
    op.create_table(
        "task_comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_task_comment_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_comment")),
    )
    op.create_index(op.f("ix_task_comment_task_id"), "task_comment", ["task_id"], unique=False)
    op.create_table(
        "document_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_document_versions_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_document_versions_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_versions")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_document_versions_document_id_number")),
    )
    op.create_table(
        "document_contents",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_versions.id"],
            name=op.f("fk_document_contents_version_id_document_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_document_contents")),
    )
    op.create_foreign_key(op.f("fk_deals_lead_id_leads"), "deals", "leads", ["lead_id"], ["id"], ondelete="SET NULL")
    op.create_foreign_key(
        op.f("fk_deals_winner_competitor_id_deal_competitors"),
        "deals",
        "deal_competitors",
        ["winner_competitor_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(op.f("fk_leads_deal_id_deals"), "leads", "deals", ["deal_id"], ["id"], ondelete="SET NULL")
    op.create_foreign_key(op.f("fk_teams_head_id_users"), "teams", "users", ["head_id"], ["id"])
    op.create_foreign_key(op.f("fk_users_team_id_teams"), "users", "teams", ["team_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_users_team_id_teams"), "users", type_="foreignkey")
    op.drop_constraint(op.f("fk_teams_head_id_users"), "teams", type_="foreignkey")
    op.drop_constraint(op.f("fk_leads_deal_id_deals"), "leads", type_="foreignkey")
    op.drop_constraint(op.f("fk_deals_winner_competitor_id_deal_competitors"), "deals", type_="foreignkey")
    op.drop_constraint(op.f("fk_deals_lead_id_leads"), "deals", type_="foreignkey")
    op.drop_table("document_contents")
    op.drop_table("document_versions")
    op.drop_index(op.f("ix_task_comment_task_id"), table_name="task_comment")
    op.drop_table("task_comment")
    op.drop_index("ix_stage_history_to_stage_at", table_name="stage_history")
    op.drop_index(op.f("ix_stage_history_instance_id"), table_name="stage_history")
    op.drop_index("ix_stage_history_deal_id_id", table_name="stage_history")
    op.drop_table("stage_history")
    op.drop_index("ix_notes_lead_id_id", table_name="notes", postgresql_where=sa.text("lead_id is not null"))
    op.drop_index("ix_notes_deal_id_id", table_name="notes", postgresql_where=sa.text("deal_id is not null"))
    op.drop_index("ix_notes_contact_id_id", table_name="notes", postgresql_where=sa.text("contact_id is not null"))
    op.drop_index("ix_notes_account_id_id", table_name="notes", postgresql_where=sa.text("account_id is not null"))
    op.drop_table("notes")
    op.drop_index(op.f("ix_line_items_product_id"), table_name="line_items")
    op.drop_index("ix_line_items_deal_id_position", table_name="line_items")
    op.drop_table("line_items")
    op.drop_index(op.f("ix_documents_sort_key"), table_name="documents")
    op.drop_index("ix_documents_owner_id_id", table_name="documents")
    op.drop_index(
        "ix_documents_deal_id_kind_id", table_name="documents", postgresql_where=sa.text("deal_id is not null")
    )
    op.drop_index(
        "ix_documents_account_id_id", table_name="documents", postgresql_where=sa.text("account_id is not null")
    )
    op.drop_table("documents")
    op.drop_index(op.f("ix_deal_products_product_id"), table_name="deal_products")
    op.drop_table("deal_products")
    op.drop_index(op.f("ix_deal_participants_contact_id"), table_name="deal_participants")
    op.drop_table("deal_participants")
    op.drop_index(op.f("ix_deal_guests_user_id"), table_name="deal_guests")
    op.drop_table("deal_guests")
    op.drop_index(op.f("ix_deal_competitors_deal_id"), table_name="deal_competitors")
    op.drop_table("deal_competitors")
    op.drop_index("uq_activities_task_id", table_name="activities", postgresql_where=sa.text("task_id is not null"))
    op.drop_index("ix_activities_owner_id_start", table_name="activities")
    op.drop_index("ix_activities_owner_id_id", table_name="activities")
    op.drop_index("ix_activities_open", table_name="activities", postgresql_where=sa.text("completed_at is null"))
    op.drop_index("ix_activities_next_id", table_name="activities", postgresql_where=sa.text("next_id is not null"))
    op.drop_index("ix_activities_lead_id_id", table_name="activities", postgresql_where=sa.text("lead_id is not null"))
    op.drop_index(
        "ix_activities_instance_id_element_id",
        table_name="activities",
        postgresql_where=sa.text("instance_id is not null"),
    )
    op.drop_index("ix_activities_deal_id_id", table_name="activities", postgresql_where=sa.text("deal_id is not null"))
    op.drop_index(
        "ix_activities_contact_id_id", table_name="activities", postgresql_where=sa.text("contact_id is not null")
    )
    op.drop_index(
        "ix_activities_contact_contacts", table_name="activities", postgresql_where=sa.text("counts_as_contact")
    )
    op.drop_index(
        "ix_activities_account_id_id", table_name="activities", postgresql_where=sa.text("account_id is not null")
    )
    op.drop_index(
        "ix_activities_account_contacts", table_name="activities", postgresql_where=sa.text("counts_as_contact")
    )
    op.drop_table("activities")
    op.drop_index("ix_user_task_token", table_name="user_task")
    op.drop_index("ix_user_task_subject", table_name="user_task")
    op.drop_index(
        "ix_user_task_candidates",
        table_name="user_task",
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'open' AND assignee_id IS NULL"),
    )
    op.drop_index("ix_user_task_assignee", table_name="user_task", postgresql_where=sa.text("state = 'open'"))
    op.drop_table("user_task")
    op.drop_index("ix_leads_status_id", table_name="leads")
    op.drop_index(op.f("ix_leads_sort_key"), table_name="leads")
    op.drop_index(op.f("ix_leads_product_id"), table_name="leads")
    op.drop_index(op.f("ix_leads_phone_key"), table_name="leads")
    op.drop_index("ix_leads_owner_id_id", table_name="leads")
    op.drop_index(op.f("ix_leads_email_key"), table_name="leads")
    op.drop_index(op.f("ix_leads_deal_id"), table_name="leads")
    op.drop_index(op.f("ix_leads_contact_id"), table_name="leads")
    op.drop_index(op.f("ix_leads_campaign_id"), table_name="leads")
    op.drop_index(op.f("ix_leads_account_id"), table_name="leads")
    op.drop_table("leads")
    op.drop_index("ix_event_subscription_token", table_name="event_subscription")
    op.drop_index("ix_event_subscription_name", table_name="event_subscription")
    op.drop_table("event_subscription")
    op.drop_index(op.f("ix_deals_winner_competitor_id"), table_name="deals")
    op.drop_index(op.f("ix_deals_sort_key"), table_name="deals")
    op.drop_index("ix_deals_owner_id_id", table_name="deals")
    op.drop_index("ix_deals_open", table_name="deals", postgresql_where=sa.text("status = 'open'"))
    op.drop_index(op.f("ix_deals_lead_id"), table_name="deals")
    op.drop_index(op.f("ix_deals_contact_id"), table_name="deals")
    op.drop_index(op.f("ix_deals_business_line_id"), table_name="deals")
    op.drop_index("ix_deals_account_id_id", table_name="deals")
    op.drop_table("deals")
    op.drop_index(op.f("ix_start_subscription_kind_name"), table_name="start_subscription")
    op.drop_index(op.f("ix_start_subscription_definition_id"), table_name="start_subscription")
    op.drop_table("start_subscription")
    op.drop_index(op.f("ix_process_instance_root_id"), table_name="process_instance")
    op.drop_index(
        op.f("ix_process_instance_parent_id"),
        table_name="process_instance",
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.drop_index(
        op.f("ix_process_instance_origin_key"),
        table_name="process_instance",
        postgresql_where=sa.text("origin_key IS NOT NULL"),
    )
    op.drop_index(op.f("ix_process_instance_definition_key_state_id"), table_name="process_instance")
    op.drop_index(op.f("ix_process_instance_definition_id"), table_name="process_instance")
    op.drop_index(
        op.f("ix_process_instance_business_key"),
        table_name="process_instance",
        postgresql_where=sa.text("business_key IS NOT NULL"),
    )
    op.drop_table("process_instance")
    op.drop_index(op.f("ix_contacts_sort_key"), table_name="contacts")
    op.drop_index("ix_contacts_phone_keys", table_name="contacts", postgresql_using="gin")
    op.drop_index("ix_contacts_owner_id_id", table_name="contacts")
    op.drop_index("ix_contacts_email_keys", table_name="contacts", postgresql_using="gin")
    op.drop_index("ix_contacts_account_id_id", table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_article_products_product_id"), table_name="article_products")
    op.drop_table("article_products")
    op.drop_table("article_files")
    op.drop_index(op.f("ix_user_sessions_user_id"), table_name="user_sessions")
    op.drop_index(op.f("ix_user_sessions_expires_at"), table_name="user_sessions")
    op.drop_table("user_sessions")
    op.drop_index(op.f("ix_teams_head_id"), table_name="teams")
    op.drop_table("teams")
    op.drop_index(op.f("ix_products_sort_key"), table_name="products")
    op.drop_table("products")
    op.drop_index(
        "ix_process_definition_published",
        table_name="process_definition",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_index(op.f("ix_process_definition_key_version"), table_name="process_definition")
    op.drop_table("process_definition")
    op.drop_index("ix_notifications_user_id_id", table_name="notifications")
    op.drop_index("ix_notifications_unread", table_name="notifications", postgresql_where=sa.text("read_at is null"))
    op.drop_table("notifications")
    op.drop_table("known_addresses")
    op.drop_index(op.f("ix_form_definition_deployment_id_key"), table_name="form_definition")
    op.drop_table("form_definition")
    op.drop_index(op.f("ix_business_lines_head_id"), table_name="business_lines")
    op.drop_table("business_lines")
    op.drop_index("ix_audit_entries_record_type_record_id_id", table_name="audit_entries")
    op.drop_index("ix_audit_entries_at", table_name="audit_entries", postgresql_using="brin")
    op.drop_table("audit_entries")
    op.drop_index("ix_articles_tags", table_name="articles", postgresql_using="gin")
    op.drop_index(op.f("ix_articles_sort_key"), table_name="articles")
    op.drop_table("articles")
    op.drop_index(op.f("ix_api_tokens_user_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_index(op.f("ix_accounts_sort_key"), table_name="accounts")
    op.drop_index("ix_accounts_phone_keys", table_name="accounts", postgresql_using="gin")
    op.drop_index("ix_accounts_owner_id_id", table_name="accounts")
    op.drop_index(op.f("ix_accounts_inn"), table_name="accounts")
    op.drop_index("ix_accounts_email_keys", table_name="accounts", postgresql_using="gin")
    op.drop_table("accounts")
    op.drop_index("ix_wrong_passwords_username_at", table_name="wrong_passwords")
    op.drop_index("ix_wrong_passwords_at", table_name="wrong_passwords")
    op.drop_index("ix_wrong_passwords_address_at", table_name="wrong_passwords")
    op.drop_table("wrong_passwords")
    op.drop_index(op.f("ix_variable_change_instance_id"), table_name="variable_change")
    op.drop_table("variable_change")
    op.drop_index(op.f("ix_users_team_id"), table_name="users")
    op.drop_index(op.f("ix_users_sort_key"), table_name="users")
    op.drop_index("ix_users_roles", table_name="users", postgresql_using="gin")
    op.drop_table("users")
    op.drop_index(op.f("ix_operator_action_instance_id"), table_name="operator_action")
    op.drop_table("operator_action")
    op.drop_index("ix_job_token", table_name="job")
    op.drop_index("ix_job_due", table_name="job", postgresql_where=sa.text("state = 'ready'"))
    op.drop_table("job")
    op.drop_index("ix_incident_open", table_name="incident", postgresql_where=sa.text("resolved_at IS NULL"))
    op.drop_index(op.f("ix_incident_instance_id"), table_name="incident")
    op.drop_table("incident")
    op.drop_index(op.f("ix_inbox_message_name"), table_name="inbox_message")
    op.drop_index(op.f("ix_inbox_message_expires_at"), table_name="inbox_message")
    op.drop_table("inbox_message")
    op.drop_table("idempotency_key")
    op.drop_table("history_entry")
    op.drop_table("deployment")
