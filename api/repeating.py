"""`Idempotency-Key`: a POST that is repeated gets its first answer again."""

import hashlib

from flask import Flask, Response, current_app, g, request

from api import gate
from kernel import idempotency
from kernel.errors import AppError, ValidationFailed
from kernel.i18n import N_
from kernel.idempotency import KeptAnswer

HEADER = "Idempotency-Key"
LONGEST = 255
BAD_KEY = N_("An Idempotency-Key has 1 to 255 printable ASCII characters without spaces.")


def prepare(app: Flask) -> None:
    app.before_request(begin)
    app.after_request(keep)


def begin() -> Response | None:
    """None where the work is to be done; else the answer that was given the first time."""
    g.idempotency = None
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST" or not request.path.startswith(gate.PREFIX) or g.context is None:
        return None
    try:
        if not 1 <= len(key) <= LONGEST or not all("!" <= character <= "~" for character in key):
            raise ValidationFailed({HEADER: [BAD_KEY]})
        mark = _fingerprint()
        kept = idempotency.begin(g.session, g.context.actor.user_id, key, mark, g.context.now())
    except AppError as error:
        return gate.refuse(error)
    if kept is None:
        g.idempotency = (key, mark, g.transaction)
        return None
    again = Response(kept.body, kept.status, content_type=kept.content_type)
    again.headers["Idempotency-Replayed"] = "true"
    return again


def keep(answer: Response) -> Response:
    """In the work's own transaction; a refusal, whose work was undone, in one of its own."""
    if g.get("idempotency") is None or answer.status_code >= 500 or answer.is_streamed:
        return answer
    key, mark, transaction = g.idempotency
    made = KeptAnswer(answer.status_code, answer.content_type or "", answer.get_data())
    user_id = g.context.actor.user_id
    if g.get("transaction") is transaction:
        idempotency.finish(g.session, user_id, key, made)
    else:
        with current_app.extensions["database"].transaction() as session:
            idempotency.keep_refusal(session, user_id, key, mark, made, g.context.now())
    return answer


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
