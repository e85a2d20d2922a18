"""A call activity that names no process, or only computes its name, is work for a person."""

from dataclasses import replace

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from bpmn.vendors.literals import is_computed
from kernel.i18n import N_

NOTHING = N_("“%(element)s” does not say which process it calls: a person does it as one task.")
COMPUTED = N_("“%(element)s” computes which process it calls (%(called)s): a person does it as one task.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        if node.type != "callActivity":
            return node
        if node.called_element is None:
            repairs.note("call-without-target", node, NOTHING)
            return node
        if not is_computed(node.called_element):
            return node
        repairs.note("call-without-target", node, COMPUTED, called=node.called_element)
        return replace(node, called_element=None, foreign=f"process {node.called_element}")

    return each_node(diagram, change)
