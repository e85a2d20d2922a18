"""Errors as JSON: a stable code, a sentence in the asker's language, and details that say where."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException

from crm_model.auth import NotSignedIn
from crm_model.telephony import BadSignature
from kernel.errors import AppError, Conflict, NotFound, PermissionDenied, TooManyRequests, ValidationFailed
from kernel.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_, translate

STATUS: dict[type[AppError], int] = {
    NotFound: 404,
    PermissionDenied: 403,
    Conflict: 409,
    ValidationFailed: 422,
    NotSignedIn: 401,
    TooManyRequests: 429,
    BadSignature: 401,
}
SAYINGS: dict[int, tuple[str, str]] = {
    400: ("bad_request", N_("The request cannot be read.")),
    404: ("not_found", N_("There is nothing at this address.")),
    405: ("method_not_allowed", N_("This address does not take this method.")),
    406: ("not_acceptable", N_("The answer is JSON only.")),
    413: ("too_large", N_("This is too large.")),
    415: ("unsupported_media_type", N_("Send JSON, with Content-Type: application/json.")),
    422: ("validation_failed", N_("Some fields need your attention.")),
    500: ("internal_error", N_("Something broke on our side. Nothing was changed.")),
}
WORDS = {
    "Missing data for required field.": N_("Fill in this field."),
    "Field may not be null.": N_("Fill in this field."),
    "Unknown field.": N_("There is no such field."),
    "Not a valid integer.": N_("This must be a whole number."),
    "Not a valid string.": N_("This must be text."),
    "Not a valid boolean.": N_("This must be yes or no."),
    "Not a valid list.": N_("This must be a list."),
    "Not a valid mapping type.": N_("This must be an object."),
    "Not a valid aware datetime.": N_("This must be a time with its zone."),
    "Not a valid date.": N_("This must be a date."),
    "Invalid input type.": N_("This must be an object."),
}
"""The library's sentences for wrong types, said in ours."""


def language() -> str:
    context = g.get("context")
    if context is not None:
        return str(context.actor.language)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def attach(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(AppError, of_app)
    blueprint.register_error_handler(HTTPException, of_http)
    blueprint.register_error_handler(RecursionError, of_depth)


def answer(status: int, code: str, message: str, details: dict[str, Any] | None = None) -> Response:
    made = jsonify(code=code, message=message, details=details or {})
    made.status_code = status
    return made


def of_app(error: AppError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    details = dict(error.details)
    if isinstance(error, ValidationFailed):
        details["fields"] = error.fields_in(language())
    made = answer(status, error.code, error.in_language(language()), details)
    if isinstance(error, TooManyRequests):
        made.headers["Retry-After"] = str(error.retry_after)
    if status == 401:
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


def of_depth(error: RecursionError) -> Response:
    """JSON nested deeper than anybody means it, which the parser gives up on."""
    return of_http(BadRequest())


def of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    code, saying = SAYINGS.get(status, ("error", N_("Something went wrong.")))
    details: dict[str, Any] = {}
    told = getattr(error, "data", None)
    if isinstance(told, dict) and "messages" in told:
        details["fields"] = _fields(told["messages"])
    made = answer(status, code, translate(saying, language()), details)
    if allowed := getattr(error, "valid_methods", None):
        made.headers["Allow"] = ", ".join(sorted(allowed))
    return made


def _fields(messages: Any) -> dict[str, list[str]]:
    """marshmallow's tree below the place a value came from, as dotted paths."""
    found: dict[str, list[str]] = {}

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for key, inner in node.items():
                here = path if key == "_schema" else f"{path}.{key}" if path else str(key)
                walk(inner, here)
        else:
            said = node if isinstance(node, list) else [node]
            found.setdefault(path, []).extend(_word(str(sentence)) for sentence in said)

    for tree in messages.values():
        walk(tree, "")
    return found


def _word(sentence: str) -> str:
    return translate(WORDS.get(sentence, sentence), language())
