"""Reads an expression into the checked tree: one grammar for the spellings of Python, JUEL and FEEL."""

import re
from dataclasses import dataclass

from bpmn.expressions import xpath
from bpmn.expressions.errors import Problem
from bpmn.expressions.lexer import Token, tokens_of
from bpmn.expressions.nodes import (
    Call,
    Chain,
    Choice,
    Items,
    Junction,
    Literal,
    Node,
    Operation,
)
from bpmn.expressions.operands import Operands
from bpmn.expressions.reader import (
    ADDITIVE,
    COMPARISONS,
    FEEL,
    JUEL,
    MAXIMUM_CHAIN,
    MAXIMUM_NESTING,
    MAXIMUM_SOURCE,
    MULTIPLICATIVE,
    PYTHON,
    Range,
    as_condition,
)
from kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class Parsed:
    root: Node
    names: frozenset[str]


def parse(text: str, language: str | None = None) -> Parsed:
    """The tree of an expression and the names it reads.

    `language` is any name or address of a language; where it says Python, a single `=` does not compare.
    """
    if len(text) > MAXIMUM_SOURCE:
        raise Problem(N_("“%(expression)s” is too long."))
    body, offset, spelling = unwrapped(xpath.plain(text), _spelling(language))
    if not body.strip():
        raise Problem(N_("The expression is empty."))
    if spelling == JUEL and (parts := _template(body)) is not None:
        return _parse_template(parts)
    parser = _Parser(tokens_of(body), spelling, offset, strict=_spelling(language) == PYTHON)
    root = parser.whole()
    return Parsed(root, frozenset(parser.names))


def _spelling(language: str | None) -> str | None:
    lowered = (language or "").lower()
    for known in (FEEL, JUEL, PYTHON):
        if known in lowered:
            return known
    return JUEL if "uel" in lowered else None


_JUEL_WHOLE = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_JUEL_PART = re.compile(r"[$#]\{((?:[^{}'\"]|'[^']*'|\"[^\"]*\")*)\}")
_GLUE = re.compile(r"(?:\s|&&|\|\||[()!<>=]|\b(?:and|or|not)\b)*")


def unwrapped(text: str, spelling: str | None) -> tuple[str, int, str]:
    """The expression without the signs around it, where it begins, and how it is spelled."""
    stripped = text.lstrip()
    if stripped.startswith("=") and not stripped.startswith("==") and spelling in (None, FEEL):
        start = len(text) - len(stripped) + 1
        return text[start:], start, FEEL
    whole = _JUEL_WHOLE.fullmatch(text)
    if whole and not re.search(r"\}[^'\"]*[$#]\{", whole[1]):
        return whole[1], whole.start(1), JUEL
    if "${" in text or "#{" in text:
        return text, 0, JUEL
    return text, 0, spelling or PYTHON


def _template(body: str) -> list[tuple[bool, str]] | None:
    """Texts and expressions of `Order ${id}`, or None where the text between is only operators or nothing."""
    if "${" not in body and "#{" not in body:
        return None
    parts: list[tuple[bool, str]] = []
    last = 0
    for match in _JUEL_PART.finditer(body):
        parts += [(False, body[last : match.start()]), (True, match[1])]
        last = match.end()
    parts.append((False, body[last:]))
    if not any(is_expression for is_expression, _ in parts):
        raise Problem(N_("“%(expression)s”: a bracket is not closed."))
    if all(is_expression or _GLUE.fullmatch(text) for is_expression, text in parts):
        return [(True, "".join(f"({text})" if is_expression else text for is_expression, text in parts))]
    return [part for part in parts if part[1]]


def _parse_template(parts: list[tuple[bool, str]]) -> Parsed:
    nodes: list[Node] = []
    names: set[str] = set()
    if len(parts) > 50:
        raise Problem(N_("“%(expression)s” is too long."))
    for is_expression, text in parts:
        if is_expression:
            parser = _Parser(tokens_of(text), JUEL, 0)
            nodes.append(parser.whole())
            names |= parser.names
        else:
            nodes.append(Literal(text))
    if len(nodes) == 1:
        return Parsed(nodes[0], frozenset(names))
    return Parsed(Call("join", (Items(tuple(nodes)), Literal(""))), frozenset(names))


class _Parser(Operands):
    """Recursive descent, methods from the loosest to the tightest; `nesting` keeps the tree flat.

    `brackets` remembers what a bracket held: after `in` it is read as a range or list first.
    """

    def whole(self) -> Node:
        root = self.expression()
        if self.token.kind != "end":
            raise self.unexpected()
        return root

    def expression(self) -> Node:
        self.nesting += 1
        if self.nesting > MAXIMUM_NESTING:
            raise self.problem(N_("“%(expression)s” is nested too deeply."))
        node = self._expression()
        self.nesting -= 1
        return node

    def _expression(self) -> Node:
        if self.takes("if"):
            condition = self.expression()
            self.expects("then")
            then = self.expression()
            self.expects("else")
            return Choice(as_condition(condition), then, self.expression())
        node = self.disjunction()
        if self.takes("?"):
            then = self.expression()
            self.expects(":")
            return Choice(as_condition(node), then, self.expression())
        if self.sees("if"):
            self.takes("if")
            condition = self.disjunction()
            self.expects("else")
            return Choice(as_condition(condition), node, self.expression())
        return node

    def disjunction(self) -> Node:
        operands = [self.conjunction()]
        while self.takes("or", "||", "OR"):
            operands.append(self.conjunction())
        return self.junction(False, operands)

    def conjunction(self) -> Node:
        operands = [self.inversion()]
        while self.takes("and", "&&", "AND"):
            operands.append(self.inversion())
        return self.junction(True, operands)

    def junction(self, is_and: bool, operands: list[Node]) -> Node:
        if len(operands) == 1:
            return operands[0]
        if self.spelling != PYTHON:
            return Operation("truth", (Junction(is_and, tuple(map(as_condition, operands))),))
        return Junction(is_and, tuple(operands))

    def inversion(self) -> Node:
        inversions = 0
        while self.sees("not", "NOT") and not self.binds_tightly():
            self.place += 1
            inversions += 1
        node = self.comparison()
        if not inversions:
            return node
        return Operation("not" if inversions % 2 else "truth", (node,))

    def binds_tightly(self) -> bool:
        """`not` of JUEL, and FEEL's function `not(x)`, take only what follows at once."""
        return self.spelling == JUEL or (self.spelling == FEEL and self.following.value == "(")

    def comparison(self) -> Node:
        first = self.additive()
        signs: list[str] = []
        operands = [first]
        while (sign := self.comparison_sign()) is not None:
            if sign == "between":
                low = self.additive()
                self.expects("and")
                return Operation("between", (first, low, self.additive()))
            if sign in ("in", "not in"):
                other = self.range_or_list()
                if isinstance(other, Range):
                    inside = other.test(operands[-1])
                    return Operation("not", (inside,)) if sign == "not in" else inside
                operands.append(other)
            else:
                operands.append(self.additive())
            signs.append(sign)
        if not signs:
            return first
        if len(signs) == 1:
            return Operation(signs[0], tuple(operands))
        if len(signs) > MAXIMUM_CHAIN:
            raise self.problem(N_("“%(expression)s” is too long."))
        return Chain(tuple(signs), tuple(operands))

    def comparison_sign(self) -> str | None:
        if self.token.kind not in ("operator", "name"):
            return None
        if self.sees("between"):
            self.place += 1
            return "between"
        if self.sees("is"):
            self.place += 1
            return "is not" if self.takes("not") else "is"
        if self.sees("not") and self.following.value == "in":
            self.place += 2
            return "not in"
        if self.strict and self.token.value == "=":
            raise self.problem(N_("“%(expression)s”: write == to compare."))
        sign = COMPARISONS.get(self.token.value)
        if sign is not None:
            self.place += 1
        return sign

    def additive(self) -> Node:
        return self.left_to_right(ADDITIVE, self.multiplicative)

    def multiplicative(self) -> Node:
        return self.left_to_right(MULTIPLICATIVE, self.unary)

    def left_to_right(self, signs: dict[str, str], operand: "object") -> Node:
        node: Node = operand()  # type: ignore[operator]
        count = 0
        while self.token.kind in ("operator", "name") and self.token.value in signs:
            sign = signs[self.token.value]
            self.place += 1
            node = Operation(sign, (node, operand()))  # type: ignore[operator]
            count += 1
            if count > MAXIMUM_CHAIN:
                raise self.problem(N_("“%(expression)s” is too long."))
        return node

    def unary(self) -> Node:
        signs: list[str] = []
        while (self.token.kind == "operator" and self.token.value in ("-", "+", "!")) or (
            self.sees("not") and self.binds_tightly()
        ):
            signs.append({"-": "negate", "+": "plus"}.get(self.token.value, "not"))
            self.place += 1
            if len(signs) > 10:
                raise self.problem(N_("“%(expression)s” is nested too deeply."))
        if self.sees("empty") and self.begins_operand(self.following):
            self.place += 1
            node: Node = Call("empty", (self.postfix(),))
        else:
            node = self.postfix()
        for sign in reversed(signs):
            if sign == "negate" and isinstance(node, Literal) and type(node.value) in (int, float):
                node = Literal(-node.value)  # type: ignore[operator]
            else:
                node = Operation(sign, (node,))
        return node

    @staticmethod
    def begins_operand(token: Token) -> bool:
        if token.kind == "name":
            return token.value not in ("and", "or", "in", "is", "if", "then", "else", "not") and (
                token.value not in COMPARISONS and token.value not in MULTIPLICATIVE
            )
        return token.kind in ("number", "string") or token.value in ("[", "{")
