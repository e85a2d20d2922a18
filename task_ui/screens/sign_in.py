"""Signing in and out with the session cookie."""

from typing import Any

from flask import Blueprint, current_app, g, request

from crm_model import auth
from kernel.errors import AppError
from kernel.i18n import N_, translate
from task_ui.web import View, back, go, signed_in

blueprint = Blueprint("sign_in", __name__)

COOKIE = "session"
DEMO_USERS = (
    ("manager", N_("Sales manager")), ("head", N_("Head of sales")), ("supervisor", N_("Supervisor")),
    ("designer", N_("Process designer")), ("marketing", N_("Marketing")),
    ("callcentre", N_("Call centre")), ("admin", N_("Administrator")),
)  # fmt: skip


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Any:
    if request.method == "GET":
        return go(back("/")) if signed_in() else _form("")
    username, password = request.form.get("username", ""), request.form.get("password", "")
    database = current_app.extensions["database"]
    with database.transaction() as session:
        attempt = auth.sign_in(session, username, password, request.remote_addr)
    try:
        user = attempt.user()
    except AppError as error:
        return _refused(error, username)
    with database.transaction() as session:
        cookie, _row = auth.start_session(
            session, user, address=request.remote_addr, user_agent=request.headers.get("User-Agent")
        )
    answer = go(back("/"))
    answer.set_cookie(
        COOKIE,
        cookie,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        max_age=int(auth.SESSION_LASTS.total_seconds()),
    )
    return answer


def _refused(error: AppError, username: str) -> Any:
    said = translate(error.message, g.language)
    if isinstance(error, auth.TooManyAttempts):
        return _form(username, said), 429, {"Retry-After": str(error.retry_after)}
    return _form(username, said), 401


def _form(username: str, error: str | None = None) -> str:
    from flask import render_template

    demo = DEMO_USERS if current_app.config.get("DEMO") else ()
    return render_template("login.html", username=username, error=error, demo=demo, back=back(""))


@blueprint.post("/logout")
def logout() -> View:
    cookie = request.cookies.get(COOKIE)
    if cookie:
        with current_app.extensions["database"].transaction() as session:
            auth.sign_out(session, cookie)
    answer = go("/login")
    answer.delete_cookie(COOKIE)
    return answer
