"""Keyset pages: a cursor names the last row seen, so pages neither jump nor repeat while rows come and go."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from kernel.errors import ValidationFailed
from kernel.i18n import N_

T = TypeVar("T")
DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page:
    """What a caller asks for: at most `limit` rows after the row that `after` names."""

    limit: int = DEFAULT_LIMIT
    after: tuple[Any, ...] | None = None

    def key(self, *kinds: type) -> tuple[Any, ...]:
        """The parts of the cursor as values of these kinds; 422 for those of another list."""
        if self.after is None or len(self.after) != len(kinds):
            raise not_ours()
        return tuple(key_part(part, kind) for part, kind in zip(self.after, kinds, strict=True))


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """What it gets: the rows, and the cursor of the next page or None."""

    items: Sequence[T]
    next: str | None = None

    def map(self, function: Callable[[T], Any]) -> "Slice[Any]":
        return Slice([function(item) for item in self.items], self.next)


def not_ours() -> ValidationFailed:
    return ValidationFailed({"after": [N_("This is not a cursor of this list.")]})


def key_part(part: Any, kind: type) -> Any:
    """A value of a cursor, which travelled as JSON, as the database can compare it."""
    try:
        if kind is int and isinstance(part, int) and not isinstance(part, bool) and abs(part) < 2**63:
            return part
        if kind is str and isinstance(part, str) and b"\0" not in part.encode():
            return part
        if kind is Decimal and isinstance(part, str | int) and abs(Decimal(part)) < 10**15:
            return Decimal(part)
        if kind is datetime and (moment := datetime.fromisoformat(part)).tzinfo is not None:
            return moment
        if kind is type(part) is type(None):
            return None
        if kind is date:
            return date.fromisoformat(part)
    except (TypeError, ValueError, ArithmeticError):
        pass
    raise not_ours()


def encode_cursor(key: Sequence[Any]) -> str:
    raw = json.dumps(list(key), default=str, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, length: int | None = None) -> tuple[Any, ...]:
    """The sort key inside a cursor; 422 at `after` for anything that is not one of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, UnicodeError) as error:
        raise not_ours() from error
    if not isinstance(key, list) or (length is not None and len(key) != length):
        raise not_ours()
    return tuple(key)


def slice_of(rows: Sequence[T], page: Page, key: Callable[[T], Sequence[Any]]) -> Slice[T]:
    """Cuts `limit` rows from a query that asked for one more, and names the next page if there is one."""
    if len(rows) <= page.limit:
        return Slice(rows)
    kept = rows[: page.limit]
    return Slice(kept, encode_cursor(key(kept[-1])))
