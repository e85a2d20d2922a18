"""passwords of other systems are kept encrypted"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

from kernel import vault

revision: str = "b8e41f60c2d9"
down_revision: str | None = "f30b6c1d92ea"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SECRETS = (("mail_settings", "password"), ("mailboxes", "password"), ("telephony_settings", "secret"))
LENGTHS = {"password": 255, "secret": 64}


def upgrade() -> None:
    for table, column in SECRETS:
        op.alter_column(table, column, type_=sa.Text())
        _write(table, column, vault.seal)


def downgrade() -> None:
    for table, column in SECRETS:
        _write(table, column, vault.reveal)
        op.alter_column(table, column, type_=sa.String(length=LENGTHS[column]))


def _write(table: str, column: str, how: Callable[[str], str | None]) -> None:
    here = sa.table(table, sa.column("id"), sa.column(column))
    connection = op.get_bind()
    for number, value in connection.execute(sa.select(here.c.id, here.c[column]).where(here.c[column].is_not(None))):
        connection.execute(sa.update(here).where(here.c.id == number).values({column: how(value)}))
