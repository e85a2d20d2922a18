"""The cells of a table: unary tests and result expressions, compiled into small functions."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from bpmn.expressions.compiler import Expression, Lookup, compile_expression
from bpmn.expressions.errors import Problem
from bpmn.expressions.operators import equal, greater, greater_or_equal, less, less_or_equal, member, truth, unequal
from kernel.i18n import N_

Test = Callable[[Any, Lookup], bool]
Value = Callable[[Lookup], Any]

INPUT = "cellInput"
"""The name under which a cell reads the value it is about; FEEL writes `?`."""
MAXIMUM_TESTS = 500

_PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|.", re.DOTALL)
_SIGN = re.compile(r"(<=|>=|!=|==|<|>|=)(.*)", re.DOTALL)
_INTERVAL = re.compile(r"([\[\](])(.*)([\])\[])", re.DOTALL)
_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": less, "<=": less_or_equal, ">": greater, ">=": greater_or_equal, "=": equal, "==": equal, "!=": unequal,
}  # fmt: skip


def unary_tests(text: str) -> Test | None:
    """Whether a value passes a cell; None for the cell that everything passes. Raises `ExpressionError`, `Problem`."""
    stripped = text.strip()
    if stripped in ("", "-"):
        return None
    negated = _NOT.fullmatch(stripped)
    if negated is not None and _is_one_bracket(stripped):
        inner = _any_of(negated[1])
        return lambda value, get: not inner(value, get)
    return _any_of(stripped)


def value_of(text: str) -> Value:
    """The result a cell gives; nothing for an empty one. Raises `ExpressionError`, `Problem`."""
    stripped = text.strip()
    if stripped in ("", "-"):
        return lambda get: None
    return _operand(stripped)


def constant(text: str) -> Any:
    """The value of a cell that reads no names; KeyError where it does."""
    expression = compile_expression(text.strip(), language="feel")
    if not _is_constant(expression):
        raise KeyError(text)
    return expression.run(_nothing)


def pieces_of(text: str) -> Iterator[str]:
    """The tests between the commas, an interval and a call counting as one."""
    depth, piece, backwards = 0, "", False
    for part in _PIECE.findall(text):
        if part == "," and depth <= 0:
            yield piece.strip()
            depth, piece, backwards = 0, "", False
            continue
        if part == "]" and not piece.strip():
            depth, backwards = depth + 1, True
        elif part == "[" and backwards and depth == 1:
            depth = 0
        elif part in "([{":
            depth += 1
        elif part in ")]}":
            depth -= 1
        piece += part
    yield piece.strip()


def _is_one_bracket(text: str) -> bool:
    """Whether the first bracket closes with the last sign: `not(1), not(2)` is two tests, not one."""
    depth = 0
    for at, part in enumerate(parts := _PIECE.findall(text)):
        if part == "(":
            depth += 1
        elif part == ")":
            depth -= 1
            if depth == 0:
                return at == len(parts) - 1
    return "[" in text


def _any_of(text: str) -> Test:
    pieces = list(pieces_of(text))
    if len(pieces) > MAXIMUM_TESTS:
        raise Problem(N_("“%(expression)s” is too long."))
    tests = [_single(piece) for piece in pieces]
    if len(tests) == 1:
        return tests[0]
    known = [_literal_text(piece) for piece in pieces]
    if all(word is not None for word in known):
        words = frozenset(known)
        return lambda value, get: value in words if type(value) is str else any(test(value, get) for test in tests)
    return lambda value, get: any(test(value, get) for test in tests)


def _literal_text(piece: str) -> str | None:
    if piece[:1] in "\"'" and len(_PIECE.findall(piece)) == 1 and len(piece) > 1:
        found = constant(piece)
        return found if isinstance(found, str) else None
    return None


def _single(piece: str) -> Test:
    sign = _SIGN.fullmatch(piece)
    if sign is not None:
        compare, operand = _SIGNS[sign[1]], _operand(sign[2].strip())
        return lambda value, get: compare(value, operand(get))
    interval = _INTERVAL.fullmatch(piece)
    if interval is not None and (ends := _ends(interval[2])) is not None:
        return _interval(interval[1], *ends, interval[3])
    text = _with_input_named(piece)
    expression = compile_expression(text, language="feel")
    if INPUT in expression.names:
        return lambda value, get: truth(expression.run(lambda name: value if name == INPUT else get(name)))
    return _equality(_operand(text))


def _equality(operand: Value) -> Test:
    def test(value: Any, get: Lookup) -> bool:
        wanted = operand(get)
        return member(value, wanted) if type(wanted) is list else equal(value, wanted)

    return test


def _interval(opening: str, low: str, high: str, closing: str) -> Test:
    above = less_or_equal if opening == "[" else less
    below = less_or_equal if closing == "]" else less
    least, most = _operand(low), _operand(high)
    return lambda value, get: above(least(get), value) and below(value, most(get))


def _ends(text: str) -> tuple[str, str] | None:
    """Both ends of `1..5`; None where the two dots are missing, or stand inside a text."""
    before, parts = "", _PIECE.findall(text)
    for at, part in enumerate(parts[:-1]):
        if part == "." and parts[at + 1] == ".":
            return before.strip(), "".join(parts[at + 2 :]).strip()
        before += part
    return None


def _operand(text: str) -> Value:
    """What an expression gives. One that reads no names is calculated now, once."""
    expression = compile_expression(text, language="feel")
    if _is_constant(expression):
        found = expression.run(_nothing)
        if not isinstance(found, list | dict):
            return lambda get: found
    return expression.run


def _is_constant(expression: Expression) -> bool:
    return not expression.names


def _nothing(name: str) -> None:
    return None


def _with_input_named(text: str) -> str:
    return "".join(f" {INPUT} " if part == "?" else part for part in _PIECE.findall(text))
