"""Versions of processes and of decisions are listed, compared by age and read in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, undefer

from engine.tables import DecisionRow, DefinitionRow
from kernel.errors import NotFound
from kernel.paging import Page, Slice, slice_of

Row = TypeVar("Row", DefinitionRow, DecisionRow)


def newest_versions(session: Session, table: type[Row], keys: Iterable[str]) -> dict[str, int]:
    """The newest version number of each key."""
    query = select(table.key, func.max(table.version)).where(table.key.in_(list(keys))).group_by(table.key)
    return dict(session.execute(query).all())


def only_newest(query: Select[Row], table: type[Row], state: str | None = None) -> Select[Row]:
    """The query, kept to the newest version of every key, or to the newest of those in a state."""
    other = aliased(table)
    newest = select(func.max(other.version)).where(other.key == table.key)
    if state is not None:
        newest = newest.where(other.state == state)
    return query.where(table.version == newest.scalar_subquery())


def page_of_versions(session: Session, query: Select[Row], table: type[Row], page: Page) -> Slice[Row]:
    """By key, the newest version first."""
    if page.after is not None:
        key, version = page.key(str, int)
        query = query.where((table.key > key) | ((table.key == key) & (table.version < version)))
    query = query.order_by(table.key, table.version.desc()).limit(page.limit + 1)
    return slice_of(session.scalars(query).all(), page, lambda row: [row.key, row.version])


def get_version(session: Session, table: type[Row], version_id: int, *, with_xml: bool = False) -> Row:
    """One version; its file is read only where it is asked for. Raises `NotFound`."""
    options = [undefer(table.xml)] if with_xml else []
    row = session.get(table, version_id, options=options, populate_existing=with_xml)
    if row is None:
        raise NotFound()
    return row
