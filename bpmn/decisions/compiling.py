"""Turns decisions into functions; every cell that cannot be one is found with its line, rule and column."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bpmn.decisions.cells import Test, Value, constant, pieces_of, unary_tests, value_of
from bpmn.decisions.errors import DecisionError
from bpmn.decisions.kinds import Unfit, converted, named
from bpmn.decisions.model import OUTPUT_ORDER, PRIORITY, Cell, Decision, Input, Output, Rule, Table
from bpmn.decisions.tables import (
    FAILURES,
    Column,
    CompiledRule,
    CompiledTable,
    Result,
    Verdict,
    expression_error,
)
from bpmn.expressions.compiler import Lookup, compile_expression
from bpmn.expressions.errors import ExpressionError
from bpmn.expressions.values import shown
from bpmn.model import Finding
from kernel.i18n import N_

T = TypeVar("T")

LANGUAGE = N_(
    "“%(element)s”: the cell “%(cell)s” is written in “%(what)s”, which is not evaluated here. Write it in FEEL."
)
NO_ORDER = N_(
    "“%(element)s” orders by its outputs, but none of them lists its values. Add the allowed values, best first."
)
NOT_PLAIN = N_("“%(element)s”: the allowed values of “%(output)s” must be plain values to order by.")
RESULT = N_("“%(decision)s” cannot be calculated: %(reason)s")
BAD_RESULT = N_("“%(decision)s” gives %(value)s, which is not of the type %(type)s.")
_FEEL = re.compile(r"(s-?feel|feel|.*/feel/?|.*/s-feel/?)", re.IGNORECASE)
_PLAIN_CELL = re.compile(r"\s*(-?|-?\d+(\.\d+)?|true|false|\"[^\"\\$#]*\")\s*")
"""What means the same in every language: a number, a truth, a text, nothing."""


@dataclass(frozen=True, slots=True)
class CompiledLiteral:
    decision: Decision
    value: Value

    def evaluate(self, get: Lookup) -> Verdict:
        """Raises `DecisionError`."""
        assert self.decision.literal is not None
        try:
            found = self.value(get)
        except FAILURES as error:
            cause = expression_error(error, self.decision.literal.text)
            raise DecisionError(RESULT, cause=cause, decision=self.decision.title) from error
        try:
            value = converted(found, self.decision.kind)
        except Unfit:
            params: dict[str, Any] = {
                "decision": self.decision.title,
                "value": shown(found),
                "type": named(self.decision.kind),
            }
            raise DecisionError(BAD_RESULT, **params) from None
        name = self.decision.variable or self.decision.id
        return Verdict((), (), ({name: value},), value)


class Compiler:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Finding] = []

    def decision(self, decision: Decision) -> CompiledTable | CompiledLiteral | None:
        if decision.table is not None:
            return self._table(decision, decision.table)
        if decision.literal is not None:
            value = self._compiled(decision, decision.literal, decision.label, _expression)
            return CompiledLiteral(decision, value) if value is not None else None
        return None

    def _table(self, decision: Decision, table: Table) -> CompiledTable:
        columns = tuple(self._column(decision, column) for column in table.inputs)
        results = tuple(self._result(decision, table, output) for output in table.outputs)
        if table.hit_policy in (PRIORITY, OUTPUT_ORDER) and not any(result.order for result in results):
            self._problem(decision, "output-values", NO_ORDER, decision.line, decision.id)
        rules = tuple(self._rule(decision, table, rule) for rule in table.rules)
        return CompiledTable(decision, table, columns, results, rules)

    def _column(self, decision: Decision, column: Input) -> Column:
        cell = Cell(column.expression, column.language, column.line, column.id)
        value = self._compiled(decision, cell, column.label, _expression) if column.expression else None
        allowed = self._tests(decision, Cell(column.allowed or "", None, column.line, column.id), column.label)
        return Column(column, value or _nothing, allowed)

    def _result(self, decision: Decision, table: Table, output: Output) -> Result:
        default = None
        if output.default is not None:
            default = self._compiled(
                decision, Cell(output.default, None, output.line, output.id), output.label, value_of
            )
        allowed = self._tests(decision, Cell(output.allowed or "", None, output.line, output.id), output.label)
        order: tuple[Any, ...] = ()
        if output.allowed and table.hit_policy in (PRIORITY, OUTPUT_ORDER):
            try:
                order = tuple(converted(constant(piece), output.kind) for piece in pieces_of(output.allowed))
            except (KeyError, ExpressionError, Unfit, *FAILURES):
                self._problem(decision, "output-values", NOT_PLAIN, output.line, output.id, output=output.label)
        return Result(output, default, allowed, order)

    def _rule(self, decision: Decision, table: Table, rule: Rule) -> CompiledRule:
        tests = []
        for at, (cell, column) in enumerate(zip(rule.conditions, table.inputs, strict=False)):
            test = self._tests(decision, cell, column.label)
            if test is not None:
                tests.append((at, test))
        results = []
        for cell, output in zip(rule.results, table.outputs, strict=False):
            results.append(self._compiled(decision, cell, output.label, value_of) or _nothing)
        return CompiledRule(rule, tuple(tests), tuple(results))

    def _tests(self, decision: Decision, cell: Cell, label: str) -> Test | None:
        return self._compiled(decision, cell, label, lambda cell: unary_tests(cell.text))

    def _compiled(self, decision: Decision, cell: Cell, column: str, how: Callable[[Any], T]) -> T | None:
        """What `how` makes of a cell in a language that is known here; a finding and None where it cannot."""
        if not _is_known(cell, how is _expression):
            what = {"what": cell.language or "", "cell": cell.text[:80]}
            self._problem(decision, "cell-language", LANGUAGE, cell.line, cell.id, column=column, **what)
            return None
        try:
            return how(cell.text if how is value_of else cell)
        except (ExpressionError, *FAILURES) as error:
            cause = expression_error(error, cell.text)
            params = {key: str(value) for key, value in cause.params.items()}
            self._problem(decision, "cell", cause.message, cell.line, cell.id, **{"column": column, **params})
            return None

    def _problem(
        self, decision: Decision, rule: str, message: str, line: int, identifier: str | None, **params: str
    ) -> None:
        """A cell is named by its decision and column; its id and line say which."""
        name = f"{decision.label}: {params['column']}" if params.get("column") else decision.label
        found, params["element"] = identifier or decision.id, decision.label
        self.problems.append(Finding(rule, "error", message, line, found, name, self.file, params))


def _nothing(get: Lookup) -> None:
    return None


def _expression(cell: Cell) -> Value:
    juel = cell.language is not None and "uel" in cell.language.lower()
    return compile_expression(cell.text, language="juel" if juel else "feel").run


def _is_known(cell: Cell, is_expression: bool) -> bool:
    """FEEL is; JUEL is translated where it stands alone; of any other language only what is plainly the same."""
    if not cell.language or _FEEL.fullmatch(cell.language):
        return True
    if is_expression and ("uel" in cell.language.lower() or re.fullmatch(r"[^\W\d]\w*", cell.text)):
        return True
    return bool(_PLAIN_CELL.fullmatch(cell.text))
