"""A process as text: its elements in reading order, for people who do not look at pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

from bpmn.model import Flow, Node, Process


@dataclass(frozen=True, slots=True)
class Line:
    """One element. `depth` counts the sub-processes around it, `leads_to` is (name of the flow, element id),
    `beside` the activity a boundary event sits on."""

    element_id: str
    type: str
    name: str
    depth: int
    leads_to: tuple[tuple[str, str], ...] = ()
    lane: str | None = None
    beside: str | None = None


def outline(process: Process, language: str = "en") -> list[Line]:
    """Every element once: along the flows from the starts, what a sub-process holds and what sits on its border
    straight after it; what no start leads to comes last in its scope."""
    return list(_scope(process, process.id, 0, language))


def _scope(process: Process, scope: str, depth: int, language: str) -> Iterator[Line]:
    inside = list(process.children(scope))
    seen: set[str] = set()
    starts = [n for n in inside if n.type == "startEvent" or n.implicit_start]
    others = [n for n in inside if n.attached_to is None and n.type != "startEvent" and not n.implicit_start]
    boundaries: dict[str, list[Node]] = {}
    for node in inside:
        if node.attached_to is not None:
            boundaries.setdefault(node.attached_to, []).append(node)
    todo = [*reversed(others), *reversed(starts)]
    while todo:
        node = todo.pop()
        if node.id in seen or node.scope != scope:
            continue
        seen.add(node.id)
        yield _line(node, process, depth, language)
        if node.is_scope:
            yield from _scope(process, node.id, depth + 1, language)
        following = [process.nodes[f.target] for f in _flows(node, process) if f.target in process.nodes]
        todo.extend(reversed(following))
        todo.extend(reversed(boundaries.get(node.id, [])))


def _line(node: Node, process: Process, depth: int, language: str) -> Line:
    return Line(
        element_id=node.id,
        type=node.drawn_as or node.type,
        name=node.title(language),
        depth=depth,
        leads_to=tuple((flow.titles.get(language) or flow.name, flow.target) for flow in _flows(node, process)),
        lane=node.lanes[-1] if node.lanes else None,
        beside=node.attached_to,
    )


def _flows(node: Node, process: Process) -> list[Flow]:
    return [process.flows[flow] for flow in node.outgoing if flow in process.flows]
