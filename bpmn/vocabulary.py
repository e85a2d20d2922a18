"""What a diagram may refer to: operations, stages, forms, roles, processes and decisions of the running system."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

ACTIVITY_KINDS = frozenset({"call", "meeting", "presentation", "email", "task", "document_work", "approval"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`operations` maps a name to the names of its parameters; the others are codes or keys."""

    operations: Mapping[str, Set[str]] = field(default_factory=dict)
    stages: Set[str] = frozenset()
    forms: Set[str] = frozenset()
    roles: Set[str] = frozenset()
    processes: Set[str] = frozenset()
    decisions: Set[str] = frozenset()
    activities: Set[str] = ACTIVITY_KINDS

    def with_processes(self, keys: Set[str]) -> "Vocabulary":
        """Also the processes that are being uploaded."""
        return replace(self, processes=frozenset(self.processes) | keys)
