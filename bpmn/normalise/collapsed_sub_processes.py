"""A sub-process that was drawn collapsed, with nothing inside, is work for a person."""

from dataclasses import replace

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” is a sub-process with nothing inside: a person does it as one task.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    filled = {node.scope for process in diagram.processes.values() for node in process.nodes.values()}

    def change(node: Node, process: Process) -> Node:
        if not node.is_scope or node.triggered_by_event or node.id in filled:
            return node
        repairs.note("collapsed-sub-process", node, MESSAGE)
        return replace(node, type="task", drawn_as=node.type)

    return each_node(diagram, change)
