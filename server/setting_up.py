"""The first start: shipped processes, and either demo data or an administrator."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select

from crm_model import users
from crm_model.users import User
from kernel.context import ADMINISTRATOR, SYSTEM, Context
from kernel.db import Database
from processes import catalogue
from server.settings import Settings

DEMO_USERS = ("admin", "designer", "supervisor", "head", "manager", "manager2", "marketing")
DEMO_PASSWORD = "demo"


def first_start(url: str, settings: Settings) -> list[str]:
    """Fills an empty database; hints for whoever has started it."""
    database = Database(url, pool_size=1)
    try:
        with database.transaction() as session:
            context = Context(session, SYSTEM)
            catalogue.deploy_shipped(context)
            empty = not session.scalar(select(func.count()).select_from(User))
        if empty and not settings.demo:
            return [_make_administrator(database)]
        if settings.demo:
            if empty:
                from server import demo

                demo.load(database)
            return [
                f"Sign in as {', '.join(DEMO_USERS)} with the password {DEMO_PASSWORD}. Demo data: do not use for real."
            ]
        return []
    finally:
        database.close()


def _make_administrator(database: Database) -> str:
    password = secrets.token_urlsafe(12)
    with database.transaction() as session:
        users.add_user(
            session,
            username="admin",
            name="Administrator",
            password=password,
            roles=[ADMINISTRATOR],
        )
    return f"Sign in as admin with the password {password}. It is shown only this once."
