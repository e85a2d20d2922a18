"""Every change must come from one of our own pages: a token that only they can know comes back with it.

Someone signed in has a secret kept with the session; a visitor gets one in a cookie, for the sign-in form.
"""

import hmac
import secrets

from flask import Flask, Response, g, request

from kernel.errors import AppError
from kernel.i18n import N_

COOKIE = "csrf"
HEADER = "X-CSRFToken"
FIELD = "csrf_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SECRET_ADDRESSES = frozenset({"letter_links.stop"})
"""Endpoints whose address itself is what only the right person has; mail programs post there without any page."""
FOR_ANYBODY = frozenset({"public_forms"})
"""Screens that act for nobody in particular, so that pages of other sites may post to them."""


class CsrfFailed(AppError):
    """403: the page was open while the person signed out and in again, or somebody else made the form."""

    default_code = "csrf_failed"
    default_message = N_("The page is out of date. Reload it and try again; nothing has been changed.")


def prepare(app: Flask) -> None:
    app.before_request(check)
    app.after_request(remember)


def token() -> str:
    """The token of this request's person, for pages to send back."""
    secret = getattr(g, "csrf_secret", None)
    if secret:
        return str(secret)
    if not hasattr(g, "visitor_token"):
        g.visitor_token = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
    return str(g.visitor_token)


def check() -> None:
    """The JSON interface guards itself, because tokens of programs need none of this."""
    if request.method in SAFE or request.path.startswith("/api/"):
        return
    if request.endpoint in SECRET_ADDRESSES or request.blueprint in FOR_ANYBODY:
        return
    expected = getattr(g, "csrf_secret", None) or request.cookies.get(COOKIE) or ""
    given = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise CsrfFailed()


def remember(answer: Response) -> Response:
    if hasattr(g, "visitor_token") and request.cookies.get(COOKIE) != g.visitor_token:
        answer.set_cookie(COOKIE, g.visitor_token, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer
