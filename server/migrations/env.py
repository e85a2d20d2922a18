"""Alembic's environment: our metadata, one transaction, an advisory lock so that several starts are one."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from server.models import all_tables

LOCK = 0x4D494752
engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    context.configure(connection=connection, target_metadata=all_tables(), compare_type=True)
    with context.begin_transaction():
        # A migration that waits for a lock makes everybody behind it wait: better to fail and be tried again.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        context.run_migrations()
engine.dispose()
