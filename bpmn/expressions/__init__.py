"""The one expression language of diagrams: read, checked and compiled once, then quick and harmless."""

from bpmn.expressions.compiler import Expression, compile_expression
from bpmn.expressions.errors import ExpressionError
from bpmn.expressions.operators import truth
from bpmn.expressions.script import Script, compile_script
from bpmn.expressions.values import as_datetime, to_json_value

__all__ = [
    "Expression",
    "ExpressionError",
    "Script",
    "as_datetime",
    "compile_expression",
    "compile_script",
    "to_json_value",
    "truth",
]
