"""A message or signal event that names nothing is let go by hand; one that throws sends nothing."""

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

WAITS = N_("“%(element)s” does not say which %(kind)s it waits for: a person lets it go.")
STARTS = N_("“%(element)s” does not say which %(kind)s starts it: a person starts it.")
SENDS = N_("“%(element)s” does not say which %(kind)s it sends: nothing is sent by the system.")
TASK_SENDS = N_("“%(element)s” does not say which message it sends: a person sends it and completes the task.")
THROWS = frozenset({"intermediateThrowEvent", "endEvent"})


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def look(node: Node, process: Process) -> Node:
        for event in node.events:
            if event.kind in ("message", "signal") and event.reference is None:
                starts = node.type == "startEvent" and node.scope == process.id
                words = SENDS if node.type in THROWS else STARTS if starts else WAITS
                repairs.note(f"nameless-{event.kind}", node, words, kind=event.kind)
        if node.type == "receiveTask" and node.message is None:
            repairs.note("nameless-message", node, WAITS, kind="message")
        if node.type == "sendTask" and not (node.message or node.foreign or node.extension.is_for_a_machine):
            repairs.note("nameless-message", node, TASK_SENDS)
        return node

    return each_node(diagram, look)
