"""A timer without a time, and a condition without a text, are let go by hand."""

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

TIMER = N_("“%(element)s” is a timer without a time: a person lets it go.")
CONDITION = N_("“%(element)s” waits for a condition that is not written: a person lets it go.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def look(node: Node, process: Process) -> Node:
        for event in node.events:
            if event.kind == "timer" and event.timer is None:
                repairs.note("timer-by-hand", node, TIMER)
            if event.kind == "conditional" and event.condition is None:
                repairs.note("condition-by-hand", node, CONDITION)
        return node

    return each_node(diagram, look)
