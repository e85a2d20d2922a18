"""What a form asks about records: whether they exist and may be seen by the person who fills it in."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any, Protocol

RECORD_TYPES = (
    "user",
    "contact",
    "account",
    "product",
    "competitor",
    "business_line",
    "document",
    "article",
    "deal",
    "lead",
)
"""Kinds that are referred to by a number."""
CODE_TYPES = ("stage", "process")
"""Kinds that are referred to by a code: of a stage, of a process definition."""


class Resolver(Protocol):
    """Wired by the use case that completes a task."""

    @property
    def time_zone(self) -> tzinfo:
        """What a time without a zone is meant in: the person's."""

    @property
    def variables(self) -> Mapping[str, Any]:
        """What conditions of fields may read besides the form's own values; may calculate lazily."""

    def has(self, kind: str, key: int | str) -> bool:
        """Whether there is such a record (of `RECORD_TYPES` or `CODE_TYPES`) and it may be chosen here."""


class NoRecords:
    """For forms without references: knows no record at all."""

    time_zone: tzinfo = UTC
    variables: Mapping[str, Any] = {}

    def has(self, kind: str, key: int | str) -> bool:
        return False
