"""The grammar of operands: literals, names, calls, members, lists, ranges and records."""

from abc import abstractmethod

from bpmn.expressions.errors import Problem
from bpmn.expressions.functions import FUNCTIONS, METHODS, SYNONYMS
from bpmn.expressions.lexer import Token
from bpmn.expressions.nodes import (
    Call,
    Items,
    Literal,
    Name,
    Node,
    Operation,
    Record,
)
from bpmn.expressions.reader import (
    CLOSING,
    CONSTANTS,
    FEEL,
    MAXIMUM_CALLS,
    MAXIMUM_ITEMS_WRITTEN,
    MAXIMUM_NESTING,
    REFUSED_WORDS,
    RESERVED,
    Range,
    Reader,
    is_condition,
)
from kernel.i18n import N_


class Operands(Reader):
    """What operators stand between."""

    @abstractmethod
    def additive(self) -> Node:
        """An expression without comparisons, as an end of a range is."""

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
            if isinstance(items, Range):
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
        if word in REFUSED_WORDS and (self.following.kind == "name" or word == "lambda"):
            raise self.problem(REFUSED_WORDS[word])
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
        if isinstance(node, Range):
            return node
        self.brackets[start] = node, self.place
        self.place = start
        return self.additive()

    def bracket(self) -> "Node":
        opening = self.token.value
        closing = CLOSING.get(opening, "]")
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
        return Range(low, high, opening == "[", closing == "]")

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
