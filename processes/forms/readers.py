"""How each type of field reads what was sent; everything comes out as plain JSON."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from email_validator import EmailNotValidError, validate_email

from kernel.errors import Message
from kernel.i18n import N_
from processes.forms.definition import LONGEST_LINE, LONGEST_TEXT, FieldDefinition
from processes.forms.plain import REQUIRED, UNKNOWN, Wrong, clean_json, is_empty
from processes.forms.references import Resolver

MOST_ITEMS = 200
LARGEST_AMOUNT = Decimal("9999999999999.99")
LARGEST_NUMBER = 2**53
LARGEST_ID = 2**63 - 1

ROLES = ("decision_maker", "owner", "influencer", "user", "accountant", "lawyer", "secretary")
INFLUENCES = ("low", "medium", "high")
LOYALTIES = ("negative", "neutral", "positive")
KINDS = ("call", "meeting", "presentation", "email", "task", "document_work", "approval")
VERDICTS = ("yes", "no", "unknown")

NO_RECORD = N_("There is no such record, or you may not see it.")
NOT_A_LIST = N_("This must be a list.")
NOT_AN_OBJECT = N_("This must be an object.")

Reader = Callable[[FieldDefinition, Any, Resolver], Any]


def line(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    if not isinstance(value, str):
        raise Wrong(N_("This must be text."))
    if any(category(sign) in ("Cc", "Cs") for sign in value):
        raise Wrong(N_("This must be one line without control characters."))
    return _limited(field, value.strip())


def text(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    if not isinstance(value, str):
        raise Wrong(N_("This must be text."))
    if any(category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in value):
        raise Wrong(N_("This must not contain control characters."))
    return _limited(field, value)


def _limited(field: FieldDefinition, value: str) -> str:
    if len(value) > field.longest:
        raise Wrong(N_("At most %(count)s characters."), count=field.longest)
    if len(value) < field.shortest:
        raise Wrong(N_("At least %(count)s characters."), count=field.shortest)
    if field.pattern is not None and not field.pattern.matches(value):
        raise Wrong(N_("This is not written in the expected way."))
    return value


def email(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    address = line(field, value, resolver)
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise Wrong(N_("This is not an e-mail address.")) from None
    return address


def phone(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    typed = line(field, value, resolver)
    if sum(sign.isdecimal() for sign in typed) < 3:
        raise Wrong(N_("This is not a phone number."))
    return typed


_NUMBER = re.compile(r"[+-]?[0-9]{1,30}([.,][0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")


def _decimal(value: Any) -> Decimal:
    """A number, or a text as people type it: 1 200,50."""
    if isinstance(value, str):
        value = "".join(value.split())
        if not _NUMBER.fullmatch(value):
            raise Wrong(N_("This must be a number."))
        value = value.replace(",", ".")
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Wrong(N_("This must be a number."))
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        raise Wrong(N_("This must be a number.")) from None
    if not number.is_finite():
        raise Wrong(N_("This must be a number."))
    return number


def _in_range(field: FieldDefinition, number: Decimal, largest: Decimal) -> Decimal:
    low = field.smallest if field.smallest is not None else -largest
    high = min(field.largest, largest) if field.largest is not None else largest
    if number < low:
        raise Wrong(N_("This must be at least %(limit)s."), limit=format(low, "f"))
    if number > high:
        raise Wrong(N_("This must be at most %(limit)s."), limit=format(high, "f"))
    return number


def number(field: FieldDefinition, value: Any, resolver: Resolver) -> int | float:
    found = _in_range(field, _decimal(value), Decimal(LARGEST_NUMBER))
    if field.digits is not None and found != found.quantize(Decimal(1).scaleb(-min(field.digits, 12))):
        raise Wrong(N_("At most %(count)s digits after the point."), count=field.digits)
    return int(found) if found == found.to_integral_value() else float(found)


def integer(field: FieldDefinition, value: Any, resolver: Resolver) -> int:
    found = _in_range(field, _decimal(value), Decimal(LARGEST_NUMBER))
    if found != found.to_integral_value():
        raise Wrong(N_("This must be a whole number."))
    return int(found)


def money(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    """Roubles and kopecks as text, never negative."""
    found = _decimal(value)
    if found < 0:
        raise Wrong(N_("An amount is never negative."))
    found = _in_range(field, found, LARGEST_AMOUNT)
    rounded = found.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if rounded != found:
        raise Wrong(N_("At most %(count)s digits after the point."), count=2)
    return format(rounded, "f")


def boolean(field: FieldDefinition, value: Any, resolver: Resolver) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise Wrong(N_("This must be yes or no."))
    return value


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)


def day(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    try:
        if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
            raise ValueError
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise Wrong(N_("This must be a date, for example 2026-11-21.")) from None


def moment(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    """RFC 3339; a time without a zone is meant in the person's own."""
    try:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value.strip()):
            raise ValueError
        found = datetime.fromisoformat(value.strip().upper().replace(",", "."))
        found = found if found.tzinfo else found.replace(tzinfo=resolver.time_zone)
        return found.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise Wrong(N_("This must be a date and time, for example 2026-11-21T14:30:00+03:00.")) from None


def clock(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", value.strip()):
            raise ValueError
        return time.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise Wrong(N_("This must be a time, for example 14:30.")) from None


def option(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong(N_("Choose one of the options."))
    code = str(value)
    known = [one.code for one in field.options]
    if code not in known and (known or len(code) > LONGEST_LINE or "\0" in code):
        raise Wrong(N_("Choose one of: %(options)s."), options=", ".join(known))
    return code


def several(read: Reader) -> Reader:
    """A list read item by item, without repetitions; one value counts as a list of one."""

    def read_list(field: FieldDefinition, value: Any, resolver: Resolver) -> list[Any]:
        items = value if isinstance(value, list) else [value]
        if isinstance(value, Mapping):
            raise Wrong(NOT_A_LIST)
        if len(items) > MOST_ITEMS:
            raise Wrong(N_("At most %(count)s of them."), count=MOST_ITEMS)
        found, wrong = [], Wrong(NOT_A_LIST)
        wrong.messages.clear()
        for place, item in enumerate(items):
            try:
                found.append(read(field, item, resolver))
            except Wrong as error:
                wrong.messages |= _below(str(place), error)
        if wrong.messages:
            raise wrong
        return list(dict.fromkeys(found)) if all(isinstance(item, str | int) for item in found) else found

    return read_list


def _below(path: str, error: Wrong) -> dict[str, Message]:
    return {f"{path}.{below}" if below else path: message for below, message in error.messages.items()}


def record(kind: str) -> Reader:
    """The number of a record that exists and may be seen."""

    def read_record(field: FieldDefinition, value: Any, resolver: Resolver) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value[:20])
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(N_("This must be the number of a record."))
        if not 0 < value <= LARGEST_ID or not resolver.has(kind, value):
            raise Wrong(NO_RECORD)
        return value

    return read_record


def code(kind: str, message: str) -> Reader:
    def read_code(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_LINE or "\0" in value or not resolver.has(kind, value):
            raise Wrong(message)
        return value

    return read_code


def anything(field: FieldDefinition, value: Any, resolver: Resolver) -> Any:
    return clean_json(value)


class Row:
    """Reads objects with known keys."""

    def __init__(self, *fields: tuple[FieldDefinition, Reader]) -> None:
        self.fields = {field.key: (field, read) for field, read in fields}

    def __call__(self, field: FieldDefinition, value: Any, resolver: Resolver) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise Wrong(NOT_AN_OBJECT)
        wrong = Wrong(NOT_AN_OBJECT)
        wrong.messages.clear()
        found: dict[str, Any] = {}
        for key in value:
            if key not in self.fields:
                wrong.messages[str(key)[:100]] = Message(UNKNOWN)
        for key, (inner, read) in self.fields.items():
            given = value.get(key)
            if is_empty(given):
                if inner.required:
                    wrong.messages[key] = Message(REQUIRED)
                found[key] = inner.default
                continue
            try:
                found[key] = read(inner, given, resolver)
            except Wrong as error:
                wrong.messages |= _below(key, error)
        if wrong.messages:
            raise wrong
        return found


def _one_of(*codes: str) -> Reader:
    def read(field: FieldDefinition, value: Any, resolver: Resolver) -> str:
        if value not in codes:
            raise Wrong(N_("Choose one of: %(options)s."), options=", ".join(codes))
        return str(value)

    return read


def _of(key: str, read: Reader, *, required: bool = False, longest: int = LONGEST_LINE, default: Any = None) -> Any:
    return FieldDefinition(key, "string", key, required=required, longest=longest, default=default), read


PARTICIPANT = Row(
    _of("contact_id", record("contact"), required=True),
    _of("role", _one_of(*ROLES), required=True),
    _of("influence", _one_of(*INFLUENCES)),
    _of("loyalty", _one_of(*LOYALTIES)),
    _of("motives", text, longest=LONGEST_TEXT),
)
COMPETITOR = Row(
    _of("id", record("competitor")),
    _of("name", line, required=True),
    _of("strengths", text, longest=LONGEST_TEXT),
    _of("weaknesses", text, longest=LONGEST_TEXT),
    _of("is_winner", boolean, default=False),
)
ACTIVITY = Row(
    _of("kind", _one_of(*KINDS), default="task"),
    _of("subject", line, required=True),
    _of("start", moment),
    _of("due", moment),
    _of("owner_id", record("user")),
)
ANSWER = Row(_of("value", text, longest=LONGEST_TEXT), _of("verdict", _one_of(*VERDICTS), default="unknown"))

READERS: dict[str, Reader] = {
    "string": line,
    "text": text,
    "email": email,
    "phone": phone,
    "number": number,
    "integer": integer,
    "money": money,
    "boolean": boolean,
    "date": day,
    "datetime": moment,
    "time": clock,
    "select": option,
    "multiselect": several(option),
    "stage": code("stage", N_("There is no such stage, or the deal cannot go there.")),
    "process": code("process", N_("There is no such process.")),
    "user": record("user"),
    "users": several(record("user")),
    "account": record("account"),
    "contact": record("contact"),
    "contacts": several(record("contact")),
    "product": record("product"),
    "products": several(record("product")),
    "competitor": record("competitor"),
    "business_line": record("business_line"),
    "document": record("document"),
    "file": record("document"),
    "article": record("article"),
    "participants": several(PARTICIPANT),
    "competitors": several(COMPETITOR),
    "activities": several(ACTIVITY),
    "answer": ANSWER,
    "json": anything,
}
