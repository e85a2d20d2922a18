"""Lines that one page leaves for the next: what a change did, kept in a cookie until they are shown once."""

import base64
import json
from typing import Any

from flask import Flask, Response, g, request

COOKIE = "told"
KEPT_SECONDS = 120
LONGEST = 3000


def prepare(app: Flask) -> None:
    app.after_request(keep)
    app.jinja_env.globals["told"] = told


def tell(kind: str, **line: Any) -> None:
    """`kind` is `done` or `error` for a passing line, `step` for what a process did, above the next task."""
    g.setdefault("to_tell", []).append({"kind": kind, **line})


def told(*kinds: str) -> list[dict[str, Any]]:
    """The lines of these kinds that the page before left."""
    if "told" not in g:
        g.told = _read(request.cookies.get(COOKIE, ""))
    return [line for line in g.told if line.get("kind") in kinds]


def keep(answer: Response) -> Response:
    if "to_tell" in g:
        raw = json.dumps(g.to_tell[-3:], ensure_ascii=False, separators=(",", ":")).encode()
        if len(raw) < LONGEST:
            text = base64.urlsafe_b64encode(raw).decode()
            answer.set_cookie(
                COOKIE, text, max_age=KEPT_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
            )
    elif "told" in g and COOKIE in request.cookies:
        answer.delete_cookie(COOKIE)
    return answer


def _read(text: str) -> list[dict[str, Any]]:
    """Lines of a cookie; nothing for one that is not ours, and no link that leaves this site."""
    try:
        lines = json.loads(base64.urlsafe_b64decode(text.encode()))
    except ValueError:
        return []
    read = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    for line in read:
        link = line.get("link")
        local = isinstance(link, list) and len(link) == 2 and str(link[0]).startswith("/") and link[0][1:2] not in "/\\"
        if not local:
            line["link"] = None
    return read
