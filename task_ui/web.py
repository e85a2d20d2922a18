"""What every view uses: the context of the request, pages, going back, flashes, and one guarded try of a use case."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import AppError, Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.i18n import translate, translate_plural
from kernel.paging import DEFAULT_LIMIT, Page, decode_cursor
from kernel.permissions import permission_of, require
from task_ui import flashes

R = TypeVar("R")
P = ParamSpec("P")
View = str | tuple[str, int] | AnyResponse
V = TypeVar("V", bound=View)


def ctx() -> Context:
    return g.context  # type: ignore[no-any-return]


def signed_in() -> bool:
    return getattr(g, "context", None) is not None and not g.context.actor.is_system


def _(message: str, **params: Any) -> str:
    return translate(message, g.language, **params)


def plural(one: str, many: str, count: int, **params: Any) -> str:
    return translate_plural(one, many, count, g.language, **params)


def is_part() -> bool:
    """Whether a script asks for a part of the page, which then comes without rail and top bar."""
    return request.headers.get("HX-Request") == "true"


def page(template: str, **values: Any) -> str:
    return render_template(template, layout="layouts/part.html" if is_part() else "layouts/shell.html", **values)


def paging(limit: int = DEFAULT_LIMIT) -> Page:
    after = request.args.get("after")
    return Page(limit, decode_cursor(after) if after else None)


def go(url: str, done: str | None = None, *, link: tuple[str, str] | None = None) -> AnyResponse:
    """Redirects after a change, with a line that says what happened; `link` is (address, text)."""
    if done:
        flashes.tell("done", text=done, link=link)
    return redirect(url, 303)


def back(default: str) -> str:
    """Where a form says it came from, if that is one of our own pages."""
    wanted = request.values.get("back") or ""
    parts = urlsplit(wanted)
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc
    return wanted if safe else default


def attempt(action: Callable[[], R]) -> tuple[R | None, dict[str, list[str]]]:
    """The answer, or the errors by field, with whatever the attempt had begun undone."""
    try:
        with savepoint(ctx().session):
            return action(), {}
    except ValidationFailed as error:
        fields = error.fields_in(g.language)
        return None, fields or {"": [error.in_language(g.language)]}
    except (NotFound, PermissionDenied):
        raise
    except AppError as error:
        g.conflict = isinstance(error, Conflict)
        return None, {"": [error.in_language(g.language)]}


def only_for(use_case: Callable[..., Any]) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """For a page that is there to do something: whoever may not do it is refused before filling anything in."""
    permission = permission_of(use_case)
    assert permission is not None

    def decorate(view: Callable[P, V]) -> Callable[P, V]:
        @wraps(view)
        def asked(*args: P.args, **kwargs: P.kwargs) -> V:
            require(ctx(), permission)
            return view(*args, **kwargs)

        return asked

    return decorate


def act(url: str, action: Callable[[], Any], done: str | Callable[[Any], str]) -> AnyResponse:
    """Does what a button asks and goes to a page that says what happened, or why it could not be done."""
    answer, errors = attempt(action)
    if errors:
        flashes.tell("error", text=" ".join(text for texts in errors.values() for text in texts))
        return redirect(url, 303)
    return go(url, done(answer) if callable(done) else done)


def form_answer(answer: str, errors: dict[str, list[str]]) -> View:
    """A form shown again keeps what was typed and says what is wrong: 409 where somebody was faster, else 422."""
    if not errors:
        return answer
    return answer, 409 if g.get("conflict") else 422


def json_answer(value: Any) -> Response:
    from flask import jsonify

    return jsonify(value)
