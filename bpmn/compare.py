"""What differs between two versions of a process: elements added, removed and changed, with what changed in each."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from bpmn.model import Diagram, Flow, Node, Process

NOT_COMPARED = frozenset({"id", "incoming", "outgoing"})


def compare_processes(before: Process, after: Process) -> dict[str, list[dict[str, Any]]]:
    """`added` and `removed` list elements as {element_id, type, name}; `changed` has with each its `changes`:
    {what, before, after}, where `what` is the dotted name of a property (name, condition, extension.form, …)."""
    old, new = _elements(before), _elements(after)
    return {
        "added": [_shown(element) for key, element in new.items() if key not in old],
        "removed": [_shown(element) for key, element in old.items() if key not in new],
        "changed": [
            {**_shown(element), "changes": changes}
            for key, element in new.items()
            if key in old and (changes := list(_changes(old[key], element)))
        ],
    }


def compare_diagrams(before: Diagram, after: Diagram) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Process key → comparison; a process that only one of them has counts as all added or all removed."""
    nothing = Process("", 0)
    keys = dict.fromkeys([*before.processes, *after.processes])
    return {
        key: compare_processes(before.processes.get(key, nothing), after.processes.get(key, nothing)) for key in keys
    }


def _elements(process: Process) -> dict[str, Node | Flow]:
    return {**process.nodes, **process.flows}


def _shown(element: Node | Flow) -> dict[str, Any]:
    kind = element.type if isinstance(element, Node) else "sequenceFlow"
    return {"element_id": element.id, "type": kind, "name": element.name}


def _changes(old: Node | Flow, new: Node | Flow) -> Iterator[dict[str, Any]]:
    before, after = dict(_flat(old)), dict(_flat(new))
    for what in dict.fromkeys([*before, *after]):
        if before.get(what) != after.get(what):
            yield {"what": what, "before": before.get(what), "after": after.get(what)}


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every property that says something, as (dotted name, plain value)."""
    if is_dataclass(value):
        for field in fields(value):
            if field.name != "line" and (path or field.name not in NOT_COMPARED):
                yield from _flat(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}")
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for number, inner in enumerate(value):
            name = getattr(inner, "code", None) or getattr(inner, "name", None) or str(number + 1)
            yield from _flat(inner, f"{path}.{name}")
    elif value not in (None, "", ()):
        yield path, list(value) if isinstance(value, tuple) else value
