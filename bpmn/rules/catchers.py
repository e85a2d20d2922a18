"""For each error or escalation there is at most one catcher at an activity or in a scope."""

from collections import defaultdict
from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node, Process
from bpmn.rules.findings import error, label, nodes_in, scope_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” and “%(other)s” catch the same %(kind)s at the same place. Keep one of them.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    first: dict[tuple[str, str, str, str | None], Node] = {}
    seen: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for node, process in nodes_in(diagram):
        place = _caught_at(node, process)
        if place is None:
            continue
        for event in node.events:
            if event.kind in ("error", "escalation") and (event.kind, event.reference) not in seen[node.id]:
                seen[node.id].add((event.kind, event.reference))
                key = (process.id, place, event.kind, event.reference)
                if first.setdefault(key, node) is not node:
                    yield error("caught-twice", node, MESSAGE, other=label(first[key]), kind=event.kind)


def _caught_at(node: Node, process: Process) -> str | None:
    if node.type == "boundaryEvent":
        return f"at {node.attached_to}"
    scope = scope_of(node, process)
    if node.type == "startEvent" and scope is not None and scope.triggered_by_event:
        return f"in {scope.scope}"
    return None
