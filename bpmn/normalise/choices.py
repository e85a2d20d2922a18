"""A gateway whose flows have no conditions is a choice for a person; one flow without condition is the default."""

from dataclasses import replace

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node, outgoing
from kernel.i18n import N_

CHOICE = N_("The flows out of “%(element)s” have no conditions: a person chooses.")
DEFAULT = N_("“%(flow)s”, the only flow out of “%(element)s” without a condition, is taken when no other fits.")
ALWAYS = N_("“%(flow)s” out of “%(element)s” has no condition: it is always taken.")
SPLITS = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        if node.type not in SPLITS or len(node.outgoing) < 2 or node.choice:
            return node
        others = [flow for flow in outgoing(node, process) if flow.id != node.default]
        bare = [flow for flow in others if not flow.condition]
        if not bare:
            return node
        if len(bare) == len(others):
            repairs.note("choice", node, CHOICE)
            return replace(node, choice=True)
        if node.type != "exclusiveGateway":
            for flow in bare:
                repairs.note("always-taken", flow, ALWAYS, element=node.name or node.id, flow=flow.name or flow.id)
        elif len(bare) == 1 and node.default is None:
            flow = bare[0]
            repairs.note("default-flow", flow, DEFAULT, element=node.name or node.id, flow=flow.name or flow.id)
            return replace(node, default=flow.id)
        return node

    return each_node(diagram, change)
