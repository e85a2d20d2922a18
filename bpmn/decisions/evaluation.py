"""Decisions with what they require: compiled together, each evaluated once, with the reason kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpmn.decisions.compiling import CompiledLiteral, Compiler
from bpmn.decisions.errors import DecisionError
from bpmn.decisions.model import Decision, Decisions
from bpmn.decisions.tables import CompiledTable, Match, Verdict
from bpmn.expressions.values import to_json_value
from bpmn.model import Finding
from kernel.i18n import N_

NO_SUCH = N_("There is no decision “%(decision)s” in the file.")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One decision's evaluation: what it saw, which rules matched, what it gave."""

    decision: Decision
    inputs: tuple[tuple[str, Any], ...]
    matches: tuple[Match, ...]
    results: tuple[dict[str, Any], ...]
    value: Any

    def to_json(self) -> dict[str, Any]:
        """As it is kept in history and told to clients."""
        return {
            "decision": self.decision.id,
            "name": self.decision.label,
            "inputs": [{"name": name, "value": to_json_value(value)} for name, value in self.inputs],
            "rules": [
                {"rule": match.rule, "rule_id": match.rule_id, "outputs": to_json_value(match.outputs)}
                for match in self.matches
            ],
            "result": to_json_value(self.value),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """`value` as DMN says it, `results` as rows of outputs; `evaluations` of it and all it required, it the last."""

    value: Any
    results: tuple[dict[str, Any], ...]
    evaluations: tuple[Evaluation, ...]


@dataclass(frozen=True, slots=True)
class Requirements:
    """The compiled decisions of one file. `problems` are cells that could not be compiled; then nothing evaluates."""

    decisions: dict[str, Decision]
    logic: dict[str, CompiledTable | CompiledLiteral]
    problems: tuple[Finding, ...]

    def evaluate(self, decision: str, names: Mapping[str, Any]) -> Outcome:
        """Raises `DecisionError`, which tells decision, rule and input."""
        if decision not in self.logic:
            raise DecisionError(NO_SUCH, decision=decision)
        done: dict[str, Evaluation] = {}
        for wanted in self._in_order(decision):
            found = self.decisions[wanted]
            verdict = self.logic[wanted].evaluate(_Seen(self._given(found, done), names).get)
            done[wanted] = Evaluation(found, verdict.inputs, verdict.matches, verdict.results, verdict.value)
        last = done[decision]
        return Outcome(last.value, last.results, tuple(done.values()))

    def _in_order(self, decision: str) -> list[str]:
        """The decision after everything it requires. Requirements have no cycles: a file with one is refused."""
        order: dict[str, None] = {}
        waiting = [(decision, False)]
        while waiting:
            current, ready = waiting.pop()
            if current in order:
                continue
            if ready:
                order[current] = None
            else:
                waiting.append((current, True))
                waiting.extend((required, False) for required in reversed(self.decisions[current].requires))
        return list(order)

    def _given(self, decision: Decision, done: dict[str, Evaluation]) -> dict[str, Any]:
        """Results of what is required, by id and by the name of their variable; one output also by its own name."""
        given: dict[str, Any] = {}
        for required in decision.requires:
            evaluation = done[required]
            names = [required, evaluation.decision.variable]
            table = evaluation.decision.table
            if table is not None and len(table.outputs) == 1:
                names.insert(0, table.outputs[0].name)
            given.update({name: evaluation.value for name in names if name})
        return given


class _Seen:
    """Results of required decisions before the names from outside."""

    def __init__(self, over: dict[str, Any], under: Mapping[str, Any]) -> None:
        self.over = over
        self.under = under

    def get(self, name: str) -> Any:
        return self.over[name] if name in self.over else self.under.get(name)


def compile_decisions(decisions: Decisions) -> Requirements:
    """Never raises: what cannot be compiled is told in `problems` with its line."""
    compiler = Compiler(decisions.file)
    logic: dict[str, CompiledTable | CompiledLiteral] = {}
    for decision in decisions.decisions.values():
        compiled = compiler.decision(decision)
        if compiled is not None:
            logic[decision.id] = compiled
    return Requirements(decisions.decisions, logic, tuple(compiler.problems))


__all__ = ["Evaluation", "Outcome", "Requirements", "Verdict", "compile_decisions"]
