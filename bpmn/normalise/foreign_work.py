"""What a machine of another tool, or no machine at all, would have done is work for a person until it is mapped."""

from dataclasses import replace

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

ABSTRACT = N_("“%(element)s” does not say who or what does it: a person does it.")
NOTHING = N_("“%(element)s” names no operation of ours: a person does it until one is chosen.")
FOREIGN = N_("“%(element)s” is work for another system (%(foreign)s): a person does it until an operation is chosen.")
DECISION = N_("“%(element)s” names no decision of ours: a person decides.")
WAITS = N_("“%(element)s” is work for another system (%(foreign)s), which does not run here: it waits for its message.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        if node.type == "task" and node.drawn_as is None:
            repairs.note("task-by-hand", node, ABSTRACT)
        elif node.type in ("serviceTask", "businessRuleTask", "sendTask") and not node.extension.is_for_a_machine:
            return _service(node, repairs)
        elif node.type == "receiveTask" and node.foreign is not None:
            repairs.note("foreign-work", node, WAITS, foreign=node.foreign)
        return node

    return each_node(diagram, change)


def _service(node: Node, repairs: Repairs) -> Node:
    if node.foreign is not None:
        repairs.note("foreign-work", node, FOREIGN, foreign=node.foreign)
        return replace(node, message=None)
    if node.type == "sendTask" or node.extension.decision is not None:
        return node
    repairs.note("foreign-work", node, DECISION if node.type == "businessRuleTask" else NOTHING)
    return node
