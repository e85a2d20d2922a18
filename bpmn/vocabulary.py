"""What a diagram may refer to: operations, stages, forms, roles, processes and decisions of the running system."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ACTIVITY_KINDS = frozenset({"call", "meeting", "presentation", "email", "task", "document_work", "approval"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`operations` maps a name to the names of its parameters; the others are codes or keys."""

    operations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stages: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    activities: frozenset[str] = ACTIVITY_KINDS

    def with_processes(self, keys: frozenset[str]) -> "Vocabulary":
        """Also the processes that are being uploaded."""
        return replace(self, processes=self.processes | keys)
