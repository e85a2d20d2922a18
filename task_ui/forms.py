"""Forms: what a screen asks for, and reading what a browser sent back into values of use cases."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from processes.views import FormField
from task_ui import formatting

RECORD_TYPES = frozenset(
    {
        "account", "contact", "user", "product", "business_line", "competitor", "document", "team", "article", "process",
        "lead", "campaign", "calendar",
    }
)  # fmt: skip
RECORD_LISTS = frozenset({"users", "contacts", "products"})
ROWS = {
    "participants": ("contact_id", "role", "influence", "loyalty", "motives"),
    "competitors": ("id", "name", "strengths", "weaknesses"),
    "activities": ("kind", "subject", "due"),
}
IDS = frozenset({"contact_id", "id"})
NUMBER = re.compile(r"[\s\u00a0\u202f]")


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form. `type` is one of processes' field types, or lines, password, email, tel; `group` names
    the words its choices are taken from."""

    name: str
    label: str
    type: str = "string"
    required: bool = False
    group: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    wide: bool = False
    autocomplete: str = "off"
    maximum_length: int | None = None
    when: str = ""
    """`name=value` of another field: asked only while that has this value."""


SHOWN_IF = re.compile(r"not \((\w+) != '([^'\"=]*)'\)")


def of_task(fields: Iterable[FormField]) -> list[Input]:
    """A task's fields as this interface draws them; `participants` and other rows keep their own shape."""
    return [
        Input(
            name=f"v.{field.key}",
            label=field.label,
            type=field.type,
            required=field.required,
            group="stage" if field.type == "stage" and not field.options else "",
            options=tuple((option.code, option.label) for option in field.options),
            hint=field.description,
            wide=field.type in ("text", *ROWS),
            maximum_length=field.maximum_length,
            when=_when(field.show_if),
        )
        for field in fields
    ]


def _when(show_if: str | None) -> str:
    """The common kind of condition, which the page itself can follow; the others show their field always."""
    simple = SHOWN_IF.fullmatch(show_if or "")
    return f"v.{simple[1]}={simple[2]}" if simple else ""


def read(inputs: Iterable[Input], form: "MultiDict[str, str]") -> dict[str, Any]:
    """Every field as a value of a use case; an empty one is None."""
    return {field.name: value_of(field, form) for field in inputs if not isinstance(field, str)}


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the empty ones, for a new record."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def value_of(field: Input, form: "MultiDict[str, str]") -> Any:
    raw = form.get(field.name, "").strip()
    if field.type == "boolean":
        return field.name in form
    if field.type in ROWS:
        return rows_of(field, form)
    if field.type in RECORD_LISTS:
        return [int(item) if item.isdigit() else item for item in form.getlist(field.name) if item]
    if field.type in ("multiselect", "roles"):
        return [item for item in form.getlist(field.name) if item]
    if field.type == "lines":
        return [line.strip() for line in re.split(r"[\n,;]", form.get(field.name, "")) if line.strip()]
    if raw == "":
        return None
    if field.type in RECORD_TYPES:
        return int(raw) if raw.isdigit() else raw
    if field.type == "integer":
        return int(raw) if re.fullmatch(r"-?\d+", raw) else raw
    if field.type in ("money", "number"):
        plain = NUMBER.sub("", raw).replace(",", ".")
        return _number(plain) if field.type == "number" else plain
    if field.type == "datetime":
        return _moment(raw)
    return form.get(field.name, "") if field.type == "password" else raw


def rows_of(field: Input, form: "MultiDict[str, str]") -> list[dict[str, Any]]:
    """`name.3.role` of every row that holds anything, in the order of the page."""
    found: dict[int, dict[str, Any]] = {}
    for key, value in form.items():
        match = re.fullmatch(rf"{re.escape(field.name)}\.(\d+)\.(\w+)", key)
        if match and match[2] in ROWS[field.type] and value.strip():
            name, text = match[2], value.strip()
            read: Any = int(text) if name in IDS and text.isdigit() else _moment(text) if name == "due" else text
            found.setdefault(int(match[1]), {})[name] = read
    return [row for _, row in sorted(found.items()) if not _only_defaults(row)]


def _only_defaults(row: dict[str, Any]) -> bool:
    return not any(row.get(name) for name in ("contact_id", "name", "subject"))


def _number(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _moment(text: str) -> str:
    """What a datetime field sends is the person's own time; use cases want it with its zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=formatting.zone())
    return moment.isoformat()


def filled(record: Any, inputs: Iterable[Input]) -> dict[str, Any]:
    """The values a record has for a form; a password is never shown again."""
    return {field.name: getattr(record, field.name, None) for field in inputs if field.type != "password"}


def without_prefix(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Errors of a task's variables under the names its form uses."""
    return {re.sub(r"^variables\.", "v.", path): messages for path, messages in errors.items()}


def strip_prefix(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("v."): value for name, value in values.items()}
