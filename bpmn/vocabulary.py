"""What a diagram may refer to: operations, stages, forms, roles, processes and decisions of the running system."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

ACTIVITY_KINDS = frozenset({"call", "meeting", "presentation", "email", "task", "document_work", "approval"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`operations` maps a name to the names of its parameters; the others are codes or keys."""

    operations: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    stages: AbstractSet[str] = frozenset()
    forms: AbstractSet[str] = frozenset()
    roles: AbstractSet[str] = frozenset()
    processes: AbstractSet[str] = frozenset()
    decisions: AbstractSet[str] = frozenset()
    activities: AbstractSet[str] = ACTIVITY_KINDS

    def with_processes(self, keys: AbstractSet[str]) -> "Vocabulary":
        """Also the processes that are being uploaded."""
        return replace(self, processes=frozenset(self.processes) | keys)

    def with_decisions(self, keys: AbstractSet[str]) -> "Vocabulary":
        """Also the decisions that are being uploaded."""
        return replace(self, decisions=frozenset(self.decisions) | keys)
