"""What every record of the customer model has: who made it and when, its version, and who changed what."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, Computed, ForeignKey, Text, event, func
from sqlalchemy.orm import ColumnProperty, Mapped, mapped_column

from kernel.db import HasId


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The values a column of codes may have."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def sort_key(column: str) -> Any:
    """A generated column to sort names by: case does not count, and ё stands with е."""
    return mapped_column(Text, Computed(folded_sql(column), persisted=True), index=True)


def search_key(*columns: str) -> Any:
    """A generated column with the text that a search looks through, folded by `fold`, a line a column."""
    text = " || chr(10) || ".join(f"coalesce({column}, '')" for column in columns)
    return mapped_column(Text, Computed(folded_sql(text), persisted=True))


def fold(text: str) -> str:
    return text.lower().replace("ё", "е")


def folded(column: Any) -> ColumnElement[str]:
    """The same for a column in a query."""
    return func.lower(func.translate(column, "Ёё", "Ее"))


def folded_sql(expression: str) -> str:
    return f"lower(translate({expression}, 'Ёё', 'Ее'))"


class Audited:
    """Every change through a session is written by `crm_model.audit`, without anybody asking for it.

    `audit_parent` is the column that leads to the record on whose page the entries are shown, like `deal_id`;
    `audit_skip` names columns whose values must not be kept.
    """

    audit_parent: ClassVar[str | None] = None
    audit_skip: ClassVar[frozenset[str]] = frozenset()


@event.listens_for(Audited, "attribute_instrument", propagate=True)
def keep_old_values(_model: type[Any], _key: str, attribute: Any) -> None:
    """Makes an assignment load the old value where it is not at hand, which it is not after an expiry."""
    if isinstance(attribute.property, ColumnProperty):
        event.listen(attribute, "set", lambda *_: None, active_history=True)


class Record(Audited, HasId):
    """A record with a life of its own. These columns are filled on flush; a change raises `version`."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=92)
    version: Mapped[int] = mapped_column(default=1, server_default="1", sort_order=93)


def change(record: Any, values: dict[str, Any]) -> None:
    """Sets what differs, so that a form saved without a change leaves no trace."""
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)
