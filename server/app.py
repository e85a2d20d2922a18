"""The web application: who asks, one transaction a request committed before its answer leaves, both interfaces."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from flask import Flask, Response, g, jsonify, request
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

import api
import task_ui
from crm_model import auth
from crm_model.auth import SignedIn
from kernel.context import Actor, Context
from kernel.db import Database
from kernel.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_, translate
from server import migrating
from server.settings import Settings

SESSION_COOKIE = "session"
LANGUAGE_COOKIE = "language"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOTED = ("/l/o/", "/l/c/")
"""Addresses in letters, whose GET is what is to be noted."""
AWAY = N_("The database cannot be reached right now. Nothing was changed; try again in a moment.")
FULL = N_("The database has no room left. Nothing was changed; tell the administrator.")
BUSY = N_("The database did not get to this in time, or others are changing the same. Nothing was changed; try again.")
UNSURE = N_("The database went away while this was being saved. See whether it is there before you repeat it.")
TROUBLES = {
    "53100": ("database_full", FULL),
    "53200": ("database_busy", BUSY),
    "40P01": ("database_busy", BUSY),
    "55P03": ("database_busy", BUSY),
    "57014": ("database_busy", BUSY),
    "25P03": ("database_busy", BUSY),
    "25006": ("database_away", AWAY),
}
"""What PostgreSQL says by these codes, in a word for programs and one for people."""
AWAY_KINDS = (OperationalError, InterfaceError, InternalError, PoolTimeout)
RETRY_AFTER = 3
MAXIMUM_BODY = 32 * 1024 * 1024
log = logging.getLogger(__name__)


class Application(Flask):
    """Undoes the request's work before any error is answered."""

    def handle_user_exception(self, error: Exception) -> Any:
        _undo()
        return super().handle_user_exception(error)

    def handle_exception(self, error: Exception) -> Any:
        _undo()
        if _is_trouble(error):  # of the commit itself: Flask asks no handler that late
            return self.finalize_request(_database_away(error), from_error_handler=True)
        return super().handle_exception(error)


def create_app(settings: Settings, database: Database) -> Application:
    app = Application("procession", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAXIMUM_BODY, MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024, DEMO=settings.demo)
    app.config["MAIL"] = "environment" if settings.mail_server else "demo" if settings.demo else ""
    app.extensions["database"] = database
    app.extensions["is_ready"] = migrating.is_current
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_close)
    for kind in AWAY_KINDS:
        app.register_error_handler(kind, _database_away)
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]
    api.register(app)
    task_ui.register(app)
    return app


def _begin() -> None:
    """Opens the request's transaction and finds out who asks; files and the sign of life need neither."""
    g.transaction = g.session = g.context = g.signed_in = g.csrf_secret = None
    if request.path.startswith(("/assets/", "/static/", "/api/v1/health")):
        return
    database: Database = _database()
    transaction = database.read_only() if _only_reads() else database.transaction()
    g.session = transaction.__enter__()
    g.transaction = transaction
    signed_in = _who()
    g.signed_in = signed_in
    if signed_in is not None:
        g.csrf_secret = signed_in.csrf_secret
        g.context = Context(g.session, _in_their_language(signed_in))


def _only_reads() -> bool:
    return request.method in READS and not (request.method == "GET" and request.path.startswith(NOTED))


def _database() -> Database:
    from flask import current_app

    found: Database = current_app.extensions["database"]
    return found


def _who() -> SignedIn | None:
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        return auth.authenticate_token(g.session, token.strip()) if scheme.lower() == "bearer" else None
    cookie = request.cookies.get(SESSION_COOKIE)
    return auth.authenticate_session(g.session, cookie) if cookie else None


def _in_their_language(signed_in: SignedIn) -> Actor:
    """What was chosen on this device, else the person's own language, else the browser's."""
    on_device = request.cookies.get(LANGUAGE_COOKIE)
    if on_device in LANGUAGES:
        language = on_device
    elif signed_in.language_chosen:
        language = signed_in.actor.language
    else:
        language = request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
    return dataclasses.replace(signed_in.actor, language=language)


def _end(answer: Response) -> Response:
    """Keeps the request's work before the answer leaves: a client that has its answer has its change."""
    transaction, g.transaction = g.get("transaction"), None
    if transaction is not None:
        g.saving = not _only_reads()
        transaction.__exit__(None, None, None)
        g.saving = False
    return answer


def _undo() -> None:
    transaction, g.transaction = g.get("transaction"), None
    if transaction is None:
        return
    failure = RuntimeError("undone")
    try:
        transaction.__exit__(RuntimeError, failure, None)
    except RuntimeError as raised:
        if raised is not failure:
            raise
    _read_on()


def _read_on() -> None:
    """A fresh read-only session for whoever renders the error page."""
    try:
        transaction = _database().read_only()
        g.session = transaction.__enter__()
        g.transaction = transaction
        if g.get("context") is not None:
            g.context = Context(g.session, g.context.actor)
    except DBAPIError:
        g.session = g.context = None


def _close(error: BaseException | None) -> None:
    transaction, g.transaction = g.get("transaction"), None
    if transaction is not None:
        try:
            transaction.__exit__(RuntimeError, RuntimeError("abandoned"), None)
        except Exception:
            log.debug("request abandoned", exc_info=True)


def _is_trouble(error: Exception) -> bool:
    """The database's own, not a fault of ours."""
    return isinstance(error, AWAY_KINDS) and (not isinstance(error, InternalError) or _state_of(error) in TROUBLES)


def _state_of(error: Exception) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _database_away(error: Exception) -> Any:
    if not _is_trouble(error):
        raise error
    log.warning("database: %s", error)
    code, words = _trouble(error)
    headers = {"Retry-After": str(RETRY_AFTER)}
    language = request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
    if request.path.startswith("/api/"):
        return jsonify(code=code, message=translate(words, language), details={}), 503, headers
    from task_ui import errors

    g.context = None
    page, status = errors.show(503, translate(words, language))
    return page, status, headers


def _trouble(error: Exception) -> tuple[str, str]:
    known = TROUBLES.get(_state_of(error))
    if known is not None:
        return known
    return ("outcome_unknown", UNSURE) if g.get("saving") else ("database_away", AWAY)
