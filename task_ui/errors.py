"""Pages for what went wrong, in plain words: what happened, why, what to do."""

from typing import Any

from flask import Flask, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kernel.errors import AppError, Conflict, NotFound, PermissionDenied, TooManyRequests, ValidationFailed
from kernel.i18n import N_
from task_ui import language
from task_ui.web import is_part, signed_in

STATUS: dict[type[AppError], int] = {
    NotFound: 404, PermissionDenied: 403, Conflict: 409, ValidationFailed: 422, TooManyRequests: 429,
}  # fmt: skip
PAGES: dict[int, tuple[str, str, str]] = {
    400: (
        N_("The request could not be read"),
        N_("The page was open for too long, or the form is damaged. Go back, reload the page and send it again."),
        "circle-alert",
    ),
    403: (N_("This is not for your role"), N_("If you need it for your work, ask the administrator."), "lock"),
    404: (
        N_("There is no such page"),
        N_("It may have been deleted, or it belongs to somebody else. Check the address or use the search."),
        "search-x",
    ),
    405: (N_("This does not work that way"), N_("Go back and use the buttons of the page."), "circle-alert"),
    409: (
        N_("Somebody was faster"),
        N_("The record has changed in the meantime. Look at how it stands now and decide again."),
        "git-compare",
    ),
    413: (N_("The file is too large"), N_("Choose a smaller one, or send it in parts."), "file-warning"),
    422: (
        N_("Something is not filled in right"),
        N_("Go back, look at the fields that are marked, and send it again."),
        "circle-alert",
    ),
    429: (N_("Too many attempts"), N_("Wait a few minutes and try again."), "hourglass"),
    500: (
        N_("Something broke on our side"),
        N_("Nothing was changed. Try again; if it happens again, tell the administrator when it was."),
        "bug",
    ),
    503: (N_("The service is busy or being started"), N_("Nothing was changed. Try again in a minute."), "server-off"),
}


def prepare(app: Flask) -> None:
    app.register_error_handler(AppError, of_app)
    app.register_error_handler(HTTPException, of_http)


def wants_page() -> bool:
    """Whether the asker reads HTML; the JSON interface answers its own errors."""
    return not request.path.startswith(("/api/", "/assets/"))


def of_app(error: AppError) -> Any:
    if not wants_page():
        raise error
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    _ensure_language()
    said = error.in_language(g.language)
    extra = (
        [m for messages in error.fields_in(g.language).values() for m in messages]
        if isinstance(error, ValidationFailed)
        else []
    )
    return show(status, said if status != 404 else None, extra)


def of_http(error: HTTPException) -> Any:
    if not wants_page() or error.code is None or error.code < 400:
        return error
    _ensure_language()
    return show(error.code)


def show(status: int, said: str | None = None, extra: list[str] | None = None) -> tuple[str, int]:
    title, text, picture = PAGES.get(status, PAGES[500])
    layout = (
        "layouts/part.html"
        if is_part()
        else "layouts/shell.html"
        if signed_in() and status < 500
        else "layouts/bare.html"
    )
    page = render_template(
        "error.html",
        layout=layout,
        status=status,
        title=title,
        text=text,
        said=said,
        extra=extra or [],
        picture=picture,
    )
    return page, status


def unexpected(error: BaseException) -> Response | tuple[str, int]:
    """For the application's own last handler."""
    _ensure_language()
    return show(500)


def _ensure_language() -> None:
    if not hasattr(g, "language"):
        language.choose()
