"""What the use cases answer about a deal in its process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from processes.views import InstanceView, TaskView, Wait


@dataclass(frozen=True, slots=True)
class StagePreview:
    """What a change of stage would do. `missing` are (field, message) pairs."""

    cancels: tuple[dict[str, Any], ...]
    creates: tuple[dict[str, Any], ...]
    missing: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class StageMark:
    """One stage on the deal's stage bar: `state` is passed, current or possible; `visits` how often it was entered."""

    code: str
    title: str
    state: str
    visits: int
    is_final: bool
    allowed: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DealProcess:
    """Where a deal stands in its process, for the deal page. `sentence` says why here and what next."""

    instance: InstanceView | None
    stages: tuple[StageMark, ...]
    sentence: str
    tasks: tuple[TaskView, ...]
    waits: tuple[Wait, ...]
    entered_stage_at: datetime | None = None
