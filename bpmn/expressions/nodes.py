"""The checked tree of an expression: everything the language can say, whatever it was spelled in."""

from dataclasses import dataclass


class Node:
    """One part of an expression."""

    __slots__ = ()

    def parts(self) -> "tuple[Node, ...]":
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of the language with its arguments; `name` is a key of `functions.FUNCTIONS`."""

    name: str
    arguments: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.arguments


@dataclass(frozen=True, slots=True)
class Operation(Node):
    """An operator with its operands; `name` is a key of `operators.OPERATORS`."""

    name: str
    operands: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """`a < b <= c`: every operand is calculated once."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """`and` or `or` over two or more; the value is that of the operand which decided."""

    is_and: bool
    operands: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Choice(Node):
    condition: Node
    then: Node
    otherwise: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, slots=True)
class Items(Node):
    items: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.items


@dataclass(frozen=True, slots=True)
class Record(Node):
    keys: tuple[str, ...]
    values: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.values
