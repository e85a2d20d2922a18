"""Who has not signed in is led to the sign-in page and afterwards back to where he wanted to go."""

from urllib.parse import quote

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from task_ui.web import is_part, signed_in

OPEN_ENDPOINTS = frozenset(
    {
        "sign_in.login", "sign_in.logout", "assets.file", "settings.language", "settings.theme", "api_docs.show",
        "letter_links.opened", "letter_links.followed", "letter_links.ask", "letter_links.stop",
    }
)  # fmt: skip
OPEN_SCREENS = frozenset({"public_forms"})
"""For visitors, who have nothing to sign in with."""


def prepare(app: Flask, ours: frozenset[str]) -> None:
    """`ours` are the blueprints of this interface: the JSON interface answers 401 itself, unknown addresses are 404."""
    app.before_request(lambda: ask() if request.blueprint in ours else None)


def ask() -> Response | None:
    if signed_in() or request.endpoint in OPEN_ENDPOINTS or request.blueprint in OPEN_SCREENS:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" and not is_part() else ""
    return redirect("/login" + (f"?back={quote(wanted)}" if wanted not in ("", "/") else ""), 303)
