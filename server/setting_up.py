"""The first start: shipped processes, and either demo data or an administrator."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable

from sqlalchemy import func, select

from crm_model import users
from crm_model.users import User
from kernel.context import ADMINISTRATOR, SYSTEM, Context
from kernel.db import Database
from processes import catalogue
from server.settings import Settings

DEMO_USERS = ("admin", "designer", "supervisor", "head", "manager", "manager2", "marketing", "callcentre")
DEMO_PASSWORD = "demo"


class Stopped(Exception):
    """Somebody wants the program to end before it has begun."""


def first_start(url: str, settings: Settings, is_stopping: Callable[[], bool] = lambda: False) -> list[str]:
    """Fills an empty database; hints for whoever has started it. Raises `Stopped` when it is to stop meanwhile."""
    database = Database(url, pool_size=1)
    try:
        if settings.demo:
            from server import demo

            demo.load(database, progress=_tell(is_stopping))
        with database.transaction() as session:
            catalogue.deploy_shipped(Context(session, SYSTEM))
            empty = not session.scalar(select(func.count()).select_from(User))
        if empty:
            return [_make_administrator(database)]
        if settings.demo:
            return [
                f"Sign in as {', '.join(DEMO_USERS)} with the password {DEMO_PASSWORD}. Demo data: do not use for real."
            ]
        return []
    finally:
        database.close()


def _tell(is_stopping: Callable[[], bool]) -> Callable[[str], None]:
    def tell(progress: str) -> None:
        if is_stopping():
            raise Stopped
        sys.stderr.write(progress + "\n")

    return tell


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
