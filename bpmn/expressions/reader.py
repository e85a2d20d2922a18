"""The words of the grammar, and the reading of tokens that all its rules share."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from bpmn.expressions.errors import Problem
from bpmn.expressions.lexer import Token
from bpmn.expressions.nodes import (
    Chain,
    Node,
    Operation,
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
REFUSED_WORDS = {
    "lambda": N_("“%(expression)s”: functions cannot be defined here."),
    "for": N_("“%(expression)s”: loops are not part of the language."),
    "some": N_("“%(expression)s”: loops are not part of the language."),
    "every": N_("“%(expression)s”: loops are not part of the language."),
    "function": N_("“%(expression)s”: functions cannot be defined here."),
    "import": N_("“%(expression)s”: nothing can be imported here."),
    "await": N_("“%(expression)s”: nothing can be waited for here."),
    "yield": N_("“%(expression)s”: nothing can be waited for here."),
}
COMPARISONS = {
    "==": "==", "===": "==", "=": "==", "!=": "!=", "!==": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">",
    ">=": ">=", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in",
}  # fmt: skip
ADDITIVE = {"+": "+", "-": "-"}
MULTIPLICATIVE = {"*": "*", "/": "/", "//": "//", "%": "%", "div": "/", "mod": "%"}
CLOSING = {"(": ")", "[": "]", "{": "}"}


class Reader(ABC):
    """The tokens of one expression and the place in them; what a bracket held is remembered in `brackets`."""

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

    @abstractmethod
    def expression(self) -> Node:
        """A whole expression from here on."""


@dataclass(frozen=True, slots=True)
class Range(Node):
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
    return isinstance(node, Operation) and node.name in TRUTHFUL


def as_condition(node: Node) -> Node:
    """A condition counts as true or false in the language's own way (the text "false" is false)."""
    return node if is_condition(node) else Operation("truth", (node,))


TRUTHFUL = frozenset(COMPARISONS.values()) | {"not", "not in", "is", "is not", "between", "truth"}
