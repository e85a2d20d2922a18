"""A compiled decision table: which rules match, and what the hit policy makes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from bpmn.decisions.cells import Test, Value
from bpmn.decisions.errors import DecisionError
from bpmn.decisions.kinds import Unfit, converted, named
from bpmn.decisions.model import (
    ANY,
    COLLECT,
    FIRST,
    OUTPUT_ORDER,
    PRIORITY,
    SINGLE_HIT,
    UNIQUE,
    Decision,
    Input,
    Output,
    Rule,
    Table,
)
from bpmn.durations import TimeError
from bpmn.expressions.compiler import Lookup
from bpmn.expressions.errors import ExpressionError, Problem
from bpmn.expressions.operators import CALCULATION_ERRORS, add, equal, greater, less
from bpmn.expressions.values import shown
from kernel.i18n import N_

SEVERAL = N_("Rules %(first)s and %(second)s of “%(decision)s” both match, where only one may. Inputs: %(inputs)s.")
DIFFERENT = N_("Rules %(first)s and %(second)s of “%(decision)s” match with different results. Inputs: %(inputs)s.")
NO_RULE = N_("No rule of “%(decision)s” matches, and it has no default. Inputs: %(inputs)s.")
BAD_INPUT = N_("The input “%(input)s” of “%(decision)s” is %(value)s, which is not of the type %(type)s.")
INPUT_NOT_ALLOWED = N_("The input “%(input)s” of “%(decision)s” is %(value)s, which is not among its allowed values.")
BAD_OUTPUT = N_("Rule %(rule)s of “%(decision)s” gives %(value)s for “%(output)s”, which is not of the type %(type)s.")
OUTPUT_NOT_ALLOWED = N_(
    "Rule %(rule)s of “%(decision)s” gives %(value)s for “%(output)s”, which is not among its allowed values."
)
BAD_CELL = N_("Rule %(rule)s of “%(decision)s” cannot be calculated at “%(column)s”: %(reason)s")
BAD_EXPRESSION = N_("The input “%(input)s” of “%(decision)s” cannot be calculated: %(reason)s")
FAILURES = (Problem, TimeError, *CALCULATION_ERRORS)
CANNOT = N_("“%(expression)s” cannot be calculated with these values.")


class NotAllowed(Exception):
    """A value of the right type that is not among those a column allows."""


@dataclass(frozen=True, slots=True)
class Column:
    input: Input
    value: Value
    allowed: Test | None


@dataclass(frozen=True, slots=True)
class Result:
    output: Output
    default: Value | None
    allowed: Test | None
    order: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """`tests` are (column, test) of the cells that not everything passes."""

    rule: Rule
    tests: tuple[tuple[int, Test], ...]
    results: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matched; rule 0 is the default."""

    rule: int
    rule_id: str | None
    outputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`inputs` are (label, value); `results` what the hit policy left; `value` the same as DMN says it."""

    inputs: tuple[tuple[str, Any], ...]
    matches: tuple[Match, ...]
    results: tuple[dict[str, Any], ...]
    value: Any


@dataclass(frozen=True, slots=True)
class CompiledTable:
    decision: Decision
    table: Table
    columns: tuple[Column, ...]
    results: tuple[Result, ...]
    rules: tuple[CompiledRule, ...]

    def evaluate(self, get: Lookup) -> Verdict:
        """Raises `DecisionError`."""
        values = [self._input(column, get) for column in self.columns]
        found = self._matching(values, get)
        table = self.table
        if table.hit_policy == UNIQUE and len(found) > 1:
            raise self._conflict(SEVERAL, found, values)
        matches = [Match(each.rule.number, each.rule.id, self._outputs(each, get)) for each in found]
        if not matches:
            default = self._default(get)
            if default is not None:
                matches = [Match(0, None, default)]
            elif table.hit_policy in SINGLE_HIT:
                raise DecisionError(NO_RULE, decision=self.decision.title, inputs=self._told(values))
        results = self._by_policy(matches, values)
        told = tuple((column.input.label, value) for column, value in zip(self.columns, values, strict=True))
        return Verdict(told, tuple(matches), tuple(results), self._value(results))

    def _matching(self, values: Sequence[Any], get: Lookup) -> list[CompiledRule]:
        first, found = self.table.hit_policy == FIRST, []
        at = 0
        for rule in self.rules:
            try:
                for at, test in rule.tests:
                    if not test(values[at], get):
                        break
                else:
                    found.append(rule)
                    if first:
                        break
            except FAILURES as error:
                cell = rule.rule.conditions[at]
                raise self._broken(error, cell.text, rule.rule.number, self.columns[at].input.title) from error
        return found

    def _input(self, column: Column, get: Lookup) -> Any:
        label = column.input.title
        try:
            found = column.value(get)
        except FAILURES as error:
            cause = expression_error(error, column.input.expression)
            raise DecisionError(BAD_EXPRESSION, cause=cause, decision=self.decision.title, input=label) from error
        told: dict[str, Any] = {"input": label, "decision": self.decision.title, "value": shown(found)}
        try:
            return _checked(found, column.input.kind, column.allowed, get)
        except Unfit:
            raise DecisionError(BAD_INPUT, type=named(column.input.kind), **told) from None
        except NotAllowed:
            raise DecisionError(INPUT_NOT_ALLOWED, **told) from None

    def _outputs(self, rule: CompiledRule, get: Lookup) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for result, value, cell in zip(self.results, rule.results, rule.rule.results, strict=True):
            try:
                found = value(get)
            except FAILURES as error:
                raise self._broken(error, cell.text, rule.rule.number, result.output.title) from error
            given[result.output.name] = self._fitting(result, found, rule.rule.number, get)
        return given

    def _default(self, get: Lookup) -> dict[str, Any] | None:
        if all(result.default is None for result in self.results):
            return None
        given: dict[str, Any] = {}
        for result in self.results:
            try:
                found = result.default(get) if result.default is not None else None
            except FAILURES as error:
                raise self._broken(error, result.output.default or "", 0, result.output.title) from error
            given[result.output.name] = self._fitting(result, found, 0, get)
        return given

    def _fitting(self, result: Result, found: Any, rule: int, get: Lookup) -> Any:
        told: dict[str, Any] = {
            "rule": rule,
            "decision": self.decision.title,
            "output": result.output.title,
            "value": shown(found),
        }
        try:
            return _checked(found, result.output.kind, result.allowed, get)
        except Unfit:
            raise DecisionError(BAD_OUTPUT, type=named(result.output.kind), **told) from None
        except NotAllowed:
            raise DecisionError(OUTPUT_NOT_ALLOWED, **told) from None

    def _by_policy(self, matches: list[Match], values: Sequence[Any]) -> list[dict[str, Any]]:
        policy = self.table.hit_policy
        if policy == ANY:
            for other in matches[1:]:
                if not all(equal(other.outputs[name], value) for name, value in matches[0].outputs.items()):
                    raise self._conflict(DIFFERENT, [matches[0], other], values)
            return [matches[0].outputs]
        if policy in (PRIORITY, OUTPUT_ORDER):
            matches = sorted(matches, key=self._rank)
        if policy == PRIORITY:
            matches = matches[:1]
        if policy == COLLECT and self.table.aggregation is not None:
            return self._aggregated([match.outputs[self.results[0].output.name] for match in matches])
        return [match.outputs for match in matches]

    def _rank(self, match: Match) -> tuple[int, ...]:
        ranks = []
        for result in self.results:
            value = match.outputs[result.output.name]
            places = (at for at, known in enumerate(result.order) if equal(known, value))
            ranks.append(next(places, len(result.order)))
        return tuple(ranks)

    def _aggregated(self, values: list[Any]) -> list[dict[str, Any]]:
        name, sign = self.results[0].output.name, self.table.aggregation
        if sign == "#":
            return [{name: len(values)}]
        if not values:
            return []
        try:
            return [{name: reduce(_AGGREGATES[sign or "+"], values)}]
        except FAILURES as error:
            raise self._broken(error, ", ".join(map(shown, values)), 0, self.results[0].output.title) from error

    def _value(self, results: list[dict[str, Any]]) -> Any:
        """One output is its value, several are a record; policies of several hits give a list of them."""
        said = [next(iter(row.values())) if len(self.results) == 1 else row for row in results]
        if self.table.hit_policy in SINGLE_HIT or self.table.aggregation is not None:
            return said[0] if said else None
        return said

    def _conflict(self, message: str, found: Sequence[CompiledRule | Match], values: Sequence[Any]) -> DecisionError:
        first, second = (each.rule.number if isinstance(each, CompiledRule) else each.rule for each in found[:2])
        told = self._told(values)
        return DecisionError(message, first=first, second=second, decision=self.decision.title, inputs=told)

    def _told(self, values: Sequence[Any]) -> Callable[[str], str]:
        pairs = list(zip(self.columns, values, strict=True))

        def told(language: str) -> str:
            return ", ".join(f"{column.input.title(language)} = {shown(value)}" for column, value in pairs) or "—"

        return told

    def _broken(self, error: BaseException, text: str, rule: int, column: Callable[[str], str]) -> DecisionError:
        cause = expression_error(error, text)
        return DecisionError(BAD_CELL, cause=cause, rule=rule, decision=self.decision.title, column=column)


def _checked(found: Any, kind: str | None, allowed: Test | None, get: Lookup) -> Any:
    """The value as a column's type says it. Raises `Unfit`, or `NotAllowed` where the column lists its values."""
    value = converted(found, kind)
    if value is not None and allowed is not None:
        try:
            fits = allowed(value, get)
        except FAILURES:
            fits = False
        if not fits:
            raise NotAllowed
    return value


def expression_error(error: BaseException, text: str) -> ExpressionError:
    """What went wrong with one cell, as the expressions of diagrams say it."""
    if isinstance(error, ExpressionError):
        return error
    if isinstance(error, Problem):
        return ExpressionError.of(error, text)
    return ExpressionError(CANNOT, source=text)


_AGGREGATES: dict[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "<": lambda left, right: right if less(right, left) else left,
    ">": lambda left, right: right if greater(right, left) else left,
}
