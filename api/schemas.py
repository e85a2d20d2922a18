"""What all resources share: strict field types, pages, people, and the shape of errors."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate
from werkzeug.routing import IntegerConverter

from kernel.i18n import N_
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, Slice, decode_cursor

ID = "<id:{}>"
"""A record's number in an address."""
LARGEST = 2**63 - 1
LARGEST_NUMBER = 10**300
"""What is beyond is infinite to most who read JSON."""
UNREADABLE = N_("This must not contain control characters.")
TOO_LARGE = N_("This number is too large.")
NAME = validate.Length(min=1, max=255)


def path(template: str) -> str:
    """`/{id}` with numbers that fit a column."""
    import re

    return re.sub(r"\{(\w*id)\}", lambda match: ID.format(match[1]), template)


class IdConverter(IntegerConverter):
    """What no column can hold is simply not there. By its form: werkzeug takes a number out of range for a 405."""

    regex = "[1-9][0-9]{0,17}"

    def __init__(self, map: Any) -> None:
        super().__init__(map, min=1, max=10**18 - 1)


class Number(fields.Integer):
    """A record's id; text with digits is no number here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=1, max=LARGEST), **kwargs)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return super()._validated(value)


class Whole(fields.Integer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return super()._validated(value)


class IdArg(fields.Integer):
    """A record's id in the query of an address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=1, max=LARGEST), **kwargs)


class Flag(fields.Boolean):
    truthy = {True}  # noqa: RUF012 - the library's own protocol
    falsy = {False}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Money(fields.Field):  # type: ignore[type-arg]
    """An amount as text, `1500000.00`; the use case reads and rounds it."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(Decimal(value), "f")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("Not a valid string.")
        return value


class Span(fields.Field):  # type: ignore[type-arg]
    """A length of time, in seconds."""

    def _serialize(self, value: timedelta | None, attr: str | None, obj: Any, **kwargs: Any) -> float | None:
        return None if value is None else value.total_seconds()


class Anything(fields.Field):  # type: ignore[type-arg]
    """Any JSON value."""


def Time(**kwargs: Any) -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso", **kwargs)


def Text(**kwargs: Any) -> fields.String:
    return fields.String(**kwargs)


def unreadable(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where something stands that the database cannot keep, and what is wrong with it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            yield from ((path, told) for _, told in unreadable(key))
            yield from unreadable(inner, here)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from unreadable(inner, f"{path}.{place}" if path else str(place))
    elif isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        yield path, UNREADABLE
    elif isinstance(value, int | float) and not abs(value) < LARGEST_NUMBER:
        yield path, TOO_LARGE


class Given(Schema):
    """What a request brings, in its address or its body."""

    @pre_load
    def refuse_unreadable(self, data: Any, **_: Any) -> Any:
        if wrong := dict(unreadable(data)):
            raise ValidationError({path or "_schema": [told] for path, told in wrong.items()})
        return data


class Body(Given):
    """A body of a request: keys that are not listed are refused."""

    class Meta:
        unknown = RAISE


class Answer(Schema):
    class Meta:
        unknown = RAISE

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Without the library's search for the name among keys, which views and rows do not have."""
        return obj.get(attr, default) if isinstance(obj, dict) else getattr(obj, attr, default)


class Nothing(Body):
    """An empty object."""


class PageArgs(Given):
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(min=1, max=MAXIMUM_LIMIT))
    after = fields.String(load_default=None)


def page_of(args: dict[str, Any]) -> Page:
    """Takes the page out of the arguments of a list; what stays are its filters."""
    after = args.pop("after", None)
    return Page(args.pop("limit", DEFAULT_LIMIT), decode_cursor(after) if after else None)


@cache
def list_of(schema: type[Schema]) -> Schema:
    """`{"items": […], "next": …}` of a schema."""
    name = f"{schema.__name__}List"
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(schema), required=True),
            "next": fields.String(allow_none=True, required=True),
        },
        name=name,
    )()


def shown(found: Slice[Any]) -> dict[str, Any]:
    return {"items": list(found.items), "next": found.next}


class PersonRef(Answer):
    id = fields.Integer(required=True)
    username = Text(required=True)
    name = Text(required=True)


class ErrorAnswer(Answer):
    code = Text(required=True)
    message = Text(required=True)
    details = fields.Dict(keys=fields.String(), required=True)
