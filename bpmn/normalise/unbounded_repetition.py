"""By consent: an activity marked as repeated, but without a word on how often, is done once."""

from dataclasses import replace

from bpmn.model import Diagram, Loop, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” is marked as repeated, but not how often: it is done once.")


def has_bounds(loop: Loop) -> bool:
    bounds = (loop.cardinality, loop.collection) if loop.multi else (loop.condition, loop.maximum)
    return any(bound is not None for bound in bounds)


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        if node.loop is None or has_bounds(node.loop):
            return node
        repairs.note("unbounded-repetition", node, MESSAGE)
        return replace(node, loop=None)

    return each_node(diagram, change)
