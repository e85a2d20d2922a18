"""Names: what expressions of an instance see, and the messages and signals an element waits for."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bpmn.model import EventDefinition, Node
from engine.state import ROOT

if TYPE_CHECKING:
    from engine.runtime import Run


class Names(Mapping[str, Any]):
    """What expressions see, looked up only when asked: local names, variables, then facts of the outside."""

    __slots__ = ("_run", "_scope")

    def __init__(self, run: "Run", scope: int) -> None:
        self._run = run
        self._scope = scope

    def __getitem__(self, name: str) -> Any:
        state = self._run.state
        if self._scope != ROOT:
            for scope in state.chain(self._scope):
                if scope.local is not None and name in scope.local:
                    return scope.local[name]
        if name in state.variables:
            return state.variables[name]
        if name == "now":
            return self._run.host.now
        return self._run.host.fact(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._run.state.variables)

    def __len__(self) -> int:
        return len(self._run.state.variables)


def awaited_names(node: Node) -> list[tuple[int, str, str]]:
    """(index, message | signal, name) of what a catching element waits for by name."""
    if node.type == "receiveTask":
        return [(0, "message", node.message)] if node.message else []
    found: list[tuple[int, str, str]] = []
    for index, event in enumerate(node.events):
        if is_named(event):
            assert event.reference is not None
            found.append((index, event.kind, event.reference))
    return found


def is_named(event: EventDefinition) -> bool:
    return event.kind in ("message", "signal") and bool(event.reference)
