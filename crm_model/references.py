"""What refers to a record: whoever deletes it is told, instead of finding half of the past gone."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, exists, func, inspect, select

from crm_model import bulk
from kernel.context import Context
from kernel.db import Base
from kernel.errors import Conflict, ValidationFailed
from kernel.i18n import N_

FOLLOWS = frozenset(
    {
        "audit_entries", "notifications", "consents", "score_entries", "campaign_members.lead_id",
        "campaign_members.contact_id", "touches.lead_id", "touches.contact_id", "web_form_entries", "calls",
        "lead_status_changes",
    }
)  # fmt: skip
"""Tables and columns that may lose what they refer to, or go with it."""

WHY = {
    "deals": N_("There are deals with this record, so it cannot be deleted."),
    "deal_participants": N_("This contact takes part in a deal and cannot be deleted."),
    "contacts": N_("There are contacts with this record, so it cannot be deleted."),
    "leads": N_("There are leads with this record, so it cannot be deleted."),
    "activities": N_("There are activities with this record, so it cannot be deleted."),
    "documents": N_("There are documents with this record, so it cannot be deleted."),
    "campaign_members": N_("People take part in it, so it cannot be deleted. Cancel it instead."),
    "users": N_("There are people in this team, so it cannot be deleted."),
}
OTHERWISE = N_("Other records refer to this one, so it cannot be deleted.")


def used_by(ctx: Context, record: Any) -> dict[str, int]:
    """How many rows of which tables point to the record, in the order of `WHY`."""
    target = inspect(type(record)).local_table
    counts: dict[str, int] = {}
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if _points_to(column, target):
                found = ctx.session.scalar(select(func.count()).where(column == record.id)) or 0
                if found:
                    counts[table.name] = counts.get(table.name, 0) + found
    order = list(WHY)
    return dict(sorted(counts.items(), key=lambda item: order.index(item[0]) if item[0] in WHY else len(order)))


def used_among(ctx: Context, model: type[Any], ids: Sequence[int]) -> dict[int, str]:
    """Of many records of a kind those that something refers to, each with the reason why it cannot go."""
    target = inspect(model).local_table
    found: dict[int, str] = {}
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if ids and _points_to(column, target):
                query = select(column).where(bulk.among(column, ids)).distinct()
                found |= {used: WHY.get(table.name, OTHERWISE) for used in ctx.session.scalars(query)}
    return found


def refuse_if_used(ctx: Context, record: Any) -> None:
    """Conflict `in_use`, naming what refers to the record; `details.used_by` counts it."""
    counts = used_by(ctx, record)
    if counts:
        raise Conflict("in_use", WHY.get(next(iter(counts)), OTHERWISE), details={"used_by": counts})


def refuse_twin(ctx: Context, record: Any, field: str, clean: Mapping[str, Any], message: str) -> None:
    """ValidationFailed at a field whose new value another record of the kind has already."""
    value = clean.get(field)
    if value is None or value == getattr(record, field):
        return
    if ctx.session.scalar(select(exists().where(getattr(type(record), field) == value))):
        raise ValidationFailed({field: [message]})


def _points_to(column: Column[Any], target: Any) -> bool:
    if FOLLOWS & {column.table.name, str(column)}:
        return False
    return any(key.column.table is target for key in column.foreign_keys)
