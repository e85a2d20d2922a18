"""The table of scenarios: rehearsals that are kept with a process, and what they expect after each step."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, HasId


class ScenarioRow(HasId, Base):
    """`expected` holds one standing more than the script has steps: the first is after the start. `checked_*` say what
    the last replay that was kept found, and on which version; `difference` is None where all went as expected.

    `shipped` is the name of the file of the product that it comes from, `titles` are its names by language then; one that
    does not guard (`guards`) is replayed by hand only."""

    __tablename__ = "process_scenario"
    __table_args__ = (Index(None, "definition_key", "name", unique=True), Index(None, "checked_definition_id"))

    definition_key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    titles: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'"))
    shipped: Mapped[str | None] = mapped_column(Text)
    guards: Mapped[bool] = mapped_column(server_default=true())
    script: Mapped[dict[str, Any]]
    expected: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    checked_definition_id: Mapped[int | None] = mapped_column(ForeignKey("process_definition.id"))
    difference: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    def name_in(self, language: str) -> str:
        return self.titles.get(language) or self.name
