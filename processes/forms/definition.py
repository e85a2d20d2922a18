"""A form as its file says: fields with type, labels, limits and conditions, read from the form-js schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from bpmn.expressions import Expression, ExpressionError, compile_expression
from kernel.errors import Message
from kernel.i18n import LANGUAGES, N_, pick_title
from processes.forms.patterns import Pattern, PatternError, compile_pattern

LONGEST_LINE = 255
LONGEST_TEXT = 20_000
DEEPEST = 10
MOST_FIELDS = 300

TYPES = frozenset(
    {
        "string", "text", "email", "phone", "number", "integer", "money", "boolean", "date", "datetime", "time",
        "select", "multiselect", "stage", "process", "user", "users", "account", "contact", "contacts", "product",
        "products", "competitor", "business_line", "document", "article", "file", "participants", "competitors",
        "activities", "answer", "json",
    }
)  # fmt: skip
"""Our field types; `answer` is {value, verdict}, `file` a document."""

_BY_COMPONENT = {
    "textfield": "string", "textarea": "text", "number": "number", "checkbox": "boolean", "radio": "select",
    "select": "select", "checklist": "multiselect", "taglist": "multiselect", "datetime": "datetime",
    "filepicker": "file", "email": "email", "phone": "phone", "phoneNumber": "phone", "date": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return pick_title(dict(self.labels), self.label, language)


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """`results` are those that need the field (empty: all). Where `hide` holds, the field is not asked."""

    key: str
    type: str
    label: str
    labels: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    results: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    default: Any = None
    shortest: int = 0
    longest: int = LONGEST_LINE
    smallest: Decimal | None = None
    largest: Decimal | None = None
    digits: int | None = None
    pattern: Pattern | None = None
    hide: Expression | None = None
    read_only: bool = False

    def title(self, language: str) -> str:
        return pick_title(dict(self.labels), self.label, language) or self.key

    def is_asked_for(self, result: str | None) -> bool:
        return not self.results or result in self.results


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """`problems` are parts of the file that could not be understood and are left out."""

    key: str
    fields: tuple[FieldDefinition, ...]
    problems: tuple[Message, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.fields)


def read_form(content: Mapping[str, Any]) -> FormDefinition:
    """A form of any content: what cannot be understood becomes a problem, never an exception."""
    problems: list[Message] = []
    fields: dict[str, FieldDefinition] = {}
    for component in _components(content.get("components"), 0):
        key = component.get("key")
        kind = _type_of(component)
        if kind is None or not isinstance(key, str) or not key:
            continue
        if key in fields or len(fields) >= MOST_FIELDS:
            problems.append(Message(N_("The field “%(key)s” stands in the form twice."), key=key))
            continue
        fields[key] = _field(key, kind, component, problems)
    return FormDefinition(_text(content.get("id")), tuple(fields.values()), tuple(problems))


def _components(components: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Every component; those in groups and columns count as if they stood alone."""
    if not isinstance(components, list) or depth > DEEPEST:
        return
    for component in components:
        if isinstance(component, Mapping):
            yield component
            if component.get("type") != "dynamiclist":
                yield from _components(component.get("components"), depth + 1)


def _type_of(component: Mapping[str, Any]) -> str | None:
    wanted = _properties(component).get("type")
    if isinstance(wanted, str) and wanted in TYPES:
        return wanted
    kind = component.get("type")
    if kind == "datetime":
        return {"date": "date", "time": "time"}.get(_text(component.get("subtype")), "datetime")
    if kind == "number" and component.get("decimalDigits") == 0:
        return "integer"
    return "json" if kind == "dynamiclist" else _BY_COMPONENT.get(_text(kind))


def _field(key: str, kind: str, component: Mapping[str, Any], problems: list[Message]) -> FieldDefinition:
    checks = component.get("validate")
    checks = checks if isinstance(checks, Mapping) else {}
    properties = _properties(component)
    longest = _whole(checks.get("maxLength"))
    most = LONGEST_TEXT if kind in ("text", "json") else LONGEST_LINE
    return FieldDefinition(
        key=key,
        type=kind,
        label=_text(component.get("label") or component.get("dateLabel")),
        labels=_translations(properties, "label"),
        description=_text(component.get("description")),
        descriptions=_translations(properties, "description"),
        required=checks.get("required") is True,
        results=tuple(code.strip() for code in _text(properties.get("results")).split(",") if code.strip()),
        options=_options(component),
        read_only=component.get("readonly") is True,
        default=component.get("defaultValue", properties.get("default")),
        shortest=_whole(checks.get("minLength")) or 0,
        longest=min(longest, LONGEST_TEXT) if longest else most,
        smallest=_decimal(checks.get("min")),
        largest=_decimal(checks.get("max")),
        digits=_whole(component.get("decimalDigits")),
        pattern=_pattern(key, checks.get("pattern"), problems),
        hide=_hide(key, component.get("conditional"), problems),
    )


def _options(component: Mapping[str, Any]) -> tuple[Option, ...]:
    values = component.get("values")
    found: dict[str, Option] = {}
    for value in values if isinstance(values, list) else ():
        if isinstance(value, Mapping) and isinstance(value.get("value"), str | int | float):
            code = str(value["value"])
            found.setdefault(code, Option(code, _text(value.get("label")) or code, _translations(value, "label")))
    return tuple(found.values())


def _pattern(key: str, source: Any, problems: list[Message]) -> Pattern | None:
    if not isinstance(source, str) or not source:
        return None
    try:
        return compile_pattern(source)
    except PatternError:
        problems.append(Message(N_("The pattern of the field “%(key)s” cannot be checked."), key=key))
        return None


def _hide(key: str, conditional: Any, problems: list[Message]) -> Expression | None:
    source = conditional.get("hide") if isinstance(conditional, Mapping) else None
    if not isinstance(source, str) or not source.strip():
        return None
    try:
        return compile_expression(source, language="feel")
    except ExpressionError:
        problems.append(Message(N_("The condition of the field “%(key)s” cannot be understood."), key=key))
        return None


def _properties(component: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = component.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _translations(source: Mapping[str, Any], name: str) -> dict[str, str]:
    found = {language: _text(source.get(f"{name}{language.capitalize()}")) for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    number = _decimal(value)
    return int(number) if number is not None and 0 <= number <= 10**6 else None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
