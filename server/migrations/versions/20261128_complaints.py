"""complaints about letters come into the mailbox"""

from collections.abc import Sequence

from alembic import op

revision: str = "c9f52a71d3e0"
down_revision: str | None = "b8e41f60c2d9"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_BEFORE = "'letter', 'auto_reply', 'bounce'"


def upgrade() -> None:
    _allow(f"{OF_BEFORE}, 'complaint'")


def downgrade() -> None:
    op.execute("UPDATE inbound_letters SET kind = 'bounce' WHERE kind = 'complaint'")
    _allow(OF_BEFORE)


def _allow(kinds: str) -> None:
    op.drop_constraint("ck_inbound_letters_kind", "inbound_letters")
    op.create_check_constraint(op.f("ck_inbound_letters_kind"), "inbound_letters", f"kind in ({kinds})")
