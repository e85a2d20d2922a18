"""A node that no flow leaves ends its path, as BPMN says."""

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

MESSAGE = N_("No flow leaves “%(element)s”: its path ends there.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def look(node: Node, process: Process) -> Node:
        if _ends(node, process):
            repairs.note("implicit-end", node, MESSAGE)
        return node

    return each_node(diagram, look)


def _ends(node: Node, process: Process) -> bool:
    if node.outgoing or node.type == "endEvent" or node.for_compensation or node.triggered_by_event:
        return False
    if any(event.kind in ("link", "compensate") for event in node.events) and node.type != "intermediateCatchEvent":
        return node.type == "intermediateThrowEvent" and node.events[0].kind == "compensate"
    scope = process.nodes.get(node.scope)
    return scope is None or scope.type != "adHocSubProcess"
