"""The table of drafts: diagrams that somebody is drawing, before they are versions of a process."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, HasId


class DraftRow(HasId, Base):
    """What is drawn so far, whether it could run or not. `revision` counts the savings, so that two designers who
    save the same draft learn of each other; `definition_id` is the version it was begun from."""

    __tablename__ = "process_draft"
    __table_args__ = (Index(None, "definition_id"),)

    definition_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    name: Mapped[str] = mapped_column(Text)
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    revision: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None]
