"""Plain data: what may be stored in a variable of a process, whether or not a form describes it."""

from collections.abc import Mapping
from typing import Any

from kernel.errors import Message, ValidationFailed
from kernel.i18n import N_

PREFIX = "variables"
LONGEST_NAME = 255
DEEPEST = 20
MOST_VALUES = 20_000
LONGEST_VALUE = 500_000
LARGEST_INTEGER = 2**63 - 1

UNKNOWN = N_("There is no such field.")
REQUIRED = N_("Fill in this field.")


class Wrong(Exception):
    """A value that cannot be taken: messages by path below the field ("" is the field itself)."""

    def __init__(self, template: str, path: str = "", **params: Any) -> None:
        super().__init__(template)
        self.messages: dict[str, Message] = {path: Message(template, **params)}


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


def json_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Variables that no form describes: sensible names, and values that can be stored."""
    errors: dict[str, list[str | Message]] = {}
    clean: dict[str, Any] = {}
    for name, value in values.items():
        try:
            _check_name(name)
            clean[name] = clean_json(value)
        except Wrong as wrong:
            errors[f"{PREFIX}.{str(name)[:100]}"] = list(wrong.messages.values())
    if errors:
        raise ValidationFailed(errors)
    return clean


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or not _is_storable(name):
        raise Wrong(N_("This is not a name of a variable."))


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def clean_json(value: Any) -> Any:
    """A copy that can be stored: no endless depth, huge numbers, NaN, NUL or half characters."""
    return _clean(value, [MOST_VALUES, LONGEST_VALUE], 0)


def _clean(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    left[1] -= len(value) if isinstance(value, str) else 0
    if min(left) < 0 or depth > DEEPEST:
        raise Wrong(N_("This is too large."))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        return value
    if isinstance(value, float) and abs(value) <= 1.7e308:
        return value
    if isinstance(value, str) and _is_storable(value):
        return value
    if isinstance(value, list | tuple):
        return [_clean(item, left, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {_clean(str(key), left, depth + 1): _clean(item, left, depth + 1) for key, item in value.items()}
    raise Wrong(N_("This cannot be kept: it is not plain data."))
