"""The five verbs of a kind of record, from its use cases and its schemas."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from flask import g, request
from flask_smorest import Blueprint
from marshmallow import INCLUDE, Schema

from api import errors
from api.schemas import ID, Body, PageArgs, Whole, list_of, page_of, shown
from kernel.errors import ValidationFailed
from kernel.i18n import N_

UseCase = Callable[..., Any]
NO_FILE = N_("Choose a file.")
UNKNOWN = N_("There is no such field.")


class Resources(Blueprint):  # type: ignore[misc]
    def arguments(self, schema: type[Schema] | Schema, **more: Any) -> Any:
        """The library's own would make an instance of the schema for each request, which takes longer than reading it."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **more)


def blueprint(name: str, description: str) -> Blueprint:
    made = Resources(f"api-{name}", __name__, url_prefix="/api/v1", description=description)
    errors.attach(made)
    return made


def gives_object(bp: Blueprint, description: str) -> Callable[[UseCase], UseCase]:
    """Documents an answer that is an object of any keys, which the view makes itself."""
    content = {"application/json": {"schema": {"type": "object"}}}
    documented: Callable[[UseCase], UseCase] = bp.doc(responses={200: {"description": description, "content": content}})
    return documented


def resource(
    bp: Blueprint,
    path: str,
    *,
    answer: type[Schema],
    body: type[Schema] | None = None,
    args: type[PageArgs] = PageArgs,
    list_: UseCase | None = None,
    get: UseCase | None = None,
    create: UseCase | None = None,
    update: UseCase | None = None,
    delete: UseCase | None = None,
) -> None:
    """`path` like `/accounts` or `/deals/<…>/participants`: its numbers go to the use cases before the record's own.

    Bodies are checked for types here and for meaning by the use cases, which also name unknown and read-only keys.
    """
    one, name = f"{path}/{ID.format('record_id')}", path.rsplit("/", 1)[-1].replace("-", "_")
    if list_ is not None:
        _list(bp, path, f"list_{name}", list_, answer, args)
    if create is not None and body is not None:
        _create(bp, path, f"create_{name}", create, answer, body)
    if get is not None:
        _get(bp, one, f"get_{name}", get, answer)
    if update is not None and body is not None:
        _update(bp, one, f"update_{name}", update, answer, body)
    if delete is not None:
        _delete(bp, one, f"delete_{name}", delete)


def _list(bp: Blueprint, path: str, name: str, use_case: UseCase, answer: type[Schema], args: type[PageArgs]) -> None:
    @bp.route(path, endpoint=name, methods=["GET"])
    @bp.arguments(args, location="query")
    @bp.response(200, list_of(answer))
    def view(filters: dict[str, Any], **numbers: int) -> Any:
        page = page_of(filters)
        return shown(use_case(g.context, *numbers.values(), page=page, **filters))

    view.__doc__ = _first_line(use_case)


def _create(bp: Blueprint, path: str, name: str, use_case: UseCase, answer: type[Schema], body: type[Schema]) -> None:
    @bp.route(path, endpoint=name, methods=["POST"])
    @bp.arguments(body, unknown=INCLUDE)
    @bp.response(201, answer)
    def view(values: Mapping[str, Any], **numbers: int) -> Any:
        return use_case(g.context, *numbers.values(), values)

    view.__doc__ = _first_line(use_case)


def _get(bp: Blueprint, path: str, name: str, use_case: UseCase, answer: type[Schema]) -> None:
    @bp.route(path, endpoint=name, methods=["GET"])
    @bp.response(200, answer)
    def view(**numbers: int) -> Any:
        return use_case(g.context, *numbers.values())

    view.__doc__ = _first_line(use_case)


def _update(bp: Blueprint, path: str, name: str, use_case: UseCase, answer: type[Schema], body: type[Schema]) -> None:
    @bp.route(path, endpoint=name, methods=["PATCH"])
    @bp.arguments(change_of(body), unknown=INCLUDE)
    @bp.response(200, answer)
    def view(values: Mapping[str, Any], **numbers: int) -> Any:
        return use_case(g.context, *numbers.values(), values)

    view.__doc__ = _first_line(use_case)


def _delete(bp: Blueprint, path: str, name: str, use_case: UseCase) -> None:
    @bp.route(path, endpoint=name, methods=["DELETE"])
    @bp.response(204)
    def view(**numbers: int) -> None:
        use_case(g.context, *numbers.values())

    view.__doc__ = _first_line(use_case)


def _first_line(use_case: UseCase) -> str:
    return (use_case.__doc__ or use_case.__name__.replace("_", " ").capitalize()).strip().split("\n")[0]


def upload(*keys: str) -> tuple[str, bytes, str | None]:
    """The one file of a multipart body, which may have the keys besides: its name, content and type."""
    if strange := set(request.form) - set(keys) | set(request.files) - {"file"}:
        raise ValidationFailed({key: [UNKNOWN] for key in strange})
    file = request.files.get("file")
    if file is None or not file.filename:
        raise ValidationFailed({"file": [NO_FILE]})
    return file.filename, file.stream.read(), file.mimetype or None


def body_of(name: str, answer: type[Schema], keys: Mapping[str, Any], **more: Any) -> type[Schema]:
    """The body that makes or changes a record: the keys its use case reads, with the types its answer has."""
    declared: dict[str, Any] = {}
    for key, how in keys.items():
        field = copy.deepcopy(answer._declared_fields[key])
        field.required, field.allow_none, field.dump_only = how.required, how.nullable and not how.required, False
        declared[key] = field
    return type(name, (Body,), {**declared, **more})


def change_of(body: type[Schema]) -> Schema:
    """The body that changes a record: nothing is required, and `version` guards against somebody else's change."""
    return type(body.__name__, (body,), {"version": Whole()})(partial=True)
