"""Lists in a steady order: keyset paging by a column and the id, and searching for text taken literally."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from unicodedata import category

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from crm_model.inputs import UNREADABLE
from crm_model.records import fold
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, key_part, not_ours, slice_of

E = TypeVar("E")


def paged(session: Session, query: Select[E], page: Page, entity: type[E], sort: str = "-id") -> Slice[E]:
    """The rows of one page. `sort` is a column, with a minus for descending; rows without a value come last."""
    descending = sort.startswith("-")
    name = sort.lstrip("-")
    key: InstrumentedAttribute[int] = entity.id  # type: ignore[attr-defined]
    column = None if name == "id" else getattr(entity, name)
    by_id = key.desc() if descending else key.asc()
    if column is None:
        query = query.order_by(by_id)
    else:
        query = query.order_by((column.desc() if descending else column.asc()).nulls_last(), by_id)
    if page.after is not None:
        query = query.where(_beyond(page.after, column, key, descending))
    rows: Sequence[Any] = session.scalars(query.limit(page.limit + 1)).unique().all()
    return slice_of(rows, page, lambda row: [*([] if column is None else [getattr(row, name)]), row.id])


def chosen(sort: str, sorts: Mapping[str, str]) -> str:
    """The column behind a sort that callers may ask for; 422 for any other."""
    if sort not in sorts:
        raise ValidationFailed({"sort": [N_("This list cannot be sorted so.")]})
    return sorts[sort]


def _beyond(
    after: tuple[Any, ...],
    column: InstrumentedAttribute[Any] | None,
    key: InstrumentedAttribute[int],
    descending: bool,
) -> ColumnElement[bool]:
    if len(after) != (1 if column is None else 2):
        raise not_ours()
    last = key_part(after[-1], int)
    later = key < last if descending else key > last
    if column is None:
        return later
    if after[0] is None:
        return and_(column.is_(None), later)
    value = key_part(after[0], column.type.python_type)
    farther = column < value if descending else column > value
    return or_(farther, and_(column == value, later), column.is_(None))


def has_text(q: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Any of the columns contains the text; every character of it stands for itself."""
    if any(category(char) in UNREADABLE for char in q):
        return false()
    return or_(*(column.icontains(q, autoescape=True) for column in columns))


def has_folded(q: str, search_key: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The same for a column made by `records.search_key`, where ё and е are one letter too."""
    if any(category(char) in UNREADABLE for char in q):
        return false()
    return search_key.contains(fold(q.strip()), autoescape=True)
