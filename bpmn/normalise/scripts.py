"""A script of another tool that our language understands runs; any other, and an empty one, is work for a person."""

from dataclasses import replace

from bpmn.expressions import ExpressionError, compile_script
from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

FOREIGN = N_("“%(element)s” is a script in %(language)s, which does not run here: a person does what it did.")
EMPTY = N_("“%(element)s” is a script task without a script: a person does it.")
UNDERSTOOD = frozenset({"python", "text/python", "application/x-python", "feel", "procession"})


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        if node.type != "scriptTask":
            return node
        if node.script is None:
            if node.foreign is None:
                repairs.note("script-by-hand", node, EMPTY)
            return replace(node, foreign=node.foreign or node.name or node.id)
        if node.script_language is None:
            return node
        if node.script_language.lower() in UNDERSTOOD and _runs(node.script):
            return replace(node, foreign=None)
        repairs.note("script-by-hand", node, FOREIGN, language=node.script_language)
        return node

    return each_node(diagram, change)


def _runs(script: str) -> bool:
    try:
        compile_script(script)
    except ExpressionError:
        return False
    return True
