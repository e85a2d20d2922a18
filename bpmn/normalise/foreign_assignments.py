"""Who does a task and when, computed by another tool in a way nobody here understands, is left open."""

from dataclasses import replace
from typing import Any

from bpmn.expressions import ExpressionError, compile_expression
from bpmn.model import Diagram, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from kernel.i18n import N_

MESSAGE = N_("“%(text)s” at “%(element)s” cannot be translated: it is left open who does the task, or when.")
LEFT_OPEN = ("assignee", "candidate_users", "due", "follow_up", "priority")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        if node.extension.vendor is None:
            return node
        open_now: dict[str, Any] = {}
        for name in LEFT_OPEN:
            text = getattr(node.extension, name)
            if text is not None and not _compiles(text):
                repairs.note("foreign-assignment", node, MESSAGE, text=text)
                open_now[name] = None
        return replace(node, extension=replace(node.extension, **open_now)) if open_now else node

    return each_node(diagram, change)


def _compiles(text: str) -> bool:
    try:
        compile_expression(text)
    except ExpressionError:
        return False
    return True
