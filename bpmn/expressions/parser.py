"""Reads an expression into the checked tree: one grammar for the spellings of Python, JUEL and FEEL."""

import re
from dataclasses import dataclass

from bpmn.expressions.errors import Problem
from bpmn.expressions.functions import FUNCTIONS, METHODS, SYNONYMS
from bpmn.expressions.lexer import Token, tokens_of
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
from kernel.i18n import N_

MAXIMUM_SOURCE = 4000
MAXIMUM_NESTING = 25
MAXIMUM_ITEMS_WRITTEN = 400
MAXIMUM_CHAIN = 100
MAXIMUM_CALLS = 100

PYTHON, JUEL, FEEL = "python", "juel", "feel"

CONSTANTS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
             "null": None, "None": None, "NULL": None}  # fmt: skip
RESERVED = frozenset({"and", "or", "not", "in", "is", "if", "then", "else"}) | CONSTANTS.keys()
_REFUSED_WORDS = {
    "lambda": N_("“%(expression)s”: functions cannot be defined here."),
    "for": N_("“%(expression)s”: loops are not part of the language."),
    "some": N_("“%(expression)s”: loops are not part of the language."),
    "every": N_("“%(expression)s”: loops are not part of the language."),
    "function": N_("“%(expression)s”: functions cannot be defined here."),
    "import": N_("“%(expression)s”: nothing can be imported here."),
    "await": N_("“%(expression)s”: nothing can be waited for here."),
    "yield": N_("“%(expression)s”: nothing can be waited for here."),
}
_COMPARISONS = {
    "==": "==", "===": "==", "=": "==", "!=": "!=", "!==": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">",
    ">=": ">=", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in",
}  # fmt: skip
_ADDITIVE = {"+": "+", "-": "-"}
_MULTIPLICATIVE = {"*": "*", "/": "/", "//": "//", "%": "%", "div": "/", "mod": "%"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


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
    body, offset, spelling = unwrapped(text, _spelling(language))
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


class _Parser:
    """Recursive descent, methods from the loosest to the tightest; `nesting` keeps the tree flat.

    `brackets` remembers what a bracket held: after `in` it is read as a range or list first.
    """

    def __init__(self, tokens: list[Token], spelling: str, offset: int, strict: bool = False) -> None:
        self.tokens = tokens
        self.spelling = spelling
        self.offset = offset
        self.strict = strict
        self.place = 0
        self.nesting = 0
        self.calls = 0
        self.names: set[str] = set()
        self.brackets: dict[int, tuple[Node, int]] = {}

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.place + 1, len(self.tokens) - 1)]

    def sees(self, *spellings: str) -> bool:
        return self.token.kind in ("operator", "name") and self.token.value in spellings

    def takes(self, *spellings: str) -> bool:
        if self.sees(*spellings):
            self.place += 1
            return True
        return False

    def expects(self, spelling: str) -> None:
        if not self.takes(spelling):
            raise self.problem(
                N_("“%(expression)s”: “%(wanted)s” is missing before “%(found)s”.")
                if self.token.kind != "end"
                else N_("“%(expression)s” ends where “%(wanted)s” is missing."),
                wanted=spelling,
                found=self.token.value,
            )

    def problem(self, message: str, **params: object) -> Problem:
        return Problem(message, self.token.position + self.offset, **params)

    def unexpected(self) -> Problem:
        if self.token.kind == "end":
            return self.problem(N_("“%(expression)s” ends too early."))
        if self.token.value == "**":
            return self.problem(N_("“%(expression)s”: powers are not part of the language."))
        return self.problem(N_("“%(expression)s”: “%(found)s” is not expected here."), found=str(self.token.value)[:40])

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
            return Choice(_condition(condition), then, self.expression())
        node = self.disjunction()
        if self.takes("?"):
            then = self.expression()
            self.expects(":")
            return Choice(_condition(node), then, self.expression())
        if self.sees("if"):
            self.takes("if")
            condition = self.disjunction()
            self.expects("else")
            return Choice(_condition(condition), node, self.expression())
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
            return Operation("truth", (Junction(is_and, tuple(map(_condition, operands))),))
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
                if isinstance(other, _Range):
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
        sign = _COMPARISONS.get(self.token.value)
        if sign is not None:
            self.place += 1
        return sign

    def additive(self) -> Node:
        return self.left_to_right(_ADDITIVE, self.multiplicative)

    def multiplicative(self) -> Node:
        return self.left_to_right(_MULTIPLICATIVE, self.unary)

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
                token.value not in _COMPARISONS and token.value not in _MULTIPLICATIVE
            )
        return token.kind in ("number", "string") or token.value in ("[", "{")

    def postfix(self) -> Node:
        node = self.primary()
        count = 0
        while True:
            if self.takes("."):
                node = self.after_dot(node)
            elif self.sees("["):
                self.place += 1
                key = self.expression()
                self.expects("]")
                if is_condition(key):
                    raise self.problem(N_("“%(expression)s”: loops are not part of the language."))
                node = Operation("item_from_one" if self.spelling == FEEL else "item", (node, key))
            elif self.sees("(") and self.token.kind == "operator":
                raise self.problem(N_("“%(expression)s”: only functions of the language can be called."))
            else:
                return node
            count += 1
            if count > MAXIMUM_NESTING:
                raise self.problem(N_("“%(expression)s” is nested too deeply."))

    def after_dot(self, node: Node) -> Node:
        name = self.token
        if name.kind != "name":
            raise self.unexpected()
        self.refuse_private(name)
        self.place += 1
        if not self.sees("("):
            return Operation("field", (node, Literal(name.value)))
        arguments = self.arguments()
        if isinstance(node, Name) and node.name == "execution" and name.value in ("getVariable", "hasVariable"):
            return self.variable(name, arguments)
        if name.value in ("equals", "equalsIgnoreCase") and len(arguments) == 1:
            sides = (node, arguments[0])
            if name.value == "equalsIgnoreCase":
                return Operation("==", tuple(Call("lower", (side,)) for side in sides))
            return Operation("==", sides)
        if name.value not in METHODS:
            self.place -= 1
            raise Problem(
                N_("“%(expression)s”: “%(name)s” is not a function of the language."),
                name.position + self.offset,
                name=name.value,
            )
        return self.call(name, [node, *arguments])

    def variable(self, token: Token, arguments: list[Node]) -> Node:
        """Camunda's `execution.getVariable('x')`."""
        self.names.discard("execution")
        first = arguments[0] if len(arguments) == 1 else None
        if not (isinstance(first, Literal) and isinstance(first.value, str) and first.value.isidentifier()):
            raise Problem(
                N_("“%(expression)s”: “%(name)s” needs the name of a variable."),
                token.position + self.offset,
                name=token.value,
            )
        if first.value.startswith("_"):
            raise self.problem(N_("“%(expression)s”: names do not begin with “_”."))
        self.names.add(first.value)
        if token.value == "hasVariable":
            return Operation("is not", (Name(first.value), Literal(None)))
        return Name(first.value)

    def primary(self) -> Node:
        token = self.token
        if token.kind in ("number", "string"):
            self.place += 1
            return Literal(token.value)
        if token.kind == "name":
            return self.named()
        if token.value == "@" and self.following.kind == "string":
            self.place += 2
            text = Literal(self.tokens[self.place - 1].value)
            is_span = str(text.value).lstrip("-").startswith("P")
            return Call("duration" if is_span else "datetime", (text,))
        if token.value in ("(", "["):
            if self.place in self.brackets:
                known, self.place = self.brackets[self.place]
                return known
            items = self.bracket()
            if isinstance(items, _Range):
                raise Problem(N_("“%(expression)s”: a range can only stand after “in”."), token.position + self.offset)
            return items
        if token.value == "{":
            return self.record()
        raise self.unexpected()

    def named(self) -> Node:
        token = self.token
        word = token.value
        self.refuse_private(token)
        if word in CONSTANTS:
            self.place += 1
            return Literal(CONSTANTS[word])
        if word == "not" and self.following.value == "(" and self.spelling == FEEL:
            self.place += 1
            return Operation("not", tuple(self.arguments(exactly=1)))
        if word in RESERVED:
            raise self.unexpected()
        if word in _REFUSED_WORDS and (self.following.kind == "name" or word == "lambda"):
            raise self.problem(_REFUSED_WORDS[word])
        self.place += 1
        if self.sees("("):
            if word in ("is defined", "is_defined"):
                return Operation("is not", (self.arguments(exactly=1)[0], Literal(None)))
            return self.call(token, self.arguments())
        self.names.add(word)
        return Name(word)

    def refuse_private(self, token: Token) -> None:
        if token.value.startswith("_"):
            raise Problem(N_("“%(expression)s”: names do not begin with “_”."), token.position + self.offset)

    def call(self, token: Token, arguments: list[Node]) -> Node:
        name = SYNONYMS.get(token.value, token.value)
        function = FUNCTIONS.get(name)
        if function is None:
            raise Problem(
                N_("“%(expression)s”: “%(name)s” is not a function of the language."),
                token.position + self.offset,
                name=token.value,
            )
        if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
            raise Problem(
                N_("“%(expression)s”: “%(name)s” does not take %(count)s values."),
                token.position + self.offset,
                name=token.value,
                count=len(arguments),
            )
        self.calls += 1
        if self.calls > MAXIMUM_CALLS:
            raise self.problem(N_("“%(expression)s” is too long."))
        if function.wants_now:
            self.names.add("now")
        return Call(name, tuple(arguments))

    def arguments(self, exactly: int | None = None) -> list[Node]:
        self.expects("(")
        found: list[Node] = []
        while not self.takes(")"):
            if self.token.value in ("*", "**") and self.token.kind == "operator":
                raise self.unexpected()
            if self.token.kind == "name" and self.following.value == "=" and self.following.kind == "operator":
                raise self.problem(N_("“%(expression)s”: values are given in order, without names."))
            found.append(self.expression())
            if not self.sees(")"):
                self.expects(",")
            self.check_count(found)
        if exactly is not None and len(found) != exactly:
            raise self.problem(N_("“%(expression)s”: one value is expected in brackets."))
        return found

    def check_count(self, found: list[Node]) -> None:
        if len(found) > MAXIMUM_ITEMS_WRITTEN:
            raise self.problem(N_("“%(expression)s” is too long."))

    def range_or_list(self) -> "Node":
        """After `in`: FEEL's `[1..5]`, `(1..5)` and `]1..5]`, or any operand."""
        if not self.sees("(", "[", "]"):
            return self.additive()
        start = self.place
        node = self.bracket()
        if isinstance(node, _Range):
            return node
        self.brackets[start] = node, self.place
        self.place = start
        return self.additive()

    def bracket(self) -> "Node":
        opening = self.token.value
        closing = _CLOSING.get(opening, "]")
        self.place += 1
        items: list[Node] = []
        while not self.takes(closing):
            items.append(self.expression())
            if len(items) == 1 and self.takes(".."):
                return self.range(opening, items[0])
            if opening == "]":
                raise self.unexpected()
            if len(items) == 1 and opening == "(" and self.takes(")"):
                return items[0]
            if self.sees("for"):
                raise self.problem(N_("“%(expression)s”: loops are not part of the language."))
            if not self.sees(closing):
                self.expects("," if self.sees(",") or len(items) > 1 else closing)
            self.check_count(items)
        return Items(tuple(items))

    def range(self, opening: str, low: Node) -> "Node":
        high = self.expression()
        closing = self.token.value
        if closing not in (")", "]"):
            self.expects("]")
        self.place += 1
        return _Range(low, high, opening == "[", closing == "]")

    def record(self) -> Node:
        self.expects("{")
        keys: list[str] = []
        values: list[Node] = []
        while not self.takes("}"):
            token = self.token
            if token.kind not in ("string", "name") or self.following.value != ":":
                raise self.problem(N_("“%(expression)s”: a record is written as {key: value}."))
            if token.kind == "name":
                self.refuse_private(token)
            self.place += 2
            keys.append(str(token.value))
            values.append(self.expression())
            if not self.sees("}"):
                self.expects(",")
            self.check_count(values)
        return Record(tuple(keys), tuple(values))


@dataclass(frozen=True, slots=True)
class _Range(Node):
    """Only until `in` has used it."""

    low: Node
    high: Node
    with_low: bool
    with_high: bool

    def test(self, value: Node) -> Node:
        if self.with_low and self.with_high:
            return Operation("between", (value, self.low, self.high))
        signs = ("<=" if self.with_low else "<", "<=" if self.with_high else "<")
        return Chain(signs, (self.low, value, self.high))


def is_condition(node: Node) -> bool:
    return isinstance(node, Operation) and node.name in _TRUTHFUL


def _condition(node: Node) -> Node:
    """A condition counts as true or false in the language's own way (the text "false" is false)."""
    return node if is_condition(node) else Operation("truth", (node,))


_TRUTHFUL = frozenset(_COMPARISONS.values()) | {"not", "not in", "is", "is not", "between", "truth"}
