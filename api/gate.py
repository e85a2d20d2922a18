"""Before anything else is looked at: who asks, may this page ask in their name, and is it too large."""

import hmac

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from api import errors
from crm_model import auth
from kernel.errors import AppError
from kernel.i18n import N_, translate

PREFIX = "/api/v1"
LARGEST_JSON = 1024 * 1024
PUBLIC = frozenset(
    {
        "api-health.health", "api-health.ready", "api-documentation.openapi",
        "api-auth.issue_token",
    }
)  # fmt: skip
LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
PUBLIC_PATHS = frozenset(
    f"/api/v1/{path}" for path in ("auth/token", "health", "ready", "openapi.json", "telephony/calls")
)
FORMS = f"{PREFIX}/web-forms/"
FORM_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""What anybody may do with a form, from a page of any site."""
LOOPBACK_PATHS = frozenset({"/api/v1/metrics"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FAILED = N_("The page is out of date. Reload it and try again; nothing has been changed.")
NOT_SIGNED_IN = N_("Sign in first: send a token, or the cookie of a browser that is signed in.")


def prepare(app: Flask) -> None:
    app.before_request(admit)
    app.after_request(protect)


def admit() -> Response | None:
    """None to let the request in; else its answer."""
    if not request.path.startswith(PREFIX):
        return None
    is_public = request.endpoint in PUBLIC or is_public_path(request.path, request.method)
    if not is_public and not _is_for_this_machine():
        if g.get("context") is None:
            refused = errors.answer(401, "not_signed_in", translate(NOT_SIGNED_IN, errors.language()))
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        if request.method not in SAFE and g.csrf_secret and not _has_token(g.csrf_secret):
            return errors.answer(403, "csrf_failed", translate(CSRF_FAILED, errors.language()))
    if isinstance(request.routing_exception, HTTPException):
        return errors.of_http(request.routing_exception)
    if request.method not in SAFE and g.get("signed_in") is not None:
        auth.note_use(g.session, g.signed_in)
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_JSON
    return None


def is_public_path(path: str, method: str) -> bool:
    return path in PUBLIC_PATHS or (path.startswith(FORMS) and method in FORM_METHODS)


def _is_for_this_machine() -> bool:
    """Metrics asked for on the machine itself; a proxy there asks for somebody else, and says so."""
    is_local = request.remote_addr in LOOPBACK and not any(name in request.headers for name in FORWARDED)
    return request.endpoint == "api-health.metrics" and is_local and g.get("context") is None


def _has_token(secret: str) -> bool:
    given = request.headers.get("X-CSRFToken", "")
    return hmac.compare_digest(secret.encode(), given.encode())


def protect(answer: Response) -> Response:
    if request.path.startswith(PREFIX):
        if answer.status_code == 204:
            answer.headers.pop("Content-Type", None)
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Referrer-Policy", "same-origin")
        answer.headers.setdefault("X-Frame-Options", "DENY")
        answer.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        if request.path.startswith(FORMS):
            _open_to_other_sites(answer)
    return answer


def _open_to_other_sites(answer: Response) -> None:
    """Lets scripts of other sites' pages post to a form and read the answer; no cookie goes along."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
        answer.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
        answer.headers["Access-Control-Max-Age"] = "86400"
    else:
        answer.headers["Access-Control-Expose-Headers"] = "Retry-After"


def refuse(error: AppError) -> Response:
    """An error of a guard, which no blueprint's handler sees."""
    current_app.logger.debug("refused: %s", error)
    return errors.of_app(error)
