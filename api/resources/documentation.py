"""The OpenAPI document."""

import json
from functools import cache
from typing import Any

from flask import Response, current_app

from api import gate
from api.records import blueprint
from api.schemas import ErrorAnswer

bp = blueprint("documentation", "This document")
REFUSALS = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not there, or not for you",
    409: "Something stands in the way",
    413: "Too large",
    415: "Not JSON",
    422: "Something in it is wrong; details.fields says what",
    429: "Too many attempts",
    503: "The database is away for a moment",
}


@bp.route("/openapi.json", methods=["GET"])
@bp.doc(responses={200: {"description": "This document", "content": {"application/json": {}}}})
def openapi() -> Response:
    """This document."""
    return Response(document(), mimetype="application/json")


@cache
def document() -> str:
    """The specification, with the answers that any address may give."""
    api = current_app.extensions["api"]
    made: dict[str, Any] = api.spec.to_dict()
    made["security"] = [{"token": []}, {"session": []}]
    for tag in made["tags"]:
        tag["name"] = tag["name"].removeprefix("api-")
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            operation["tags"] = [tag.removeprefix("api-") for tag in operation.get("tags", [])]
            _add_refusals(operation.setdefault("responses", {}))
            _ask_for_a_body_only_where_it_matters(operation, made["components"]["schemas"])
            if gate.is_public_path(path, method.upper()):
                operation["security"] = []
            elif path in gate.LOOPBACK_PATHS:
                operation["security"] = [{}, *made["security"]]
            if method == "post":
                operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/idempotency_key"})
    return json.dumps(made, ensure_ascii=False)


def _add_refusals(answers: dict[str, Any]) -> None:
    """Any address may refuse; the framework's own description of a 422 gives way to ours."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
    answers.pop("default", None)
    for status, description in REFUSALS.items():
        if status == 422 or str(status) not in answers:
            answers[str(status)] = {"description": description, "content": content}


def _ask_for_a_body_only_where_it_matters(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    body = operation.get("requestBody", {})
    for content in body.get("content", {}).values():
        name = content["schema"].get("$ref", "").rsplit("/", 1)[-1]
        body["required"] = bool(schemas.get(name, {}).get("required"))


def name_of(schema: Any) -> str:
    """A change takes the same keys as the making of a record, none of them required."""
    name = schema.__name__ if isinstance(schema, type) else type(schema).__name__
    return f"{name.removesuffix('Change')}Change" if getattr(schema, "partial", False) else name


def declare(api: Any) -> None:
    spec = api.spec
    spec.components.schema("ErrorAnswer", schema=ErrorAnswer)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "session"})
    spec.components.parameter(
        "idempotency_key",
        "header",
        {
            "name": "Idempotency-Key",
            "description": "Repeat a request with the same key and get the first answer again",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        },
    )
