"""Decision tables (DMN): read with the place of everything that is wrong, compiled once, evaluated with a reason."""

from bpmn.decisions.comparing import compare_decisions
from bpmn.decisions.errors import DecisionError
from bpmn.decisions.evaluation import Evaluation, Outcome, Requirements, compile_decisions
from bpmn.decisions.model import Decision, Decisions
from bpmn.decisions.reading import read_decisions

__all__ = [
    "Decision",
    "DecisionError",
    "Decisions",
    "Evaluation",
    "Outcome",
    "Requirements",
    "compare_decisions",
    "compile_decisions",
    "read_decisions",
]
