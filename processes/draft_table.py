"""The table of drafts: what somebody is drawing, before it is a version of a process or of a decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, HasId

PROCESS, DECISION = "process", "decision"


class DraftRow(HasId, Base):
    """What is drawn so far, whether it could run or not. `revision` counts the savings, so that two designers who
    save the same draft learn of each other; `definition_id` or `decision_id` is the version it was begun from.
    `forms` are those that were drawn with it, by key; they hide the deployed ones of the same key."""

    __tablename__ = "process_draft"
    __table_args__ = (
        Index(None, "definition_id"),
        Index(None, "decision_id"),
        CheckConstraint(f"kind IN ('{PROCESS}', '{DECISION}')", name="kind"),
    )

    kind: Mapped[str] = mapped_column(Text, default=PROCESS)
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision_definition.id"))
    name: Mapped[str] = mapped_column(Text)
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    forms: Mapped[dict[str, Any]] = mapped_column(deferred=True, default=dict)
    revision: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None]
