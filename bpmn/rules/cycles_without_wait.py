"""A cycle holds at least one step that waits, or it runs round without a pause."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node, Process
from bpmn.rules.findings import outgoing, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MESSAGE = N_(
    "The cycle through “%(element)s” never waits: make sure that a condition leads out of it after a few rounds."
)
NEVER_WAIT = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "intermediateThrowEvent"}
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for process in diagram.processes.values():
        for node in _on_cycles(process):
            yield warning("cycle-without-wait", node, MESSAGE)


def _waits(node: Node) -> bool:
    if node.choice:
        return True
    if node.type in NEVER_WAIT:
        return False
    if node.type == "scriptTask":
        return node.foreign is not None
    if node.type == "serviceTask":
        return node.extension.operation is None or node.extension.asynchronous
    return node.type != "sendTask" or node.message is None


def _on_cycles(process: Process) -> Iterator[Node]:
    """One node of each cycle of nodes that do not wait: the target of a back edge of a depth-first walk."""
    state: dict[str, int] = {}
    for first in process.nodes.values():
        if first.id in state or _waits(first):
            continue
        state[first.id] = 1
        path = [(first.id, iter(outgoing(first, process)))]
        while path:
            current, flows = path[-1]
            flow = next(flows, None)
            if flow is None:
                state[current] = 2
                path.pop()
                continue
            target = process.nodes.get(flow.target)
            if target is None or _waits(target):
                continue
            if state.get(target.id) == 1:
                yield target
            elif target.id not in state:
                state[target.id] = 1
                path.append((target.id, iter(outgoing(target, process))))
