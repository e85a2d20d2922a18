"""Reading what callers send for a record: unknown and read-only keys, types, lengths and references, all told at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from crm_model import access
from kernel.context import Context
from kernel.errors import Conflict, Message, ValidationFailed
from kernel.i18n import N_

NAME_LENGTH = 255
TEXT_LENGTH = 20_000
LARGEST_AMOUNT = Decimal("9999999999999.99")
LARGEST_ID = 2**63 - 1

REQUIRED = N_("Fill in this field.")
UNKNOWN = N_("There is no such field.")
READ_ONLY = N_("This field cannot be changed here.")
NO_RECORD = N_("There is no such record, or you may not see it.")

UNREADABLE = ("Cc", "Cs")
"""Control characters and halves of surrogate pairs, which PostgreSQL does not keep."""


class Wrong(Exception):
    """A value that cannot be taken, with the message for the person who sent it."""

    def __init__(self, template: str, **params: Any) -> None:
        super().__init__(template)
        self.message = Message(template, **params)


Read = Callable[[Context, Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """How a key is read. `nullable`: None is a value of its own, an empty one."""

    read: Read
    required: bool = False
    nullable: bool = True


Fields = Mapping[str, Field]


def read(
    ctx: Context,
    values: Mapping[str, Any],
    fields: Fields,
    *,
    partial: bool = False,
    read_only: Iterable[str] = (),
) -> dict[str, Any]:
    """The values as Python values, or ValidationFailed with every key that is wrong; `partial` for an update."""
    errors: dict[str, list[str | Message]] = {}
    clean: dict[str, Any] = {}
    locked = set(read_only)
    for key, value in values.items():
        if key in locked:
            errors[key] = [READ_ONLY]
        elif key == "version" and partial:
            continue
        elif key not in fields:
            errors[key] = [UNKNOWN]
        elif is_empty(value):
            if fields[key].required or not fields[key].nullable:
                errors[key] = [REQUIRED]
            else:
                clean[key] = None
        else:
            try:
                clean[key] = fields[key].read(ctx, value)
            except Wrong as wrong:
                errors[key] = [wrong.message]
    if not partial:
        errors |= {key: [REQUIRED] for key, field in fields.items() if field.required and key not in values}
    if errors:
        raise ValidationFailed(errors)
    return clean


def check_version(record: Any, values: Mapping[str, Any]) -> None:
    """409 where the caller saw an older state of the record than there is now; a caller may leave it out."""
    if values.get("version") not in (None, record.version):
        raise Conflict(details={"version": record.version})


def is_empty(value: Any) -> bool:
    """Nothing, or nothing but blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def name(ctx: Context, value: Any) -> str:
    """One line of 1 to 255 characters."""
    if not isinstance(value, str):
        raise Wrong(N_("This must be text."))
    if not value.isprintable() and any(category(char) in UNREADABLE for char in value):
        raise Wrong(N_("This must be one line without control characters."))
    if len(value) > NAME_LENGTH:
        raise Wrong(N_("At most %(count)d characters."), count=NAME_LENGTH)
    return value.strip()


def long_text(ctx: Context, value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(N_("This must be text."))
    if not value.isprintable() and any(category(char) in UNREADABLE and char not in "\n\r\t" for char in value):
        raise Wrong(N_("This must not contain control characters."))
    if len(value) > TEXT_LENGTH:
        raise Wrong(N_("At most %(count)d characters."), count=TEXT_LENGTH)
    return value


def boolean(ctx: Context, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(N_("This must be yes or no."))
    return value


def choice(options: Iterable[str]) -> Read:
    known = tuple(options)

    def read_choice(ctx: Context, value: Any) -> str:
        if value not in known:
            raise Wrong(N_("Choose one of: %(options)s."), options=", ".join(known))
        return str(value)

    return read_choice


def decimal(places: int, largest: Decimal, smallest: Decimal = Decimal(0)) -> Read:
    """A number from `smallest` to `largest` with at most so many places; text is taken, a binary float is not exact."""

    def read_decimal(ctx: Context, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise Wrong(N_("This must be a number."))
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise Wrong(N_("This must be a number.")) from None
        if not number.is_finite() or not smallest <= number <= largest:
            raise Wrong(N_("This must be from %(smallest)s to %(largest)s."), smallest=smallest, largest=largest)
        rounded = number.quantize(Decimal(1).scaleb(-places))
        if rounded != number:
            raise Wrong(N_("At most %(count)d digits after the point."), count=places)
        return rounded

    return read_decimal


money = decimal(2, LARGEST_AMOUNT)
percent = decimal(2, Decimal(100))


def whole_percent(ctx: Context, value: Any) -> int:
    return int(decimal(0, Decimal(100))(ctx, value))


def moment(ctx: Context, value: Any) -> datetime:
    """A time with its zone."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, datetime):
        raise Wrong(N_("This must be a date and time."))
    if found.tzinfo is None:
        raise Wrong(N_("This must be a time with its zone."))
    return found


def day(ctx: Context, value: Any) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, date) or isinstance(found, datetime):
        raise Wrong(N_("This must be a date."))
    return found


def currency(ctx: Context, value: Any) -> str:
    if not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
        raise Wrong(N_("This must be the code of a currency, such as RUB."))
    return value


def number(ctx: Context, value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_ID:
        raise Wrong(NO_RECORD)
    return value


def record(entity: type[Any]) -> Read:
    """The id of a record that the caller may see."""

    def read_record(ctx: Context, value: Any) -> int:
        found = access.find(ctx, entity, number(ctx, value))
        if found is None:
            raise Wrong(NO_RECORD)
        return int(found.id)

    return read_record


def many(read_one: Read) -> Read:
    """A list, read item by item, without repetitions."""

    def read_many(ctx: Context, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise Wrong(N_("This must be a list."))
        return list(dict.fromkeys(read_one(ctx, item) for item in value))

    return read_many


def rows(value: Any, path: str, *, key: str) -> list[dict[str, Any]]:
    """The rows of a table in a form; a bare value stands for a row with that `key` alone."""
    if not isinstance(value, list | tuple):
        raise ValidationFailed({path: [N_("This must be a list.")]})
    return [dict(row) if isinstance(row, Mapping) else {key: row} for row in value]


@contextmanager
def at(path: str) -> Iterator[None]:
    """Moves what is wrong inside the block under a path of the input."""
    try:
        yield
    except ValidationFailed as error:
        raise error.prefixed(path) from None
