"""`Idempotency-Key`: a POST that is repeated gets its first answer again.

Keys are a user's own; those of visitors, who fill web forms, belong to the address they come from.
"""

import hashlib
from datetime import UTC, datetime

from flask import Flask, Response, current_app, g, request

from api import gate
from kernel import idempotency
from kernel.errors import AppError, ValidationFailed
from kernel.i18n import N_
from kernel.idempotency import KeptAnswer

HEADER = "Idempotency-Key"
VISITOR = 0
LONGEST = 255
BAD_KEY = N_("An Idempotency-Key has 1 to 255 printable ASCII characters without spaces.")


def prepare(app: Flask) -> None:
    app.before_request(begin)
    app.after_request(keep)


def begin() -> Response | None:
    """None where the work is to be done; else the answer that was given the first time."""
    g.idempotency = None
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST" or not request.path.startswith(gate.PREFIX):
        return None
    if g.context is None and not request.path.startswith(gate.FORMS):
        return None
    try:
        if not 1 <= len(key) <= LONGEST or not all("!" <= character <= "~" for character in key):
            raise ValidationFailed({HEADER: [BAD_KEY]})
        mark, (asker, name) = _fingerprint(), _whose(key)
        kept = idempotency.begin(g.session, asker, name, mark, datetime.now(UTC))
    except AppError as error:
        return gate.refuse(error)
    if kept is None:
        g.idempotency = (asker, name, mark, g.transaction)
        return None
    again = Response(kept.body, kept.status, content_type=kept.content_type)
    again.headers["Idempotency-Replayed"] = "true"
    return again


def keep(answer: Response) -> Response:
    """In the work's own transaction; a refusal, whose work was undone, in one of its own. What only has to wait is not
    kept: the same request may do better later."""
    if g.get("idempotency") is None or answer.status_code >= 429 or answer.is_streamed:
        return answer
    asker, key, mark, transaction = g.idempotency
    made = KeptAnswer(answer.status_code, answer.content_type or "", answer.get_data())
    if g.get("transaction") is transaction:
        idempotency.finish(g.session, asker, key, made)
    else:
        with current_app.extensions["database"].transaction() as session:
            idempotency.keep_refusal(session, asker, key, mark, made, datetime.now(UTC))
    return answer


def _whose(key: str) -> tuple[int, str]:
    """Whom a key belongs to, and its name among theirs."""
    if g.context is not None:
        return g.context.actor.user_id, key
    return VISITOR, f"{request.remote_addr} {key}"


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode())
        for name, file in request.files.items(multi=True):
            digest.update(f"{name}:{file.filename}\n".encode() + hashlib.sha256(file.stream.read()).digest())
            file.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.hexdigest()
