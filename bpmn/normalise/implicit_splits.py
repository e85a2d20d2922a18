"""Several flows, or a conditional one, out of an activity or event: what BPMN means by it, told to the designer."""

from bpmn.model import ACTIVITIES, EVENTS, Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node, outgoing
from kernel.i18n import N_

ALL = N_("Several flows leave “%(element)s”: all are taken, as after a parallel gateway.")
SOME = N_("Flows with conditions leave “%(element)s”: those that hold are taken, as after an inclusive gateway.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def look(node: Node, process: Process) -> Node:
        if node.type in ACTIVITIES | EVENTS and not node.choice:
            flows = outgoing(node, process)
            if any(flow.condition for flow in flows):
                repairs.note("implicit-split", node, SOME)
            elif len(flows) > 1:
                repairs.note("implicit-split", node, ALL)
        return node

    return each_node(diagram, look)
