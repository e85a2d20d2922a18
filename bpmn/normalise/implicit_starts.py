"""A node that no flow leads to begins with its scope, as BPMN says."""

from dataclasses import replace

from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

MESSAGE = N_("No flow leads to “%(element)s”: it begins together with what it stands in.")


def starts_by_itself(node: Node, process: Process) -> bool:
    """Whether BPMN gives the node a token when its scope begins."""
    if node.incoming or node.type in ("startEvent", "endEvent", "boundaryEvent"):
        return False
    if node.for_compensation or node.triggered_by_event or any(event.kind == "link" for event in node.events):
        return False
    scope = process.nodes.get(node.scope)
    if scope is None and node.instantiate and node.type in ("receiveTask", "eventBasedGateway"):
        return False
    return scope is None or not (scope.type == "adHocSubProcess" or scope.triggered_by_event)


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        if not starts_by_itself(node, process):
            return node
        repairs.note("implicit-start", node, MESSAGE)
        return replace(node, implicit_start=True)

    return each_node(diagram, change)
