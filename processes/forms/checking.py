"""Checks what came back from a form: every wrong field is named, every key of the form is in the outcome."""

from collections.abc import Iterator, Mapping
from typing import Any

from bpmn.expressions import ExpressionError
from kernel.errors import Message, ValidationFailed
from processes.forms.definition import FieldDefinition, FormDefinition
from processes.forms.plain import PREFIX, REQUIRED, UNKNOWN, Wrong, is_empty
from processes.forms.readers import READERS
from processes.forms.references import Resolver


def validate(form: FormDefinition, result: str | None, given: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
    """The values to store, one for each key that the form asks for; None where nothing was given and there is no default.

    Raises ValidationFailed with paths below `variables`. Fields hidden by their condition are None, whatever came.
    """
    errors: dict[str, list[str | Message]] = {
        f"{PREFIX}.{str(key)[:100]}": [UNKNOWN] for key in given if key not in form.keys
    }
    values: dict[str, Any] = {}
    asked = [field for field in form.fields if not field.read_only]
    for field in asked:
        try:
            values[field.key] = _read(field, given, resolver)
        except Wrong as wrong:
            for path, message in wrong.messages.items():
                errors[f"{PREFIX}.{field.key}.{path}" if path else f"{PREFIX}.{field.key}"] = [message]
    others = resolver.variables if any(field.hide is not None for field in form.fields) else {}
    names = _Names({**dict.fromkeys(form.keys), **values}, others)
    for field in form.fields:
        if _is_hidden(field, names):
            values[field.key] = None
            for path in [path for path in errors if _is_below(path, f"{PREFIX}.{field.key}")]:
                del errors[path]
        elif field.required and field.is_asked_for(result) and is_empty(values.get(field.key, 0)):
            errors[f"{PREFIX}.{field.key}"] = [REQUIRED]
    if errors:
        raise ValidationFailed(errors)
    return values


def _read(field: FieldDefinition, given: Mapping[str, Any], resolver: Resolver) -> Any:
    value = given.get(field.key)
    if not is_empty(value):
        return READERS[field.type](field, value, resolver)
    if field.key not in given and not is_empty(field.default):
        try:
            return READERS[field.type](field, field.default, resolver)
        except Wrong:
            return None  # a default that does not fit is the designer's mistake, not the person's
    if isinstance(value, list):
        return []
    return False if field.type == "boolean" and field.key in given and value is not None else None


def _is_below(path: str, parent: str) -> bool:
    return path == parent or path.startswith(f"{parent}.")


def _is_hidden(field: FieldDefinition, names: Mapping[str, Any]) -> bool:
    try:
        return field.hide is not None and field.hide.test(names)
    except ExpressionError:
        return False


class _Names(Mapping[str, Any]):
    """The form's own values, then the process's."""

    def __init__(self, own: Mapping[str, Any], others: Mapping[str, Any]) -> None:
        self.own = own
        self.others = others

    def __getitem__(self, name: str) -> Any:
        return self.own[name] if name in self.own else self.others[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.others, **self.own})

    def __len__(self) -> int:
        return len({**self.others, **self.own})
