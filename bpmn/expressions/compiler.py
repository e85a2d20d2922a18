"""Turns the checked tree into a Python function that can only call what the language has."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bpmn.durations import TimeError
from bpmn.expressions.errors import ExpressionError, Problem
from bpmn.expressions.functions import FUNCTIONS
from bpmn.expressions.nodes import (
    Call,
    Chain,
    Choice,
    Items,
    Junction,
    Literal,
    Name,
    Node,
    Operation,
    Record,
)
from bpmn.expressions.operators import CALCULATION_ERRORS, OPERATORS, truth
from bpmn.expressions.parser import parse
from bpmn.expressions.reader import is_condition
from bpmn.expressions.values import as_datetime
from kernel.i18n import N_

Lookup = Callable[[str], Any]

_OPERATOR_NAMES = {name: f"operator_{number}" for number, name in enumerate(OPERATORS)}
_GLOBALS: dict[str, Any] = {
    "__builtins__": {},
    **{_OPERATOR_NAMES[name]: function for name, function in OPERATORS.items()},
    **{f"function_{name}": function.run for name, function in FUNCTIONS.items()},
}


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `names` are the variables it may read."""

    source: str
    names: frozenset[str]
    run: Callable[[Lookup], Any] = field(repr=False, compare=False)

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """Its value. Only the names that are reached are looked up; unknown ones are None."""
        try:
            return self.run(names.get)
        except Problem as problem:
            raise ExpressionError.of(problem, self.source) from None
        except TimeError as error:
            raise ExpressionError(
                N_("“%(expression)s”: “%(text)s” is neither a date nor a duration that can be read."),
                source=self.source,
                text=error.params.get("text", ""),
            ) from None
        except CALCULATION_ERRORS as error:
            raise ExpressionError(
                N_("“%(expression)s” cannot be calculated with these values."), source=self.source
            ) from error

    def test(self, names: Mapping[str, Any]) -> bool:
        """Whether it holds, as a condition."""
        return truth(self.evaluate(names))


@lru_cache(4096)
def compile_expression(text: str, *, language: str | None = None) -> Expression:
    """Reads an expression in our language, JUEL (`${…}`) or FEEL (`= …`); raises `ExpressionError`."""
    try:
        parsed = parse(text, language)
        return Expression(text, parsed.names, _compiled(parsed.root))
    except Problem as problem:
        raise ExpressionError.of(problem, text) from None
    except RecursionError:
        raise ExpressionError(N_("“%(expression)s” is nested too deeply."), source=text) from None


def _compiled(root: Node) -> Callable[[Lookup], Any]:
    """The tree holds only calls of our own functions by fixed names, so the code is as safe as they."""
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("get")], kwonlyargs=[], kw_defaults=[], defaults=[])
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, _emit(root))))
    function: Callable[[Lookup], Any] = eval(compile(tree, "<expression>", "eval"), _GLOBALS)
    return function


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _emit(node: Node) -> ast.expr:
    match node:
        case Literal(value):
            return ast.Constant(value)
        case Name(name):
            return ast.Call(_name("get"), [ast.Constant(name)], [])
        case Call(name, arguments):
            given = [_emit(argument) for argument in arguments]
            if FUNCTIONS[name].wants_now:
                given.insert(0, ast.Call(_name("present_moment"), [_emit(Name("now"))], []))
            return ast.Call(_name(f"function_{name}"), given, [])
        case Operation(name, operands):
            return ast.Call(_name(_OPERATOR_NAMES[name]), [_emit(operand) for operand in operands], [])
        case Chain(operators, operands):
            signs = ast.Constant(",".join(operators))
            return ast.Call(_name(_OPERATOR_NAMES["chain"]), [signs, *map(_emit, operands)], [])
        case Junction(is_and, operands):
            return _junction(is_and, operands)
        case Choice(condition, then, otherwise):
            return ast.IfExp(_emit(condition), _emit(then), _emit(otherwise))
        case Items(items):
            return ast.List([_emit(item) for item in items], ast.Load())
        case Record(keys, values):
            return ast.Dict([ast.Constant(key) for key in keys], [_emit(value) for value in values])
    raise TypeError(node)


def _junction(is_and: bool, operands: tuple[Node, ...]) -> ast.expr:
    """`and` and `or` give the operand that decides; `truth` judges it where it is not plainly a condition."""
    if all(is_condition(operand) for operand in operands[:-1]):
        return ast.BoolOp(ast.And() if is_and else ast.Or(), [_emit(operand) for operand in operands])
    first, rest = operands[0], operands[1:]
    otherwise = _emit(rest[0]) if len(rest) == 1 else _junction(is_and, rest)
    kept = ast.NamedExpr(ast.Name("kept", ast.Store()), _emit(first))
    held = ast.Call(_name(_OPERATOR_NAMES["truth"]), [kept], [])
    return ast.IfExp(held, otherwise, _name("kept")) if is_and else ast.IfExp(held, _name("kept"), otherwise)


def _present_moment(now: Any) -> Any:
    moment = as_datetime(now)
    if moment is None:
        raise Problem(N_("“%(expression)s”: the present moment is not known here."))
    return moment


_GLOBALS["present_moment"] = _present_moment
