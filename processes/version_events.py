"""What was done to the versions of a process: who, when, what and why. Nothing of it is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables import DefinitionRow
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import presenting
from processes.versions import get_version
from processes.views import PersonRef

UPLOADED, PUBLISHED, RETIRED, RESTORED, TAGGED = "uploaded", "published", "retired", "restored", "tagged"
DECIDED = "decision_published"
"""A decision that the version uses was published without it."""
RECORDED, RENAMED, RENEWED, REMOVED = "scenario_recorded", "scenario_renamed", "scenario_renewed", "scenario_removed"
SHIPPED, GUARDING, NOT_GUARDING = "scenarios_shipped", "scenario_guards", "scenario_guards_no_more"


class VersionEventRow(HasId, Base):
    """`version` is None where it is about all versions of the process, as its scenarios are."""

    __tablename__ = "version_event"
    __table_args__ = (Index(None, "definition_key", "id"),)

    definition_key: Mapped[str] = mapped_column(Text)
    version: Mapped[int | None]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class VersionEvent:
    id: int
    version: int | None
    at: datetime
    actor: PersonRef | None
    kind: str
    comment: str | None
    detail: dict[str, Any]


def note(
    context: Context, key: str, kind: str, *, version: int | None = None, comment: str | None = None, **detail: Any
) -> None:
    text = (comment or "").strip() or None
    row = VersionEventRow(
        definition_key=key, version=version, at=context.now(), actor_id=context.actor.user_id, kind=kind, comment=text,
        detail=detail,
    )  # fmt: skip
    context.session.add(row)
    context.session.flush()


@use_case("definitions.read")
def list_history(context: Context, definition_id: int, page: Page) -> Slice[VersionEvent]:
    """What was done to the process of a version, the newest first."""
    key = get_version(context.session, DefinitionRow, definition_id).key
    query = select(VersionEventRow).where(VersionEventRow.definition_key == key).order_by(VersionEventRow.id.desc())
    if page.after is not None:
        query = query.where(VersionEventRow.id < page.key(int)[0])
    found = slice_of(context.session.scalars(query.limit(page.limit + 1)).all(), page, lambda row: [row.id])
    people = presenting.people(context.session, [row.actor_id for row in found.items])
    shown = [
        VersionEvent(row.id, row.version, row.at, people.get(row.actor_id or 0), row.kind, row.comment, row.detail)
        for row in found.items
    ]
    return Slice(shown, found.next)
